"""An unexpected exception costs one sample its verdicts, never the run: the same for every caller of the grader."""

import asyncio
import logging
import sys

import pytest

from tarot_bench.errors import DataError
from tarot_bench.evaluation.graders import Graders
from tarot_bench.grading import bugs, extraction_of, grade, grade_code, grade_extraction
from tarot_bench.progress import Silent
from tarot_bench.runs import JournalWriter
from tarot_bench.training.reward.tier_reward import TierReward
from tarot_bench.verdict import Completion, Grade, Verdict
from tests.training.problems import DOUBLE, fenced

GOLD = fenced(DOUBLE.solution)
GRADE = sys.modules["tarot_bench.grading.grade"]  # its function has hidden the module of the same name
REPORT = "bug in tarot-bench, please report: ZeroDivisionError: so it goes"


def completion(text=GOLD, index=0):
    return Completion(problem_id=DOUBLE.id, index=index, model="test", text=text)


@pytest.fixture(params=["extract", "same_value", "job_of"])
def broken(request, monkeypatch):
    """A step of grading that raises; the list holds what."""

    def fail(*given, **named):
        raise error[0]("so it goes")

    error = [ZeroDivisionError]
    bugs._seen.clear()
    monkeypatch.setattr(GRADE, request.param, fail)
    return error


def all_ungraded(made):
    assert [result.verdict for result in made.results] == [Verdict.UNGRADED] * len(DOUBLE.all_tests)
    assert {result.detail for result in made.results} == {REPORT}


def test_a_bug_makes_the_sample_ungraded_and_says_so(broken, sandbox):
    all_ungraded(grade(DOUBLE, completion(), sandbox))
    all_ungraded(grade_extraction(DOUBLE, extraction_of(DOUBLE, completion()), sandbox))


def test_its_traceback_is_logged_once(broken, sandbox, caplog):
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            grade(DOUBLE, completion(), sandbox)
    (record,) = caplog.records
    assert "ZeroDivisionError" in caplog.text
    assert "report this bug" in record.message


def test_a_reward_for_it_is_none(broken, sandbox):
    reward = TierReward("static", sandbox=sandbox)
    rows = {"problem": [DOUBLE.model_dump_json()] * 2}
    assert reward([GOLD, GOLD], **rows) == [None, None]


def test_an_evaluation_grades_the_other_samples(monkeypatch, sandbox, tmp_path):
    from tarot_bench.extraction import extract

    def fails_on_the_second(text, problem, finish_reason):
        if "second" in text:
            raise ZeroDivisionError("so it goes")
        return extract(text, problem, finish_reason)

    monkeypatch.setattr(GRADE, "extract", fails_on_the_second)

    async def go():
        async with Graders([DOUBLE], sandbox, journal, Silent()) as graders:
            for index, text in enumerate([GOLD, f"second\n{GOLD}", GOLD]):
                await graders.submit(completion(text, index))

    with JournalWriter(tmp_path / "grades.jsonl", Grade) as journal:
        asyncio.run(go())
        made = sorted(journal, key=lambda one: one.index)
    assert [one.solved for one in made] == [True, None, True]
    all_ungraded(made[1])


@pytest.mark.parametrize("leaving", [KeyboardInterrupt, SystemExit])
def test_an_interrupt_passes(broken, sandbox, leaving):
    broken[0] = leaving
    with pytest.raises(leaving):
        grade(DOUBLE, completion(), sandbox)


def test_a_user_s_mistake_passes(monkeypatch, sandbox):
    class Unusable:
        workers = 1

        def run(self, job):
            raise DataError("no such template; name another")

    with pytest.raises(DataError, match="no such template"):
        grade_code(DOUBLE, DOUBLE.solution, Unusable())


def test_an_exception_without_a_text_is_reported_too():
    class OddError(Exception):
        def __str__(self):
            raise ValueError

    assert bugs.reported(OddError()) == "bug in tarot-bench, please report: OddError: (no text)"
    assert bugs.reported(ValueError("x" * 10_000)).count("x") < 500
