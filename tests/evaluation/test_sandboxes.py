"""The packages that a run's programs may import reach every sandbox of the run, and its record."""

import json
from pathlib import Path

import pytest

from tarot_bench.dataset.native import write_jsonl
from tarot_bench.errors import SandboxUnavailableError
from tarot_bench.evaluation import evaluate, fidelity, regrade, resolve
from tarot_bench.problem import Problem, TestCase, Tier

CASES = Path(__file__).parents[3] / "shared" / "cases" / "found-1"
CHOSEN = "sandbox.packages=[numpy, sortedcontainers]"
ANSWER = "```python\nfrom sortedcontainers import SortedList\nprint(*SortedList(input().split()))\n```"


@pytest.fixture
def replayed(tmp_path):
    pytest.importorskip("sortedcontainers")
    problem = Problem(
        id="sort",
        statement="Sort the words.",
        solution="print(*sorted(input().split()))",
        tests=(TestCase(tier=Tier.BASIC, input="b a", output="a b\n"),),
    )
    write_jsonl([problem], tmp_path / "data.jsonl")
    (tmp_path / "answers.jsonl").write_text(json.dumps({"problem_id": "sort", "text": ANSWER}) + "\n")

    def resolved(*overrides):
        return resolve(f"replay:{tmp_path}/answers.jsonl", data=(str(tmp_path / "data.jsonl"),), overrides=overrides)

    return resolved


def strict(summaries):
    return summaries[0].metrics.value("strict")


def sandbox_of(run):
    return json.loads((run / "run.json").read_text())["environment"]["sandbox"]


def test_chosen_packages_hold_warm_and_cold_and_when_the_run_is_graded_again(replayed, tmp_path, monkeypatch):
    monkeypatch.setattr(fidelity, "SHARE", 1)
    run = tmp_path / "run"
    assert strict(evaluate(replayed(CHOSEN), run, cache=False)) == 1
    assert "sortedcontainers 2." in sandbox_of(run)["packages"]
    assert fidelity.read(run / "tarot/fidelity.json") == {"checked": 1, "replaced": 0, "nondeterministic": 0}
    assert strict(regrade(run, sandbox="cold")) == 1
    assert "sortedcontainers 2." in sandbox_of(run)["packages"]


def test_without_them_the_same_answer_fails_in_the_default_sandbox(replayed, tmp_path):
    assert strict(evaluate(replayed(), tmp_path / "run", cache=False)) == 0
    assert "sortedcontainers" not in sandbox_of(tmp_path / "run")["packages"]


def test_a_regrade_can_allow_more_packages_than_the_run(replayed, tmp_path):
    run = tmp_path / "run"
    assert strict(evaluate(replayed(), run)) == 0
    assert strict(regrade(run, packages=["sortedcontainers"])) == 1
    assert strict(regrade(run)) == 0


def test_a_package_that_is_not_installed_ends_before_anything_is_written(replayed, tmp_path):
    with pytest.raises(SandboxUnavailableError, match="'no-such-package' is not installed here"):
        evaluate(replayed("sandbox.packages=[no-such-package]"), tmp_path / "run")
    assert not (tmp_path / "run" / "run.json").exists()


@pytest.mark.skipif(not CASES.exists(), reason="the recorded cases are not here")
def test_the_recorded_answer_with_a_sorted_list_passes_where_its_package_is_allowed(tmp_path):
    pytest.importorskip("sortedcontainers")
    settings = resolve(
        f"replay:{CASES}/c18-sortedcontainers.jsonl",
        data=(str(CASES / "problems.jsonl"),),
        ids=("sum",),
        overrides=(CHOSEN,),
    )
    assert strict(evaluate(settings, tmp_path / "run")) == 1
