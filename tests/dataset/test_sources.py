"""Which reader a source gets, and pins on what it holds."""

import pytest

from tarot_bench.dataset.sources import load_rows
from tarot_bench.errors import DataError
from tarot_bench.runs import RunDirectory


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"a": 1}\n')
    return path


@pytest.mark.parametrize("source", ["missing.jsonl", "some/missing.jsonl", "./org/name", "/nowhere/at/all", "nope", ""])
def test_what_is_not_there_is_one_line_and_asks_no_network(tmp_path, monkeypatch, source):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError, match="no such file or folder: " + source):
        load_rows(source)


def test_a_folder_that_looks_like_a_hub_id_wins_over_the_hub(tmp_path, monkeypatch, own_cache):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "org" / "name").mkdir(parents=True)
    (tmp_path / "org" / "name" / "a.jsonl").write_text('{"a": 1}\n')
    assert list(load_rows("org/name")) == [{"a": 1}]


@pytest.mark.parametrize("kind", ["evaluate", "audit"])
def test_a_run_that_holds_no_problems_is_named_by_its_command(tmp_path, kind):
    RunDirectory.start(tmp_path, kind, {}, {}, False)
    with pytest.raises(DataError, match=f"is a run of `{kind}`, which holds no problems: name the dataset"):
        load_rows(tmp_path)


def test_a_tilde_is_the_home_directory(file, monkeypatch):
    monkeypatch.setenv("HOME", str(file.parent))
    assert list(load_rows("~/a.jsonl")) == [{"a": 1}]


def test_a_pinned_file_must_have_the_content_it_was_pinned_to(file):
    pin = load_rows(file).revision
    assert load_rows(file, revision=pin).revision == pin
    file.write_text('{"a": 2}\n')
    with pytest.raises(DataError, match=f"not the requested {pin}"):
        load_rows(file, revision=pin)
