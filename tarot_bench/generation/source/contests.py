"""Rows of contest collections: APPS and TACO (``input_output`` as JSON text), CodeContests (public and private tests).

The first Python 3 solution becomes the gold; further ones are kept as alternative solutions.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tarot_bench.dataset.native import build_problem
from tarot_bench.generation.alternatives import with_alternatives
from tarot_bench.generation.source.unusable import UnusableError, decoded, python_programs, text_of
from tarot_bench.problem import Problem

APPS_MARKS = ("question", "solutions", "input_output")
CODE_CONTESTS_MARKS = ("description", "solutions", "public_tests")
_PYTHON3 = 3
"""The number of Python 3 in ``ContestProblem.Solution.Language`` of CodeContests' schema."""
_TEST_COLUMNS = ("public_tests", "private_tests", "generated_tests")


def from_apps(row: Mapping[str, Any]) -> Problem:
    """Read a row of APPS or TACO; those with ``fn_name`` in ``input_output`` are function problems.

    Raises:
        UnusableError: no statement, tests or Python solution.
        DataError: anything else that is wrong with it.
    """
    told = decoded(row["input_output"] or "{}")
    if not isinstance(told, Mapping) or not told.get("inputs"):
        raise UnusableError("no-tests")
    name = told.get("fn_name")
    pairs = zip(told["inputs"], told.get("outputs") or [], strict=False)
    tests = [_call(*pair) for pair in pairs] if name else [_stdin(*pair) for pair in pairs]
    golds = python_programs(decoded(row["solutions"] or "[]"))
    source = row.get("source") or ("taco" if "skill_types" in row else "apps")
    number = row.get("problem_id", row.get("id"))
    fields = {
        "id": f"{source}-{number}" if number is not None else _last_part(row.get("url") or row.get("name")),
        "statement": text_of(row, "question"),
        "style": "function" if name else "stdin",
        "entry_point": _entry_point(name, golds) if name else None,
        "starter_code": row.get("starter_code") or None,
        "original_tests": tests,
    }
    origin = {"source": source, "id": number, "url": row.get("url"), "difficulty": row.get("difficulty")}
    return _built(fields, golds, origin)


def from_code_contests(row: Mapping[str, Any]) -> Problem:
    """Read a row of CodeContests; public tests come first.

    Raises:
        UnusableError: no statement, tests or Python 3 solution, or input and output in files.
        DataError: anything else that is wrong with it.
    """
    if row.get("input_file") or row.get("output_file"):
        raise UnusableError("reads-files")
    tests = [_stdin(*pair) for column in _TEST_COLUMNS for pair in _pairs(decoded(row.get(column)))]
    if not tests:
        raise UnusableError("no-tests")
    golds = _python3(row["solutions"])
    fields = {"id": f"code_contests-{row['name']}", "statement": text_of(row, "description"), "original_tests": tests}
    return _built(fields, golds, {"source": "code_contests", "id": row["name"], "difficulty": row.get("difficulty")})


def wrong_programs(row: Mapping[str, Any]) -> tuple[str, ...]:
    """The Python 3 programs that a row of CodeContests calls incorrect; none in rows of other formats."""
    return tuple(_python3(row.get("incorrect_solutions")))


def _python3(column: Any) -> list[str]:
    solutions = decoded(column) or {}
    if not isinstance(solutions, Mapping):
        return []
    texts = zip(solutions.get("language", ()), solutions.get("solution", ()), strict=False)
    return python_programs(text for language, text in texts if language in (_PYTHON3, "PYTHON3"))


def _built(fields: dict[str, Any], golds: list[str], origin: dict[str, Any]) -> Problem:
    if not golds:
        raise UnusableError("no-gold", "no solution is a Python 3 program")
    told = {key: str(value) for key, value in origin.items() if value is not None}
    extra = with_alternatives({}, golds, golds[0])
    known = {key: value for key, value in fields.items() if value is not None}
    return build_problem({**known, "solution": golds[0], "origin": {**told, "extra": extra}})


def _pairs(tests: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(tests, Mapping):
        yield from zip(tests.get("input", ()), tests.get("output", ()), strict=False)


def _stdin(given: Any, expected: Any) -> dict[str, Any]:
    return {"tier": None, "kind": "stdin", "input": _joined(given), "output": _joined(expected)}


def _joined(value: Any) -> str:
    """Return a text; some rows have a list of lines instead."""
    return "\n".join(map(str, value)) if isinstance(value, list) else str(value)


def _call(given: Any, expected: Any) -> dict[str, Any]:
    """Make a test of kind ``call``. APPS wraps most expected values in a list with one item."""
    arguments = decoded(given)
    wanted = expected[0] if isinstance(expected, list) and len(expected) == 1 else expected
    if not isinstance(arguments, list):
        raise UnusableError("unreadable", "the arguments of a call are not a list")
    return {"tier": None, "kind": "call", "input": json.dumps(arguments), "output": json.dumps(wanted)}


def _entry_point(name: str, golds: list[str]) -> str:
    """Return the function's name; for LeetCode's form that of the method, as ``Solution.name``."""
    return f"Solution.{name}" if golds and "class Solution" in golds[0] else name


def _last_part(url: Any) -> str:
    if not url:
        raise UnusableError("no-id")
    return str(url).rstrip("/").split("://")[-1].replace("/", "-")
