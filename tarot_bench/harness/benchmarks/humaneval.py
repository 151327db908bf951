"""HumanEval (Chen et al. 2021, arXiv 2107.03374): 164 function problems, each with one ``check(candidate)`` suite."""

from typing import Any

from tarot_bench.dataset import ProblemSet, load_rows
from tarot_bench.errors import DataError
from tarot_bench.problem import Origin, Problem, TestCase

_COLUMNS = ("task_id", "prompt", "canonical_solution", "test", "entry_point")


class HumanEval:
    """The official 164 problems. They have no tiers: their suite is the problem's original test."""

    name = "humaneval"
    default_data = "openai/openai_humaneval"
    default_prompt = "humaneval"

    def load(self, data: str, revision: str | None, split: str | None) -> ProblemSet:
        """Read the official file (``HumanEval.jsonl.gz``) or the Hub dataset."""
        rows = load_rows(data, revision=revision, split=split)
        return ProblemSet.of(data, rows.revision, [_problem(number, row) for number, row in enumerate(rows.rows)])


def _problem(number: int, row: dict[str, Any]) -> Problem:
    missing = [column for column in _COLUMNS if column not in row]
    if missing:
        raise DataError(f"row {number}: a HumanEval row has {', '.join(_COLUMNS)}; missing {', '.join(missing)}")
    return Problem(
        id=row["task_id"],
        statement=row["prompt"],
        solution=row["prompt"] + row["canonical_solution"],
        style="function",
        entry_point=row["entry_point"],
        starter_code=row["prompt"],
        original_tests=(TestCase(tier=None, input=row["test"], kind="suite"),),
        origin=Origin(source="HumanEval", id=row["task_id"], license="MIT"),
    )


BENCHMARK = HumanEval()
