"""Rows in the formats of HumanEval and MBPP, read by the readers of the benchmarks.

The factory differs from the benchmarks in two points: assertions become single calls where possible, and problems have
no licence, because other datasets use the same formats.
"""

from collections.abc import Mapping
from typing import Any

from tarot_bench.benchmarks import humaneval, mbpp
from tarot_bench.benchmarks.asserts import calls_of
from tarot_bench.dataset.native import build_problem
from tarot_bench.generation.source.unusable import UnusableError, text_of
from tarot_bench.problem import Origin, Problem, TestCase

HUMANEVAL_MARKS = ("prompt", "canonical_solution", "test", "entry_point")
MBPP_MARKS = ("code", "test_list")


def from_humaneval(row: Mapping[str, Any]) -> Problem:
    """Read a row like HumanEval's; the suite is kept as one original test.

    Raises:
        UnusableError: no statement.
        DataError: a missing or mistyped value.
    """
    text_of(row, "prompt")
    return humaneval.problem_of(row, Origin(source="humaneval", id=str(row["task_id"])))


def from_mbpp(row: Mapping[str, Any]) -> Problem:
    """Read a row like MBPP's. Assertions of the form ``f(literals) == literal`` become calls; the rest stay a suite.

    Raises:
        UnusableError: no statement, no assertions, none that calls a function of the code, or a set-up that they need.
        DataError: a missing or mistyped value.
    """
    text_of(row, "text", "prompt")
    task = mbpp.MbppTask.of(row)
    entry_point = _entry_point(task)
    fields = {
        "id": f"mbpp-{task.id}",
        "statement": "\n".join([task.text, "", *(line.strip() for line in task.asserts)]),
        "solution": task.code,
        "style": "function",
        "entry_point": entry_point,
        "original_tests": calls_of(task.asserts, entry_point) or [TestCase(tier=None, kind="suite", input=task.suite)],
        "origin": Origin(source="mbpp", id=task.id),
    }
    return build_problem(fields)


def _entry_point(task: mbpp.MbppTask) -> str:
    if not task.asserts:
        raise UnusableError("no-tests")
    try:
        name = task.entry_point
    except SyntaxError as error:
        raise UnusableError("unreadable", str(error)) from None
    except ValueError as error:
        raise UnusableError("no-entry-point", str(error)) from None
    if task.setup:
        # The set-up uses classes of the solution, which do not exist in the process that compares the results.
        raise UnusableError("needs-set-up", "the assertions need code that runs beside the solution")
    return name
