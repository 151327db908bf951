"""Files of others are read within bounds; beyond them there is one line and no traceback."""

import gzip
import io
import json
import resource
import zlib

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from tarot_bench.config import load_yaml, with_overrides
from tarot_bench.dataset import load_problems
from tarot_bench.errors import DataError, RecipeError
from tarot_bench.evaluation.importers.formats import read_results
from tarot_bench.evaluation.settings import BenchmarkSuite
from tarot_bench.models import open_model
from tarot_bench.models.base import ModelOptions
from tarot_bench.reading import inflated_lines, parse_json, parse_yaml
from tests.cli.command import expect_one_line, tarot

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
LAUGHS = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
YAML_BOMBS = {
    "aliases of aliases": LAUGHS,
    "an alias of itself": "a: &a [*a]",
    "lists within lists": "a: " + "[" * 5000 + "]" * 5000,
    "mappings within mappings": "".join("  " * depth + f"k{depth}:\n" for depth in range(300)),
    "too much text": "a: " + "x" * (5 * 1024 * 1024),
    "a date that does not exist": "a: 2026-02-31",
    "a number without end": "a: " + "1" * 5000,
    "a date for a key": "2026-01-01: a\nname: x",
    "a list for a key": "? [a]\n: b",
    "a Python object": "a: !!python/object/apply:os.system ['touch HOST']",
    "control characters": "a: \x1b",
}


@given(JSON)
def test_what_json_writes_is_read_back(value):
    assert parse_json(json.dumps(value)) == json.loads(json.dumps(value))
    assert parse_json(json.dumps(value).encode()) == json.loads(json.dumps(value))


@pytest.mark.parametrize("text", ["[" * 10**6, '{"a":' * 10**5, "1" * 5000, "", b"\xff\xfe\x00\xd8", "[1,", '"\\ud800'])
def test_whatever_is_wrong_with_json_is_a_value_error(text):
    with pytest.raises(ValueError):  # noqa: PT011 -- of any kind
        parse_json(text)


@given(JSON.filter(lambda value: "\\u" not in json.dumps(value)))
def test_what_yaml_writes_is_read_back(value):
    text = yaml.safe_dump(value, allow_unicode=True)
    assert parse_yaml(text) == yaml.safe_load(text)


def test_a_few_anchors_and_merges_are_at_hand():
    assert parse_yaml("a: &a {x: 1}\nb: {<<: *a, y: 2}\nc: [*a, *a]") == {
        "a": {"x": 1},
        "b": {"x": 1, "y": 2},
        "c": [{"x": 1}] * 2,
    }


@pytest.mark.parametrize("text", ["a: 1\nb: 2\na: 3", "{x: {y: 1, y: 1}}", "- a: &a {x: 1}\n  a: *a"])
def test_a_key_that_is_there_twice_is_refused_with_its_line(text):
    with pytest.raises(ValueError, match=r"^the key '[ay]' is there twice, again in line [123]$"):
        parse_yaml(text)


@pytest.mark.parametrize("name", YAML_BOMBS)
def test_a_settings_file_that_is_a_bomb_is_one_line(name, tmp_path):
    (tmp_path / "suite.yaml").write_text(YAML_BOMBS[name])
    with pytest.raises(RecipeError) as caught:
        load_yaml(BenchmarkSuite, tmp_path / "suite.yaml")
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 2000


@pytest.mark.parametrize("value", ["[" * 5000, "&a [*a]", "2026-02-31", "1" * 5000])
def test_a_value_on_the_command_line_that_is_a_bomb_is_one_line(value):
    with pytest.raises(RecipeError, match="not readable as YAML"):
        with_overrides({}, [f"a={value}"])


VERBS = [("evaluate", "-m", "gold", "-s"), ("generate", "-r"), ("train", "-r"), ("recipes", "lint")]


@pytest.mark.parametrize("arguments", VERBS)
def test_every_verb_that_reads_yaml_reads_it_within_bounds(arguments, tmp_path):
    (tmp_path / "bomb.yaml").write_text("a: " + "[" * 50_000)
    said = tarot(*arguments, "bomb.yaml", cwd=tmp_path)
    if arguments[0] != "recipes":
        expect_one_line(said, r"bomb\.yaml")
    assert "Traceback" not in said.stderr


@given(st.binary(max_size=4096))
@example(b"\n" * 4096)
def test_what_gzip_wrote_is_read_back_line_by_line(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("packed") / "a.gz"
    path.write_bytes(gzip.compress(data))
    assert list(inflated_lines(path)) == list(io.BytesIO(data))


def bomb(megabytes: int) -> bytes:
    packing = zlib.compressobj(9, wbits=31)
    return b"".join(packing.compress(b"0" * 1024 * 1024) for _ in range(megabytes)) + packing.flush()


def test_a_file_that_grows_without_bound_is_refused_before_it_fills_the_memory(tmp_path):
    content = bomb(512)
    for name in ("bomb.jsonl.gz", "results.jsonl.gz"):
        (tmp_path / name).write_bytes(content)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(DataError, match="no file of records"):
        load_problems(str(tmp_path / "bomb.jsonl.gz"))
    with pytest.raises(DataError, match="no file of records"):
        read_results(tmp_path / "results.jsonl.gz")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300 * 1024  # KiB


def test_ordinary_files_are_far_from_the_bounds(tmp_path):
    rows = "".join(json.dumps({"input": "1 " * 50_000, "row": row}) + "\n" for row in range(300))
    path = tmp_path / "rows.gz"
    path.write_bytes(gzip.compress(rows.encode()))
    assert b"".join(inflated_lines(path)) == rows.encode()


@pytest.mark.parametrize("name", ["data.jsonl", "data.json"])
def test_rows_that_are_nested_too_deeply_are_one_line(name, tmp_path):
    (tmp_path / name).write_text("[" * 100_000)
    with pytest.raises(DataError, match="nested too deeply"):
        load_problems(str(tmp_path / name))
    with pytest.raises(DataError):
        read_results(tmp_path / name)


def test_a_recording_that_is_nested_too_deeply_is_one_line(tmp_path):
    (tmp_path / "r.jsonl").write_text("[" * 100_000)
    with pytest.raises(Exception, match=r"r\.jsonl:1: .*nested too deeply"):
        open_model(f"replay:{tmp_path / 'r.jsonl'}", ModelOptions())
