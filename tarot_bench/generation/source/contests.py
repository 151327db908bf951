"""Rows of contest collections: APPS and TACO (``input_output`` as JSON text), CodeContests (public and private tests).

The first Python 3 solution becomes the gold; further ones are kept as alternative solutions. Limits of the source are
kept, too: CodeContests has ``time_limit`` (seconds and nanoseconds) and ``memory_limit_bytes``, TACO has them as text.
"""

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from tarot_bench.dataset.entry import WrongProgram
from tarot_bench.dataset.native import build_problem
from tarot_bench.generation.alternatives import with_alternatives
from tarot_bench.generation.source.unusable import UnusableError, decoded, python_programs, text_of
from tarot_bench.problem import Limits, Problem

APPS_MARKS = ("question", "solutions", "input_output")
CODE_CONTESTS_MARKS = ("description", "solutions", "public_tests")
_PYTHON3 = 3
"""The number of Python 3 in ``ContestProblem.Solution.Language`` of CodeContests' schema."""
MOST_WRONG = 48
"""Incorrect solutions that are kept of one row; CodeContests has hundreds."""
_LEAST_MIB = 256
_WALL = 4
"""Wall seconds per CPU second, where that is more than the default."""
_QUANTITY = re.compile(r"\s*(?P<number>[0-9]+(?:\.[0-9]+)?)\s*(?P<unit>[a-z]+)", re.IGNORECASE)
_UNITS = {"b": 1, "k": 2**10, "m": 2**20, "g": 2**30}
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
        "limits": _limits(_seconds(row.get("time_limit")), _bytes(row.get("memory_limit"))),
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
    fields = {
        "id": f"code_contests-{row['name']}",
        "statement": text_of(row, "description"),
        "original_tests": tests,
        "limits": _limits(_seconds(row.get("time_limit")), row.get("memory_limit_bytes")),
    }
    return _built(fields, golds, {"source": "code_contests", "id": row["name"], "difficulty": row.get("difficulty")})


def wrong_programs(row: Mapping[str, Any]) -> tuple[WrongProgram, ...]:
    """The Python 3 programs that a row of CodeContests calls incorrect, up to `MOST_WRONG`; none in other formats."""
    programs = dict.fromkeys(_python3(row.get("incorrect_solutions")))
    return tuple(WrongProgram(source=program, origin="source") for program in list(programs)[:MOST_WRONG])


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


def _limits(seconds: float | None, size: float | None) -> Limits:
    """The limits of a problem; those of `Limits` where the source has none.

    Args:
        seconds: CPU seconds per test.
        size: bytes of memory. The limit is one of address space, which an interpreter takes some of, so it is raised to
            `_LEAST_MIB`.
    """
    known: dict[str, float] = {}
    if seconds:
        known |= {"cpu_s": seconds, "wall_s": max(Limits().wall_s, _WALL * seconds)}
    if size:
        known["memory_mib"] = max(_LEAST_MIB, math.ceil(size / 2**20))
    return Limits.model_validate(known)


def _seconds(told: Any) -> float | None:
    """Seconds out of ``{"seconds": 1, "nanos": 500000000}``, or of a text as in ``2.0 seconds``; None where unknown."""
    if isinstance(told, Mapping):
        return float(told.get("seconds") or 0) + float(told.get("nanos") or 0) / 1e9 or None
    match = _QUANTITY.match(str(told))
    return float(match["number"]) if match and match["unit"].lower().startswith("s") else None


def _bytes(told: Any) -> float | None:
    """Bytes out of a text as in ``256.0 megabytes``; None where unknown."""
    match = _QUANTITY.match(str(told))
    unit = _UNITS.get(match["unit"][0].lower()) if match else None
    return float(match["number"]) * unit if match and unit else None


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
