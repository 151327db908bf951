"""Calibrated limits: never stricter than stated, stored, and used again."""

import json

import pytest

from tarot_bench.dataset.native import write_jsonl
from tarot_bench.errors import RunError
from tarot_bench.evaluation import evaluate, regrade, resolve
from tarot_bench.problem import Limits, Problem, TestCase, Tier
from tarot_bench.runs.evaluation import EvaluationRun

SLOW = "import time\nwhile time.process_time() < 0.3:\n    pass\nprint(1)"


def problem(**changes) -> Problem:
    test = TestCase(tier=Tier.BASIC, input="", output="1\n")
    return Problem(**{"id": "slow", "statement": "Print 1.", "solution": SLOW, "tests": (test,)} | changes)


def run(tmp_path, *problems: Problem, **given):
    write_jsonl(problems, tmp_path / "data.jsonl")
    recorded = [{"problem_id": p.id, "text": f"```python\n{SLOW.replace('0.3', '1.0')}\n```"} for p in problems]
    (tmp_path / "answers.jsonl").write_text("".join(json.dumps(row) + "\n" for row in recorded))
    settings = resolve(f"replay:{tmp_path / 'answers.jsonl'}", "tarot", data=(str(tmp_path / "data.jsonl"),), **given)
    return evaluate(settings, tmp_path / "run")[0]


def test_a_program_three_times_as_slow_as_gold_passes_under_a_factor_of_ten(tmp_path):
    tight = problem(limits=Limits(cpu_s=0.5, wall_s=30))
    assert run(tmp_path, tight).metrics.value("basic") == 1.0
    stored = json.loads((tmp_path / "run/tarot/limits.json").read_text())
    assert 0.3 <= stored["gold_cpu_s"]["slow"] < 0.5
    (grade,) = EvaluationRun.open(tmp_path / "run").benchmark("tarot").grades
    assert (
        grade.problem_digest == tight.digest
    )  # of the data, whatever the host's limits: bundles are verified elsewhere


def test_without_a_factor_the_stated_limit_holds(tmp_path):
    tight = problem(limits=Limits(cpu_s=0.5, wall_s=30))
    assert run(tmp_path, tight, overrides=("gold_factor=null",)).metrics.value("basic") == 0.0
    assert not (tmp_path / "run/tarot/limits.json").exists()


def test_a_quick_gold_never_makes_the_stated_limit_stricter(tmp_path):
    quick = problem(solution="print(1)", limits=Limits(cpu_s=2, wall_s=30))
    assert run(tmp_path, quick).metrics.value("basic") == 1.0


def test_a_gold_that_fails_calibrates_nothing(tmp_path):
    wrong = problem(solution=SLOW.replace("print(1)", "print(2)"), limits=Limits(cpu_s=0.5, wall_s=30))
    assert run(tmp_path, wrong).metrics.value("basic") == 0.0


def test_a_stored_calibration_is_used_again_and_a_broken_one_is_named(tmp_path):
    tight = problem(limits=Limits(cpu_s=0.5, wall_s=30))
    run(tmp_path, tight)
    stored = tmp_path / "run/tarot/limits.json"
    stored.write_text(json.dumps({"gold_cpu_s": {"slow": 0.05}}))
    assert regrade(tmp_path / "run")[0].metrics.value("basic") == 0.0
    stored.write_text("[]")
    with pytest.raises(RunError, match=r"limits\.json"):
        regrade(tmp_path / "run")
