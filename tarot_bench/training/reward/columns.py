"""Convert the columns that a trainer passes to a reward into problems."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from tarot_bench.dataset.native import from_json
from tarot_bench.dataset.published import COLUMNS, GENERATED
from tarot_bench.dataset.shapes import to_problem
from tarot_bench.errors import DataError, did_you_mean
from tarot_bench.parsing import answer_text
from tarot_bench.problem import TIERS, Problem, TestCase
from tarot_bench.reading import parse_json

COLUMN = "problem"
"""The column with a problem as JSON text; in published TAROT rows it is the statement."""


def problems_of(
    columns: Mapping[str, Sequence[Any]], count: int, known: Mapping[str, Problem] | None = None
) -> list[Problem]:
    """Read the problems of a batch from the columns that a trainer passes.

    Understood are ``problem_id`` for problems that are known, ``problem`` with the JSON of a problem, the published
    ``default`` rows (``tests``, …) and the published TAROT rows (``verification_info``, …), with or without further
    columns. Only the tests of the tiers are kept.

    Args:
        columns: each with `count` values.
        count: completions in the batch.
        known: problems by id, without original tests; they win over what the columns hold.

    Raises:
        DataError: no such columns, too few or too many values, or a row that is not a problem.
    """
    for column in ("problem_id", COLUMN, "tests", "verification_info"):
        if column in columns and len(columns[column]) != count:
            raise DataError(f"the column `{column}` has {len(columns[column])} values for {count} completions")
    if known and all(name in known for name in columns.get("problem_id", [None])):
        return [known[name] for name in columns["problem_id"]]
    if count and not any(column in columns for column in (COLUMN, "tests", "verification_info")):
        raise DataError(
            f"{_unknown(columns, known or {})}"
            f"the training rows have the columns {', '.join(sorted(columns)) or '(none)'}; a reward needs `problem` "
            "(JSON of a problem), the published `tests`, or the published `verification_info`"
        )
    rows = ({column: values[row] for column, values in columns.items()} for row in range(count))
    return [_problem(row) for row in rows]


def _unknown(columns: Mapping[str, Sequence[Any]], known: Mapping[str, Problem]) -> str:
    """The first part of an error message: which problem is not known, if problems are."""
    unknown = next((str(name) for name in columns.get("problem_id", ()) if name not in known), None)
    if unknown is None or not known:
        return ""
    return f"the reward's `problems` have no {unknown!r}{did_you_mean(unknown, known)}; "


def _problem(row: dict[str, Any]) -> Problem:
    if row.get("verification_info") is not None:
        return _read(json.dumps({"problem": "", "problem_id": _id(row), **row}, default=str))
    if row.get("tests") is not None:
        return _read(json.dumps(_known(row), default=str))
    return _read(row[COLUMN] if isinstance(row[COLUMN], str) else json.dumps(row[COLUMN], default=str))


@lru_cache(4096)
def _read(text: str) -> Problem:
    """Read a row that is given as JSON; a group repeats its row once per completion."""
    try:
        row = parse_json(text)
    except ValueError:
        row = None
    if not isinstance(row, dict):
        raise DataError("the column `problem` must hold the JSON of a problem where there is no `verification_info`")
    return tiers_of(to_problem(row))


def tiers_of(problem: Problem) -> Problem:
    """The problem without its original tests, which belong to no tier."""
    return problem.with_tiers(TIERS) if problem.original_tests else problem


def _known(row: dict[str, Any]) -> dict[str, Any]:
    """A published row without measured columns and without the trainer's own columns."""
    tests = from_json(row["tests"])
    if not isinstance(tests, list) or not all(isinstance(test, Mapping) for test in tests):
        raise DataError("the column `tests` must hold a list of objects")
    tests = [{key: test.get(key) for key in (*TestCase.model_fields, *GENERATED)} for test in tests]
    return {column: row[column] for column in COLUMNS if column in row} | {"tests": tests, "problem_id": _id(row)}


def _id(row: dict[str, Any]) -> str:
    """The row's id; rows without one are identified by their tests."""
    given = next((row[name] for name in ("problem_id", "custom_id", "in_source_id", "id") if row.get(name)), None)
    tests = json.dumps(row.get("verification_info") or row.get("tests"), sort_keys=True, default=str)
    return str(given) if given else f"row-{hashlib.sha256(tests.encode()).hexdigest()[:16]}"


def text_of(completion: Any) -> str:
    """Return the text of a completion, which is a text or a list of messages."""
    if isinstance(completion, (list, tuple)):
        return answer_text(completion[-1]) if completion else ""
    return answer_text(completion)
