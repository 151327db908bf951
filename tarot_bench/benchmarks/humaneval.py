"""HumanEval (Chen et al. 2021, arXiv 2107.03374): 164 function problems, each with one ``check(candidate)`` suite."""

from typing import Any

from tarot_bench.benchmarks.base import problems_of
from tarot_bench.dataset import ProblemSet, load_rows
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
        return ProblemSet.of(data, rows.revision, problems_of(rows, COLUMNS, _problem))


def _problem(row: dict[str, Any]) -> Problem:
    tests = (TestCase(tier=None, input=row["test"], kind="suite"),)
    return problem_of(row, tests, Limits(), Origin(source="HumanEval", id=row["task_id"], license="MIT"))


def problem_of(row: dict[str, Any], tests: tuple[TestCase, ...], limits: Limits, origin: Origin) -> Problem:
    """A problem of a row with HumanEval's columns, which HumanEval+ has, too."""
    return Problem(
        id=row["task_id"],
        statement=row["prompt"],
        solution=row["prompt"] + row["canonical_solution"],
        style="function",
        entry_point=row["entry_point"],
        starter_code=row["prompt"],
        original_tests=tests,
        limits=limits,
        origin=origin,
    )


BENCHMARK = HumanEval()
