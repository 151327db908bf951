"""Files and folders are replaced whole or not at all."""

import os
from pathlib import Path

import pytest

from tarot_bench.atomic import replacing, replacing_folder, write_atomically
from tarot_bench.errors import RunError


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path):
    file = tmp_path / "summary.json"
    write_atomically(file, "old")
    with pytest.raises(RunError):
        write_atomically(tmp_path / "absent" / "summary.json", "new")
    write_atomically(file, "new")
    assert file.read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["summary.json"]


def test_a_block_that_raises_leaves_the_old_file_and_nothing_else(tmp_path):
    write_atomically(tmp_path / "a", "old")
    with pytest.raises(UnicodeEncodeError), replacing(tmp_path / "a") as file:
        file.writelines(["half of the new", *("é".encode("ascii").decode() for _ in "x")])
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("a", "old")]


def test_a_folder_is_replaced_whole_or_not_at_all(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "old").write_text("old")
    with pytest.raises(FileNotFoundError), replacing_folder(tmp_path / "data") as partial:
        (partial / "absent" / "new").write_text("new")
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["old"]
    with replacing_folder(tmp_path / "data") as partial:
        assert list(partial.iterdir()) == []
        (partial / "sub").mkdir()
        (partial / "sub" / "new").write_text("new")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["data", "new", "sub"]


def test_a_link_to_a_folder_is_replaced_and_not_what_it_leads_to(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "kept").write_text("kept")
    (tmp_path / "data").symlink_to("elsewhere")
    for text in ("one", "two"):
        with replacing_folder(tmp_path / "data") as partial:
            (partial / "new").write_text(text)
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")) == [
        "data", "data/new", "elsewhere", "elsewhere/kept",
    ]  # fmt: skip


def test_a_file_is_on_the_disk_before_it_takes_the_old_ones_place_and_so_is_its_name(tmp_path, monkeypatch):
    order = []
    fsync, replace = os.fsync, Path.replace
    monkeypatch.setattr(os, "fsync", lambda file: (order.append(os.readlink(f"/proc/self/fd/{file}")), fsync(file)))
    monkeypatch.setattr(Path, "replace", lambda old, new: (order.append("renamed"), replace(old, new))[1])
    write_atomically(tmp_path / "a", "new")
    assert order == [f"{tmp_path}/a.partial", "renamed", str(tmp_path)]
