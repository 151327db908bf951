"""Single files: every type is read alike, and a broken one is named with its line."""

import gzip
import hashlib
import json
import tracemalloc

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from tarot_bench.dataset.files import read_file
from tarot_bench.dataset.sources import load_rows
from tarot_bench.errors import DataError

ROWS = [{"a": 1, "b": ["x", None]}, {"a": 2, "b": []}]
JSONL = b"".join(json.dumps(row).encode() + b"\n" for row in ROWS)


def write_parquet(path):
    parquet.write_table(pa.Table.from_pylist(ROWS), path)


WRITERS = {
    "rows.jsonl": lambda path: path.write_bytes(JSONL),
    "rows.jsonl.gz": lambda path: path.write_bytes(gzip.compress(JSONL)),
    "rows.json": lambda path: path.write_text(json.dumps(ROWS, indent=1)),
    "ROWS.PARQUET": write_parquet,
}


@pytest.mark.parametrize("name", WRITERS)
def test_every_file_type_gives_the_same_rows(tmp_path, name):
    WRITERS[name](tmp_path / name)
    assert list(load_rows(tmp_path / name)) == ROWS


@pytest.mark.parametrize("name", WRITERS)
def test_the_revision_of_a_file_is_the_checksum_of_its_bytes(tmp_path, name):
    path = tmp_path / name
    WRITERS[name](path)
    assert read_file(path).revision == "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()


def test_blank_lines_a_byte_order_mark_and_windows_ends_are_no_rows(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"a": 1}\r\n\r\n  \n{"a": 2}')
    rows = load_rows(path)
    assert list(rows) == [{"a": 1}, {"a": 2}]
    assert list(rows.places) == [f"{path}:1", f"{path}:4"]


@given(st.lists(st.dictionaries(st.text(), st.text()), min_size=1))
def test_any_text_survives_json_lines(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("any") / "a.jsonl"
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8", newline="")
    assert list(load_rows(path)) == rows


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (b'{"a": 1,}', "column 9"),
        (b'{"a": ', "column 7"),
        (b"[1, 2]", "found list"),
        (b'{"a": "\xff"}', "broken JSON"),
        (b"[" * 100_000, "broken JSON"),
    ],
)
def test_a_broken_json_line_is_named_by_file_and_line(tmp_path, line, fault):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"a": 1}\n\n' + line + b"\n")
    with pytest.raises(DataError) as caught:
        list(load_rows(path))
    message = str(caught.value)
    assert message.startswith(f"{path}:3: ")
    assert fault in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("a.json", b'[{"a": 1},\n oops]', "line 2, column 2"),
        ("a.json", b'{"a": 1}', "expected a JSON list"),
        ("a.json", b"[1]", "a.json row 1: expected a JSON object, found int"),
        ("a.jsonl.gz", b"not gzip", "reading "),
        ("a.jsonl.gz", gzip.compress(JSONL, mtime=0)[:-9], "reading "),
        ("a.parquet", b"PAR1 nothing", "reading "),
        ("a.csv", b"a,b\n1,2\n", "the types are .jsonl, .jsonl.gz, .json, .parquet"),
        ("a.jsonl", b"\n", "has no rows"),
    ],
)
def test_an_unreadable_file_is_one_line_that_names_it(tmp_path, name, content, fault):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(DataError) as caught:
        list(load_rows(path))
    assert str(path) in str(caught.value)
    assert fault in str(caught.value)
    assert "\n" not in str(caught.value)


def test_json_lines_under_the_ending_of_json_are_read_as_lines(tmp_path):
    path = tmp_path / "a.json"
    path.write_bytes(b'\n{"a": 1}\n{"a": 2}\n')
    assert list(load_rows(path)) == [{"a": 1}, {"a": 2}]
    path.write_bytes(b'{"a": 1}\n{"a": \n')
    with pytest.raises(DataError, match=r"a\.json:2: broken JSON"):
        list(load_rows(path))


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.jsonl.gz", "ROWS.PARQUET"])
def test_the_rows_of_a_file_are_not_held_in_memory(tmp_path, name):
    """60 MiB of rows; parsed, they would be more."""
    path, row = tmp_path / name, {"text": "1 " * 3_000}
    if name.endswith("PARQUET"):
        parquet.write_table(pa.Table.from_pylist([row] * 10_000), path)
    else:
        with gzip.open(path, "wt") if name.endswith("gz") else path.open("w") as file:
            file.writelines(json.dumps({**row, "n": number}) + "\n" for number in range(10_000))
    tracemalloc.start()
    try:
        rows = load_rows(path)
        assert sum(len(row["text"]) for row in rows) == 60_000_000
        assert rows.rows[3]["text"] == row["text"]
        assert tracemalloc.get_traced_memory()[1] < 30 * 1024**2
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.jsonl.gz", "ROWS.PARQUET"])
@pytest.mark.parametrize("content", [ROWS[:1], ROWS * 2])
def test_a_file_that_changed_since_its_checksum_was_made_is_not_read(tmp_path, name, content, monkeypatch):
    path = tmp_path / name
    WRITERS[name](path)
    rows = load_rows(path)
    monkeypatch.setattr("tests.dataset.test_files.ROWS", content)
    monkeypatch.setattr("tests.dataset.test_files.JSONL", b"".join(json.dumps(row).encode() + b"\n" for row in content))
    WRITERS[name](path)
    for read in (lambda: list(rows), lambda: rows.rows[1], lambda: list(zip(rows, rows.places, strict=True))):
        with pytest.raises(DataError, match="changed while it was read; run the command again"):
            read()


def test_parquet_with_two_columns_of_one_name_is_refused(tmp_path):
    path = tmp_path / "a.parquet"
    parquet.write_table(pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["a", "a"]), path)
    with pytest.raises(DataError, match="several columns have the name a"):
        load_rows(path)
