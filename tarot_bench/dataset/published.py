"""The published row format: one row per problem with nested ``tests``.

Unlike the JSON of a `Problem` it fits Parquet: every column has one type in every row. Original tests have a null
``tier``, and ``extra`` is JSON text.

The row of an `Entry` also has measurements and provenance in each test, and the validator, flags and contamination in
the problem. Reading it as a `Problem` ignores them.
"""

import json
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from tarot_bench.config import complaints
from tarot_bench.dataset.entry import Contamination, Entry, Measurement, Provenance, TestFacts
from tarot_bench.dataset.native import build_problem, from_json, parse_label, test_fields, without_nulls
from tarot_bench.errors import DataError
from tarot_bench.problem import Problem
from tarot_bench.reading import parse_json

COLUMNS = (
    "problem_id",
    "statement",
    "language",
    "style",
    "entry_point",
    "starter_code",
    "answer_form",
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
FACT_COLUMNS = ("validator", "flags", "contamination_score", "contamination_jaccard", "contamination_match")
"""Further columns in the row of an `Entry`."""
MEASURED = tuple(Measurement.model_fields)
WRITTEN = tuple(Provenance.model_fields)
"""Further fields in the tier tests of an `Entry`: `MEASURED` and `WRITTEN`."""
LANGUAGES = ("python",)
_ORIGIN = {"source": "source", "source_id": "id", "url": "url", "license": "license", "difficulty": "difficulty"}
_SAME = ("statement", "style", "entry_point", "starter_code", "answer_form", "solution")


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
    unknown = [column for column in row if column not in (*COLUMNS, *FACT_COLUMNS)]
    if unknown:
        raise DataError(f"problem {row.get('problem_id')!r}: unknown columns {', '.join(unknown)}")
    given = without_nulls(row)
    check_language(given.get("language", "python"))
    tests = from_json(given.get("tests", []))
    if not isinstance(tests, list) or not all(isinstance(test, Mapping) for test in tests):
        raise DataError(f"problem {row.get('problem_id')!r}: tests must be a list of objects")
    fields: dict[str, Any] = {
        "id": given.get("problem_id"),
        **{name: given[name] for name in _SAME if name in given},
        **{name: without_nulls(given[name]) for name in ("limits", "checker") if name in given},
        "tests": [_test(test) for test in tests if parse_label(test.get("tier"))],
        "original_tests": [_test(test) for test in tests if not parse_label(test.get("tier"))],
        "origin": {name: given[column] for column, name in _ORIGIN.items() if column in given}
        | {"extra": _read_extra(given.get("extra", "{}"))},
    }
    return build_problem(fields)


def entry_to_row(entry: Entry) -> dict[str, Any]:
    """The published row of an entry: `to_row` of its problem, and the further columns."""
    row = to_row(entry.problem)
    facts = entry.facts or (TestFacts(),) * len(entry.problem.tests)
    originals = (TestFacts(),) * len(entry.problem.original_tests)
    row["tests"] = [test | fact_fields(known) for test, known in zip(row["tests"], facts + originals, strict=True)]
    near = entry.contamination
    return row | {
        "validator": entry.validator,
        "flags": [flag.model_dump(mode="json") for flag in entry.flags],
        "contamination_score": near.score if near else None,
        "contamination_jaccard": near.jaccard if near else None,
        "contamination_match": near.match if near else None,
    }


def entry_from_row(row: Mapping[str, Any]) -> Entry:
    """Read a published row as an entry; ``entry_from_row(entry_to_row(entry)) == entry``.

    If the facts of all tests are empty, the entry has no facts.

    Raises:
        DataError: as `from_row`, or a mistyped measurement, flag or contamination.
    """
    problem = from_row(row)
    given = without_nulls(row)
    near = {column.removeprefix("contamination_"): given[column] for column in FACT_COLUMNS[2:] if column in given}
    try:
        facts = tuple(_facts(test) for test in from_json(row["tests"]) if parse_label(test.get("tier")))
        return Entry(
            problem=problem,
            facts=facts if any(known != TestFacts() for known in facts) else (),
            validator=given.get("validator"),
            flags=given.get("flags", ()),
            contamination=Contamination(**near) if near else None,
        )
    except ValidationError as error:
        raise DataError(f"problem {problem.id!r}: {complaints(error)}") from None


def fact_fields(known: TestFacts) -> dict[str, Any]:
    """The facts of a test as flat fields: `MEASURED`, then `WRITTEN`; null where unknown."""
    written = known.provenance.model_dump() if known.provenance else dict.fromkeys(WRITTEN)
    return {**known.measurement.model_dump(), **written}


def _facts(test: Mapping[str, Any]) -> TestFacts:
    given = without_nulls(test)
    written = {name: given[name] for name in WRITTEN if name in given}
    return TestFacts(
        provenance=Provenance(**written) if written else None,
        measurement=Measurement(**{name: given[name] for name in MEASURED if name in given}),
    )


def _test(test: Mapping[str, Any]) -> Any:
    """The fields of a test, without its facts."""
    return test_fields({name: value for name, value in test.items() if name not in (*MEASURED, *WRITTEN)})


def check_language(language: Any) -> None:
    """Refuse an unsupported language.

    Raises:
        DataError: the language is unknown.
    """
    if language not in LANGUAGES:
        raise DataError(f"unknown language {language!r}; the languages are {', '.join(LANGUAGES)}")


def _read_extra(text: str) -> Any:
    try:
        return parse_json(text)
    except (TypeError, ValueError):
        raise DataError("the column extra must hold JSON text") from None
