"""Grading many at once: doubtful time limits run again alone, errors come out, nothing is lost."""

import asyncio

import pytest

from tarot_bench.errors import RunError
from tarot_bench.evaluation.graders import Graders
from tarot_bench.problem import Limits, Problem, TestCase, Tier
from tarot_bench.progress import Silent
from tarot_bench.runs import JournalWriter
from tarot_bench.verdict import Completion, Grade
from tests.sandbox.doubles import TimedSandbox

PROBLEM = Problem(
    id="p", statement="", tests=(TestCase(tier=Tier.BASIC, input="", output="1\n"),), limits=Limits(cpu_s=1)
)


def graded(tmp_path, sandbox, count: int = 1) -> list[Grade]:
    async def go() -> None:
        async with Graders([PROBLEM], sandbox, journal, Silent()) as graders:
            for index in range(count):
                await graders.submit(
                    Completion(problem_id="p", index=index, model="m", text="```py\nprint(input())\n```")
                )

    with JournalWriter(tmp_path / "grades.jsonl", Grade) as journal:
        asyncio.run(go())
        return list(journal)


def verdicts(grades: list[Grade]) -> list[str]:
    return [grade.results[0].verdict.value for grade in sorted(grades, key=lambda grade: grade.index)]


def test_a_near_miss_of_the_time_limit_counts_only_after_a_second_run_alone(tmp_path):
    sandbox = TimedSandbox(1.1, 0.9)
    assert verdicts(graded(tmp_path, sandbox)) == ["PASSED"]
    assert sandbox.beside[-1] == 1


def test_a_second_near_miss_counts(tmp_path):
    assert verdicts(graded(tmp_path, TimedSandbox(1.1, 1.05))) == ["TIME_LIMIT"]


def test_a_runaway_is_not_run_twice(tmp_path):
    sandbox = TimedSandbox(1.3)
    assert verdicts(graded(tmp_path, sandbox)) == ["TIME_LIMIT"]
    assert sandbox.cpu_s == []


def test_sandbox_trouble_is_ungraded_and_the_rest_goes_on(tmp_path):
    sandbox = TimedSandbox(0.1, None, 0.1)
    made = verdicts(graded(tmp_path, sandbox, 3))
    assert sorted(made) == ["PASSED", "PASSED", "UNGRADED"]


def test_a_journal_that_cannot_be_written_stops_the_work_with_its_own_error(tmp_path, monkeypatch):
    def full(self, record):
        raise RunError("disk full")

    monkeypatch.setattr(JournalWriter, "append", full)
    with pytest.raises(RunError, match="disk full"):
        graded(tmp_path, TimedSandbox(*[0.1] * 50), 50)
