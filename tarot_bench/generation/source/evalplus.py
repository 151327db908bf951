"""Rows of the release files of HumanEval+ and MBPP+: a reference solution and lists of inputs for it."""

from collections.abc import Mapping
from typing import Any

from tarot_bench.benchmarks import humaneval_plus, mbpp_plus
from tarot_bench.benchmarks.evalplus import suites
from tarot_bench.dataset.native import build_problem
from tarot_bench.generation.source.unusable import UnusableError, text_of
from tarot_bench.problem import Checker, Origin, Problem, TestCase
from tarot_bench.sandbox.values import encode

MARKS = ("task_id", "prompt", "entry_point", "canonical_solution", "base_input", "plus_input", "atol")
_TOLERANCE = 1e-6
"""evalplus' absolute tolerance for floats where the task names none."""


def from_evalplus(row: Mapping[str, Any]) -> Problem:
    """Read a row; its original test is that of the original benchmark, or its inputs where the row has no test.

    Raises:
        UnusableError: no statement, no tests, or a task that evalplus judges by a rule of its own.
        DataError: a missing or mistyped value.
    """
    text_of(row, "prompt")
    task = str(row["task_id"])
    if task in humaneval_plus.ORACLES or task in mbpp_plus.ORACLES:
        raise UnusableError("several-answers", "the task has several right answers; calls are compared for equality")
    mbpp = "assertion" in row
    fields = {
        "id": task,
        "statement": row["prompt"],
        "solution": row["canonical_solution"].strip("\n") + "\n" if mbpp else row["prompt"] + row["canonical_solution"],
        "style": "function",
        "entry_point": row["entry_point"],
        "original_tests": _original(row),
        "checker": Checker(kind="float", tolerance=row["atol"] or _TOLERANCE),
        "origin": Origin(source="mbpp_plus" if mbpp else "humaneval_plus", id=task),
    }
    if mbpp:
        fields["statement"] = row["prompt"].strip().strip('"').strip()
    else:
        fields["starter_code"] = row["prompt"]
    return build_problem(fields)


def inputs_of(row: Mapping[str, Any]) -> list[str]:
    """The distinct inputs of a row, base before plus, as tests of kind ``call`` have them."""
    arguments = _arguments(row, "base_input") + _arguments(row, "plus_input")
    return list(dict.fromkeys(encode(each).decode() for each in arguments))


def _original(row: Mapping[str, Any]) -> tuple[TestCase, ...]:
    if row.get("test"):
        return (TestCase(tier=None, kind="suite", input=row["test"]),)
    base = _arguments(row, "base_input")
    if not base:
        raise UnusableError("no-tests")
    return suites(row, base, ())


def _arguments(row: Mapping[str, Any], column: str) -> list[list[Any]]:
    stored = row[column] or []
    return mbpp_plus.inputs_of(row, stored) if "assertion" in row else [list(each) for each in stored]
