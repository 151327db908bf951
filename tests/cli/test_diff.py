"""`tarot-bench diff` from the command line, and runs of `generate` as datasets."""

import json

import pytest
from typer.testing import CliRunner

from tarot_bench.cli.main import app
from tarot_bench.dataset import load_problems, write_jsonl
from tarot_bench.errors import DataError, RunError
from tarot_bench.problem import Tier
from tarot_bench.runs import RunDirectory
from tests.generation.history.making import authored
from tests.generation.making import case_of, entry_of


@pytest.fixture
def versions(tmp_path):
    first = entry_of("a").problem
    second = first.model_copy(update={"tests": (*first.tests[:3], case_of(Tier.EDGE, "0", "9\n"))})
    write_jsonl([first, entry_of("gone").problem], tmp_path / "first.jsonl")
    write_jsonl([second, entry_of("\x1bnew").problem], tmp_path / "second.jsonl")
    return str(tmp_path / "first.jsonl"), str(tmp_path / "second.jsonl")


def said(*arguments):
    done = CliRunner().invoke(app, ["diff", *arguments])
    if done.exception:
        raise done.exception
    return done.output


def test_the_text_counts_and_names_what_changed(versions):
    lines = said(*versions).splitlines()
    assert lines[0] == "problems: 1 added, 1 removed, 1 changed, 0 the same"
    assert lines[1] == "tests of changed problems: 1 corrected"
    assert lines[2:4] == ["+ \\x1bnew", "- gone"]
    assert lines[4].startswith("~ a: corrected: edge test ")


def test_json_holds_everything(versions):
    made = json.loads(said(*versions, "--format", "json"))
    assert (made["added"], made["removed"], made["effects"]) == (["\x1bnew"], ["gone"], [])


def test_mistakes_are_one_line(versions, tmp_path):
    with pytest.raises(DataError, match="no such file or folder"):
        said(versions[0], "absent.jsonl")
    with pytest.raises(RunError, match="not a run directory"):
        said(*versions, "--run", str(tmp_path))
    RunDirectory.start(tmp_path / "audit", "audit", {}, {}, resume=False)
    with pytest.raises(DataError, match="a run of `audit`, not of `evaluate`"):
        said(*versions, "--run", str(tmp_path / "audit"))


def test_a_run_of_generate_is_a_dataset(tmp_path):
    run = authored(tmp_path)
    assert load_problems(run).problems == load_problems(run / "entries.jsonl").problems
    done = CliRunner().invoke(app, ["validate", str(run), "--times", "1"])
    assert (done.exit_code, "The golds of 2 problems" in done.output) == (0, True)
    done = CliRunner().invoke(app, ["explain", str(run), "3"])
    assert "dropped by the stage repair: refused" in done.output
    (run / "entries.jsonl").unlink()
    with pytest.raises(DataError, match="not finished"):
        load_problems(run)
