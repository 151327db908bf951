"""The benchmark ``calendar``: four function problems about dates."""

import json
from pathlib import Path
from typing import Any

from tarot_bench.benchmarks import converted
from tarot_bench.dataset import ProblemSet, load_rows
from tarot_bench.problem import Origin, Problem, TestCase, Tier

_COLUMNS = ("id", "statement", "function", "solution", "tests")


class Calendar:
    """Reads rows such as those of ``problems.jsonl``."""

    name = "calendar"
    default_data = str(Path(__file__).with_name("problems.jsonl"))
    default_prompt = "tarot"
    files = ("calendar.jsonl",)

    def load(self, data: str, revision: str | None, split: str | None) -> ProblemSet:
        """Read the problems of a file, a folder or a Hub dataset."""
        rows = load_rows(data, revision=revision, split=split)
        return ProblemSet.of(data, rows.revision, converted(rows, _COLUMNS, _problem))


def _problem(row: dict[str, Any]) -> Problem:
    return Problem(
        id=row["id"],
        statement=row["statement"],
        solution=row["solution"],
        style="function",
        entry_point=row["function"],
        tests=tuple(_test(*test) for test in row["tests"]),
        origin=Origin(source="calendar", id=row["id"], license="Apache-2.0"),
    )


def _test(tier: str, arguments: list[Any], expected: Any) -> TestCase:
    """A call of the function: the arguments and the expected value as JSON."""
    return TestCase(tier=Tier.parse(tier), kind="call", input=json.dumps(arguments), output=json.dumps(expected))


BENCHMARK = Calendar()
