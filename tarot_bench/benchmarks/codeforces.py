"""CodeForces problems of ``open-r1/codeforces``: official tests, limits per problem, and checkers.

The harness of the paper calls this benchmark CodeForces. It links to CodeElo (arXiv 2501.01257), which is another
benchmark: it submits programs to the site. Other than in the paper's harness, prompts never show the editorial, and the
dataset's checkers decide where there are any. Interactive problems, problems that read a file and problems without
official tests are left out and counted. The site truncates long tests, so many problems have only some of their
tests. These are kept and counted; a program that passes them might still fail on the site.
"""

import re
from collections import Counter
from pathlib import Path
from typing import Any

from tarot_bench.benchmarks import argv_checker
from tarot_bench.benchmarks.base import converted
from tarot_bench.dataset import ProblemSet, load_rows
from tarot_bench.problem import Checker, Limits, Origin, Problem, TestCase

_COLUMNS = (
    "id",
    "title",
    "description",
    "input_format",
    "output_format",
    "interaction_format",
    "note",
    "examples",
    "rating",
    "time_limit",
    "memory_limit",
    "official_tests",
    "official_tests_complete",
    "input_mode",
    "generated_checker",
)
_INTERPRETER_MIB = 128
"""Address space that CPython itself takes; the site counts resident memory instead."""
_REAL = re.compile(r"[+-]?\d*\.\d+(?:[eE][+-]?\d+)?")
_INTERACTIVE, _FILE, _UNTESTED, _INCOMPLETE = (
    "interactive: left out",
    "read a file: left out",
    "without official tests: left out",
    "with only some of their official tests: kept",
)
_CHECKER = Path(argv_checker.__file__).read_text(encoding="utf-8")


class CodeForces:
    """The problems of the test split that standard input and output can judge."""

    name = "codeforces"
    default_data = "open-r1/codeforces"
    default_prompt = "codeforces"
    files = ("codeforces.parquet", "codeforces.jsonl", "codeforces")

    def load(self, data: str, revision: str | None, split: str | None) -> ProblemSet:
        """Read the Hub dataset, a folder or a file of its rows; `ProblemSet.notes` counts what was left out."""
        rows = load_rows(data, revision=revision, split=split or "test", config_name="default")
        notes: Counter[str] = Counter()

        def convert(row: dict[str, Any]) -> Problem | None:
            reason = _unfit(row)
            if reason:
                notes[reason] += 1
                return None
            notes[_INCOMPLETE] += not row["official_tests_complete"]
            return _problem(row)

        return ProblemSet.of(data, rows.revision, converted(rows, _COLUMNS, convert), notes)


def _unfit(row: dict[str, Any]) -> str | None:
    """Return the reason to leave a problem out, or None."""
    if row["interaction_format"]:
        return _INTERACTIVE
    if row["input_mode"] not in (None, "stdio"):
        return _FILE
    return None if row["official_tests"] else _UNTESTED


def _problem(row: dict[str, Any]) -> Problem:
    tests = tuple(TestCase(tier=None, input=test["input"], output=test["output"]) for test in row["official_tests"])
    seconds = float(row["time_limit"] or 2.0)
    return Problem(
        id=row["id"],
        statement=_statement(row),
        original_tests=tests,
        limits=Limits(
            cpu_s=seconds,
            wall_s=4 * seconds + 10,
            memory_mib=round(row["memory_limit"] or 256) + _INTERPRETER_MIB,
        ),
        checker=_checker(row, tests),
        origin=Origin(
            source="CodeForces",
            id=row["id"],
            license="CC-BY-4.0",
            difficulty=None if row["rating"] is None else str(row["rating"]),
            extra={"rating": row["rating"], "official_tests_complete": bool(row["official_tests_complete"])},
        ),
    )


def _checker(row: dict[str, Any], tests: tuple[TestCase, ...]) -> Checker:
    """Return the dataset's checker, else a comparison of tokens with a tolerance for decimal fractions."""
    if row["generated_checker"]:
        program = f"{_CHECKER}\n\nmain({row['generated_checker']!r})\n"
        return Checker(kind="program", program=program)
    fractions = any(_REAL.fullmatch(token) for test in tests for token in test.output.split())
    return Checker(kind="float" if fractions else "tokens")


def _statement(row: dict[str, Any]) -> str:
    """Format the statement as the site shows it, without the editorial and the hidden tests."""
    examples = "\n\n".join(
        f"Input:\n```\n{example['input'].strip()}\n```\nOutput:\n```\n{example['output'].strip()}\n```"
        for example in row["examples"] or []
    )
    parts = (
        ("", row["description"]),
        ("Input", row["input_format"]),
        ("Output", row["output_format"]),
        ("Examples", examples),
        ("Note", row["note"]),
    )
    sections = [f"## {title}\n{text.strip()}" if title else text.strip() for title, text in parts if text]
    return "\n\n".join([f"# {row['title']}", *sections])


BENCHMARK = CodeForces()
