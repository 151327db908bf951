"""Rows of LiveCodeBench with a column ``solution`` that was added to them: the release files have no solutions."""

from collections.abc import Mapping
from typing import Any

from tarot_bench.benchmarks.livecodebench import PROVIDED, problem_of
from tarot_bench.generation.source.unusable import UnusableError, python_programs, text_of
from tarot_bench.problem import Problem

MARKS = ("question_content", "question_id", "public_test_cases", "private_test_cases")


def from_livecodebench(row: Mapping[str, Any]) -> Problem:
    """Read a row; the public tests come before the private ones, which are unpacked.

    Raises:
        UnusableError: no statement, no tests, or no solution in Python 3.
        DataError: anything else that is wrong with it.
    """
    text_of(row, "question_content")
    golds = python_programs([row.get("solution")])
    if not golds:
        raise UnusableError("no-gold", "LiveCodeBench has no solutions; add one to each row, as `solution`")
    problem = problem_of(dict(row))
    if not problem.original_tests:
        raise UnusableError("no-tests")
    provided = PROVIDED if problem.style == "function" else ""
    return problem.model_copy(update={"solution": provided + golds[0]})
