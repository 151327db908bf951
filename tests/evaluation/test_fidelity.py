"""A share of every run is graded again cold; what disagrees is settled and counted."""

import json

import pytest

from tarot_bench.evaluation import evaluate, fidelity, resolve
from tarot_bench.evaluation.fidelity import is_sampled, settle
from tarot_bench.problem import Problem, TestCase, Tier
from tarot_bench.runs import JournalWriter
from tarot_bench.runs.evaluation import BenchmarkFiles
from tarot_bench.verdict import Completion, Extraction, Grade, TestResult, Verdict

PROBLEM = Problem(id="p", statement="", tests=(TestCase(tier=Tier.BASIC, input="", output="1\n"),))
CODE = "```python\nprint(1)\n```"


def settled(tmp_path, sandbox, verdict: Verdict, text: str = CODE) -> tuple[list[Grade], dict]:
    completion = Completion(problem_id="p", index=0, model="m", text=text)
    warm = Grade(
        problem_id="p", extraction=Extraction(code="x", how=""), results=(TestResult(tier=Tier.BASIC, verdict=verdict),)
    )
    with (
        JournalWriter(tmp_path / "c.jsonl", Completion) as completions,
        JournalWriter(tmp_path / "g.jsonl", Grade) as grades,
    ):
        completions.append(completion)
        grades.append(warm)
        settle([PROBLEM], completions, grades, sandbox, None)
        return list(grades), json.loads(BenchmarkFiles(tmp_path).fidelity.read_text())


@pytest.fixture(autouse=True)
def _every_sample(monkeypatch):
    monkeypatch.setattr(fidelity, "SHARE", 1.0)


def test_agreement_changes_nothing(tmp_path, sandbox):
    grades, counts = settled(tmp_path, sandbox, Verdict.PASSED)
    assert len(grades) == 1
    assert counts == {"checked": 1, "replaced": 0, "nondeterministic": 0}


def test_a_verdict_that_a_fresh_interpreter_contradicts_twice_is_replaced(tmp_path, sandbox):
    grades, counts = settled(tmp_path, sandbox, Verdict.WRONG_ANSWER)
    assert [made.results[0].verdict for made in grades] == ["WRONG_ANSWER", "PASSED"]
    assert counts == {"checked": 1, "replaced": 1, "nondeterministic": 0}


def test_the_counts_are_part_of_the_summary(tmp_path):
    (summary,) = evaluate(resolve("gold", "tarot", limit=3), tmp_path / "run")
    assert summary.setting["fidelity"] == {"checked": 3, "replaced": 0, "nondeterministic": 0}


def test_about_three_quarters_of_a_percent_are_sampled_always_the_same(monkeypatch):
    monkeypatch.undo()
    drawn = [is_sampled((f"problem/{number}", 0)) for number in range(20_000)]
    assert 100 < sum(drawn) < 200
    assert drawn == [is_sampled((f"problem/{number}", 0)) for number in range(20_000)]
