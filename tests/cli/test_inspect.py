"""`tarot-bench inspect` from the command line."""

import json

import pytest

from tests.cli.command import expect_one_line, tarot
from tests.generation.history.making import authored


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return authored(tmp_path_factory.mktemp("authored"))


def test_the_list_and_one_entry(run, tmp_path):
    said = tarot("inspect", str(run), cwd=tmp_path)
    assert said.returncode == 0, said.stderr
    assert "times/3: dropped by the stage repair: refused" in said.stdout
    assert said.stdout.rstrip().splitlines()[-1].startswith("2 kept, 1 dropped; 5 requests, 500 input")
    said = tarot("inspect", str(run), "3", cwd=tmp_path)
    assert "Reply: live, any-2026-01-02" in said.stdout
    assert "\x1b" not in said.stdout
    assert not list(tmp_path.iterdir())


def test_json_is_ascii_and_holds_the_same(run, tmp_path):
    rows = json.loads(tarot("inspect", str(run), "--format", "json", cwd=tmp_path).stdout)
    assert [row["entry"]["state"] for row in rows] == ["kept", "kept", "dropped"]
    said = tarot("inspect", str(run), "3", "--format", "json", cwd=tmp_path).stdout
    assert said.isascii()
    assert json.loads(said)["state"]["reason"] == "refused"


def test_mistakes_are_one_line(run, tmp_path):
    expect_one_line(tarot("inspect", str(run), "times/9", cwd=tmp_path), r"did you mean times/")
    expect_one_line(tarot("inspect", "absent", cwd=tmp_path), "not a run directory")
    assert tarot("evaluate", "-m", "gold", "--limit", "1", "-o", "e", cwd=tmp_path).returncode == 0
    expect_one_line(tarot("inspect", "e", cwd=tmp_path), "a run of `evaluate`.*tarot-bench explain")
