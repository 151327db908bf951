"""Zip files that anyone may have made: equal bytes when we write them, one line when we cannot use them."""

import stat
import struct
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarot_bench.errors import DataError
from tarot_bench.leaderboard import archive
from tarot_bench.leaderboard.archive import extract, write_archive


def zipped(path: Path, *members: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members:
            made.writestr(name, content)
    return path


def link(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return info


def test_equal_contents_give_equal_bytes_whatever_their_order_and_times(tmp_path):
    (tmp_path / "a").write_bytes(b"1\n" * 5000)
    (tmp_path / "b").write_bytes(b"2\n")
    write_archive(tmp_path / "one.zip", {"run.json": tmp_path / "a", "x/grades.jsonl": tmp_path / "b"})
    (tmp_path / "a").touch()
    write_archive(tmp_path / "two.zip", {"x/grades.jsonl": tmp_path / "b", "run.json": tmp_path / "a"})
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    (tmp_path / "out").mkdir()
    files = extract(tmp_path / "one.zip", tmp_path / "out")
    assert files["run.json"].bytes == 10000
    assert (tmp_path / "out/x/grades.jsonl").read_bytes() == b"2\n"


def bad(folder: Path) -> dict[str, tuple[Path, str]]:
    """Bundles that cannot be used, and the words of the line that says so."""
    (folder / "empty").touch()
    good = zipped(folder / "good", ("run.json", b"{}" * 4000)).read_bytes()
    (folder / "truncated").write_bytes(good[:-30])
    (folder / "flipped").write_bytes(good[:45] + bytes([good[45] ^ 255]) + good[46:])
    (folder / "text").write_text("not a zip file, but some text of more than a few bytes")
    (folder / "folder").mkdir()
    zipped(folder / "bomb", ("x/grades.jsonl", b"\0" * (archive._FREE_BYTES + 1)))
    zipped(folder / "long line", ("x/grades.jsonl", b"1" * (archive.MOST_LINE_BYTES + 1)))
    zipped(folder / "large JSON", ("summary.json", b"[],\n" * (archive.MOST_LINE_BYTES // 4 + 1)))
    zipped(folder / "link", (link("run.json"), b"/etc/passwd"))
    zipped(folder / "parent", ("../run.json", b"{}"))
    zipped(folder / "absolute", ("/tmp/run.json", b"{}"))
    zipped(folder / "nested parent", ("x/../../grades.jsonl", b"{}"))
    zipped(folder / "hidden", (".x/grades.jsonl", b"{}"))
    zipped(folder / "other file", ("x/limits.json", b"{}"))
    zipped(folder / "folder entry", ("x/", b""))
    zipped(folder / "many", *((f"b{number}/grades.jsonl", b"") for number in range(archive._MOST_FILES + 1)))
    with pytest.warns(UserWarning, match="Duplicate name"):
        zipped(folder / "twice", ("run.json", b"1"), ("run.json", b"2"))
    with (folder / "huge").open("wb") as file:
        file.truncate(5 * 2**30)  # sparse
    end = archive._END.size
    (folder / "zip64").write_bytes(good[:-end] + b"PK\x06\x07" + b"\0" * 16 + good[-end:])
    lzma = zipfile.ZipFile(folder / "lzma", "w", zipfile.ZIP_LZMA)
    with lzma:
        lzma.writestr("run.json", b"{}")
    said = {
        "empty": "is empty",
        "truncated": "is truncated",
        "flipped": "is damaged",
        "text": "is truncated, or no bundle",
        "folder": "is not a file",
        "missing": "is not a file",
        "bomb": "grows to more than 64 MiB",
        "long line": "a line of more than 16 MiB",
        "large JSON": r"summary\.json has more than 16 MiB",
        "link": "is a link or a device",
        "parent": r"holds '\.\./run\.json'",
        "absolute": "holds '/tmp/run.json'",
        "nested parent": r"holds 'x/\.\./\.\./grades\.jsonl'",
        "hidden": "holds '.x/grades.jsonl'",
        "other file": "holds 'x/limits.json'",
        "folder entry": "is a link or a device",
        "many": "more than 1000 files",
        "twice": "two files of one name",
        "huge": "has 5120 MiB; a bundle has at most 512 MiB",
        "zip64": "zip64",
        "lzma": "encrypted or compressed in another way",
    }
    return {name: (folder / name, words) for name, words in said.items()}


def test_a_bundle_that_cannot_be_used_is_one_line_and_writes_nothing_outside_its_folder(tmp_path):
    (tmp_path / "made").mkdir()
    cases = bad(tmp_path / "made")
    for number, (path, words) in enumerate(cases.values()):
        target = tmp_path / f"work{number}" / "inner"
        target.mkdir(parents=True)
        before = {file for file in tmp_path.rglob("*") if target not in file.parents}
        with pytest.raises(DataError, match=words) as caught:
            extract(path, target)
        assert "\n" not in str(caught.value)
        assert {file for file in tmp_path.rglob("*") if target not in file.parents} == before
        assert not [file for file in target.rglob("*") if file.is_symlink()]


def test_a_size_that_the_archive_understates_is_not_exceeded(tmp_path):
    content = zipped(tmp_path / "a", ("run.json", b"0\n" * 3000)).read_bytes()
    size = struct.pack("<L", 6000)
    lied = content.replace(size, struct.pack("<L", 10))
    assert lied != content
    (tmp_path / "b").write_bytes(lied)
    (tmp_path / "out").mkdir()
    with pytest.raises(DataError):
        extract(tmp_path / "b", tmp_path / "out")
    assert (tmp_path / "out/run.json").stat().st_size <= 10


def test_memory_does_not_grow_with_the_contents(tmp_path):
    zipped(tmp_path / "large", ("x/grades.jsonl", (b"1" * 99 + b"\n") * 600_000))
    (tmp_path / "out").mkdir()
    tracemalloc.start()
    extract(tmp_path / "large", tmp_path / "out")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 16 * 2**20 < (tmp_path / "out/x/grades.jsonl").stat().st_size


@given(st.binary(max_size=300), st.integers(0, 400), st.integers(0, 60))
def test_any_damage_is_a_data_error_or_the_same_contents(tmp_path_factory, noise, at, length):
    folder = tmp_path_factory.mktemp("damage")
    content = zipped(folder / "a", ("run.json", b"{}" * 100), ("x/grades.jsonl", b"[]\n")).read_bytes()
    (folder / "b").write_bytes(content[:at] + noise + content[at + length :])
    (folder / "out").mkdir()
    try:
        files = extract(folder / "b", folder / "out")
    except DataError:
        return
    assert {name: (folder / "out" / name).stat().st_size for name in files} == {n: e.bytes for n, e in files.items()}
