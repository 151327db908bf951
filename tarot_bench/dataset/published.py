"""The flat layout in which our own datasets are published: one row per problem, nested ``tests``.

Unlike the JSON of a `Problem` it is fit for Parquet: every column has one type in every row. Original tests are the
ones whose ``tier`` is null, and ``extra`` is JSON text.
"""

import json
from collections.abc import Mapping
from typing import Any

from tarot_bench.dataset.native import build_problem, parse_label, test_fields, without_nulls
from tarot_bench.errors import DataError
from tarot_bench.problem import Problem

COLUMNS = (
    "problem_id",
    "statement",
    "language",
    "style",
    "entry_point",
    "starter_code",
    "solution",
    "tests",
    "limits",
    "checker",
    "source",
    "source_id",
    "url",
    "license",
    "difficulty",
    "extra",
)
LANGUAGES = ("python",)
_ORIGIN = {"source": "source", "source_id": "id", "url": "url", "license": "license", "difficulty": "difficulty"}
_SAME = ("statement", "style", "entry_point", "starter_code", "solution")


def to_row(problem: Problem) -> dict[str, Any]:
    """The published row of a problem, its columns in the order of `COLUMNS`."""
    fields = problem.model_dump(mode="json")
    row = {
        "problem_id": problem.id,
        "language": "python",
        **{name: fields[name] for name in (*_SAME, "limits", "checker")},
        "tests": fields["tests"] + fields["original_tests"],
        **{column: fields["origin"][name] for column, name in _ORIGIN.items()},
        "extra": json.dumps(fields["origin"]["extra"], ensure_ascii=False),
    }
    return {column: row[column] for column in COLUMNS}


def from_row(row: Mapping[str, Any]) -> Problem:
    """Read a published row; ``from_row(to_row(problem)) == problem``.

    Raises:
        DataError: an unknown column, language or tier label, a missing or mistyped value, or no tests.
    """
    unknown = [column for column in row if column not in COLUMNS]
    if unknown:
        raise DataError(f"problem {row.get('problem_id')!r}: unknown columns {', '.join(unknown)}")
    given = without_nulls(row)
    check_language(given.get("language", "python"))
    tests = given.get("tests", [])
    if not isinstance(tests, list) or not all(isinstance(test, Mapping) for test in tests):
        raise DataError(f"problem {row.get('problem_id')!r}: tests must be a list of objects")
    fields: dict[str, Any] = {
        "id": given.get("problem_id"),
        **{name: given[name] for name in _SAME if name in given},
        **{name: without_nulls(given[name]) for name in ("limits", "checker") if name in given},
        "tests": [test_fields(test) for test in tests if parse_label(test.get("tier"))],
        "original_tests": [test_fields(test) for test in tests if not parse_label(test.get("tier"))],
        "origin": {name: given[column] for column, name in _ORIGIN.items() if column in given}
        | {"extra": _read_extra(given.get("extra", "{}"))},
    }
    return build_problem(fields)


def check_language(language: Any) -> None:
    """Refuse a language that no sandbox runs.

    Raises:
        DataError: nobody knows this language.
    """
    if language not in LANGUAGES:
        raise DataError(f"unknown language {language!r}; the languages are {', '.join(LANGUAGES)}")


def _read_extra(text: str) -> Any:
    try:
        return json.loads(text)
    except (TypeError, ValueError):
        raise DataError("the column extra must hold JSON text") from None
