"""HumanEval (Chen et al. 2021, arXiv 2107.03374): 164 function problems, each with one ``check(candidate)`` suite."""

from collections.abc import Mapping
from typing import Any

from tarot_bench.benchmarks.base import converted
from tarot_bench.dataset import ProblemSet, load_rows
from tarot_bench.dataset.native import build_problem
from tarot_bench.problem import Limits, Origin, Problem, TestCase

COLUMNS = ("task_id", "prompt", "canonical_solution", "test", "entry_point")


class HumanEval:
    """The official 164 problems. They have no tiers: their suite is the problem's original test."""

    name = "humaneval"
    default_data = "openai/openai_humaneval"
    default_prompt = "humaneval"
    files = ("HumanEval.jsonl.gz", "HumanEval.jsonl")

    def load(self, data: str, revision: str | None, split: str | None) -> ProblemSet:
        """Read the official file (``HumanEval.jsonl.gz``) or the Hub dataset."""
        rows = load_rows(data, revision=revision, split=split)
        return ProblemSet.of(data, rows.revision, converted(rows, COLUMNS, _problem))


def _problem(row: dict[str, Any]) -> Problem:
    return problem_of(row, Origin(source="HumanEval", id=row["task_id"], license="MIT"))


def problem_of(
    row: Mapping[str, Any], origin: Origin, tests: tuple[TestCase, ...] = (), limits: Limits | None = None
) -> Problem:
    """Convert a row with HumanEval's columns; without other tests, the row's suite is the test.

    Raises:
        DataError: a value has another type than HumanEval's.
    """
    fields = {
        "id": str(row["task_id"]),
        "statement": row["prompt"],
        "solution": row["prompt"] + row["canonical_solution"],
        "style": "function",
        "entry_point": row["entry_point"],
        "starter_code": row["prompt"],
        "original_tests": tests or (TestCase(tier=None, input=row["test"], kind="suite"),),
        "limits": limits or Limits(),
        "origin": origin,
    }
    return build_problem(fields)


BENCHMARK = HumanEval()
