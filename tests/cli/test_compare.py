"""``compare`` and ``power`` as a user types them."""

import json

import pytest

import tarot_bench as tb
from tarot_bench.runs import RunDirectory
from tests.cli.command import tarot

PROBLEMS = tb.load_problems("synthetic-small:14")  # whose mutants do not run into time limits


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    for name, model in (("gold", "gold"), ("half", "mutant:0.5"), ("weak", "mutant:1.0")):
        tb.evaluate(model, folder / name, data=PROBLEMS.source, limit=12, samples=2)
    tb.evaluate("gold", folder / "few", data=PROBLEMS.source, ids=[problem.id for problem in PROBLEMS[12:]])
    return folder


def test_two_runs_are_compared_and_written_as_json(runs, tmp_path):
    said = tarot("compare", "gold", "weak", "--json", str(tmp_path / "c.json"), cwd=runs)
    assert said.returncode == 0, said.stderr
    assert "gold (first) and weak (second)" in said.stdout
    told = json.loads((tmp_path / "c.json").read_text())
    strict = told["comparisons"]["weak"]["differences"]["strict"]
    assert strict["first"] == 1.0
    assert strict["difference"]["value"] == pytest.approx(strict["second"] - 1.0)
    assert strict == json.loads(tb.compare(runs / "gold", runs / "weak").differences["strict"].model_dump_json())
    assert set(strict["losses"]) <= {problem.id for problem in PROBLEMS[:12]}


def test_a_rate_that_is_certainly_worse_is_exit_status_one(runs):
    said = tarot("compare", "gold", "weak", "--fail-if-worse", "strict=1pp", cwd=runs)
    assert said.returncode == 1
    assert "weak: strict is worse by" in said.stderr
    assert tarot("compare", "weak", "gold", "--fail-if-worse", "strict=1pp", cwd=runs).returncode == 0


def test_three_runs_are_also_ranked_in_bands(runs):
    said = tarot("compare", "gold", "weak", "gold", cwd=runs)
    assert "Rank bands on all tiers" in said.stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["gold"], "name two runs or more"),
        (["gold", "nowhere"], "nowhere is not a run directory"),
        (["gold", "few"], "differ in data"),
        (["gold", "few", "--despite", "data"], "share no graded problem of tarot"),
        (["gold", "few", "--despite", "colour"], "colour: no such setting"),
        (["gold", "weak", "--fail-if-worse", "edge=2"], "as in edge=2pp"),
        (["gold", "weak", "--fail-if-worse", "hard=2pp"], "compared are strict"),
        (["gold", "weak", "-b", "humaneval"], "has the benchmarks tarot"),
    ],
)
def test_mistakes_are_one_line(runs, words, message):
    said = tarot("compare", *words, cwd=runs)
    assert said.returncode == 2
    assert message in said.stderr
    assert len(said.stderr.strip().splitlines()) == 1


def test_power_says_how_many_problems_a_difference_needs(runs):
    said = tarot("power", "--gap", "3", cwd=runs)
    assert said.returncode == 0, said.stderr
    assert "4361" in said.stdout
    of_run = tarot("power", "--gap", "3", "--run", "half", cwd=runs)
    assert "finds with these 12 problems" in of_run.stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--gap", "5", "--run", "gold"], "gold shows no spread: all of its graded samples pass; give --rate"),
        (["--gap", "20", "--rate", "0.9"], "a rate of 90.0 % cannot differ by 20 pp"),
        (["--gap", "5", "--run", "made"], "made is a run of `generate`; name a run of `evaluate`"),
    ],
)
def test_power_does_not_answer_what_it_cannot_know(runs, words, message):
    RunDirectory.start(runs / "made", "generate", {}, {}, resume=(runs / "made").exists())
    said = tarot("power", *words, cwd=runs)
    assert (said.returncode, said.stdout) == (2, "")
    assert message in said.stderr
    assert len(said.stderr.strip().splitlines()) == 1
