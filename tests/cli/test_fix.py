"""`tarot-bench fix`: a person's overrides, in a run and in a published folder."""

import shutil

import pytest
from typer.testing import CliRunner

from tarot_bench.cli.main import app
from tarot_bench.dataset import load_problems, write_jsonl
from tarot_bench.errors import DataError, RecipeError
from tarot_bench.generation.history.history import history
from tarot_bench.generation.history.text import lines_of
from tarot_bench.problem import Tier
from tarot_bench.publishing.publish import publish
from tarot_bench.runs import RunLockedError, writing
from tests.generation.history.making import authored
from tests.generation.making import entry_of

WHY = ("--reason", "seen by hand", "--author", "Ada")


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    return authored(tmp_path_factory.mktemp("authored"))


@pytest.fixture
def run(original, tmp_path):
    return shutil.copytree(original, tmp_path / "run")


def fix(*arguments):
    done = CliRunner().invoke(app, ["fix", *map(str, arguments)])
    if done.exception:
        raise done.exception
    return done


def test_overrides_of_a_run_are_shown_published_and_undone(run, tmp_path):
    kept = (run / "entries.jsonl").read_bytes()
    fix(run, "times/1", "--test", 1, "--retract", *WHY)
    fix(run, "times/1", "--test", 4, "--tier", "basic", *WHY)
    fix(run, "times/2", "--retract", *WHY)
    assert (run / "entries.jsonl").read_bytes() == kept
    text = "\n".join(lines_of(history(run, "1")))
    assert "Override: retract test 1, by Ada on " in text
    assert "Override: retier test 4 to basic, by Ada on " in text
    folder = publish(run, "org/set", folder=tmp_path / "set", send=False).path
    (problem,) = load_problems(folder)
    tests = [(test.tier, test.input) for test in problem.tests]
    assert tests == [(Tier.BASIC, "0\n"), (Tier.INTERMEDIATE, "17\n"), (Tier.COMPLEX, "1000\n")]
    assert load_problems(run).problems == (problem,), "the run is read with its overrides, too"
    said = fix(run, "times/2", "--undo")
    assert "removed retract of times/2, by Ada: seen by hand" in said.output
    assert [each.id for each in load_problems(run)] == ["times/1", "times/2"]
    fix(run, "times/1", "--undo", "--test", 1)
    fix(run, "times/1", "--undo")
    assert not (run / "overrides.yaml").exists()
    assert load_problems(run).problems == load_problems(run, errata=False).problems


def test_a_correction_that_the_gold_contradicts_is_recorded_with_a_warning(run):
    said = fix(run, "times/1", "--test", 1, "--output", "4\n", *WHY)
    assert "WARNING: the gold does not pass this test now: WRONG_ANSWER" in said.stderr
    assert load_problems(run)["times/1"].tests[0].output == "4\n"
    assert "WARNING" not in fix(run, "times/1", "--test", 2, "--output", "17 \n", *WHY).stderr


def test_a_folder_of_a_dataset_gets_errata(tmp_path):
    write_jsonl([entry_of("a").problem, entry_of("b").problem], tmp_path / "two.jsonl")
    folder = publish(tmp_path / "two.jsonl", "org/set", folder=tmp_path / "set", send=False).path
    fix(folder, "a", "--retract", *WHY)
    assert [problem.id for problem in load_problems(folder)] == ["b"]
    assert "author: Ada" in (folder / "errata.yaml").read_text()
    with pytest.raises(DataError, match="no problems left"):
        fix(folder, "b", "--retract", *WHY)


def test_mistakes_are_one_line_and_record_nothing(run):
    for arguments, kind, words in (
        (("times/1", "--retract", "--tier", "edge", *WHY), RecipeError, "choose one of"),
        (("times/1", "--test", 1, "--retract"), RecipeError, "say why with --reason"),
        (("times/1", "--output", "1", *WHY), RecipeError, "choose the test with --test"),
        (("times/1", "--test", 9, "--retract", *WHY), DataError, "there is no test 9"),
        (("times/3", "--retract", *WHY), DataError, "no problem times/3"),
        (("times/1", "--test", 1, "--tier", "hardest", *WHY), DataError, "unknown tier label"),
        (("times/1", "--test", 1, "--tier", "", *WHY), DataError, "unknown tier label ''"),
        (
            ("times/1", "--test", 5, "--tier", "edge", *WHY),
            DataError,
            "test 5 of 'times/1' is an original test; --tier",
        ),
        (
            ("times/1", "--retract", "--reason", "not \udcff UTF-8"),
            RecipeError,
            "cannot record this: reason: .* string",
        ),
        (("times/1", "--undo"), DataError, "holds no override of 'times/1'"),
    ):
        with pytest.raises(kind, match=words):
            fix(run, *arguments)
    with writing(run), pytest.raises(RunLockedError):
        fix(run, "times/1", "--retract", *WHY)
    assert not (run / "overrides.yaml").exists()
    with pytest.raises(DataError, match="is no folder"):
        fix(run / "absent", "times/1", "--retract", *WHY)
