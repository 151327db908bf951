"""The published row format: one row per problem with nested ``tests``.

Unlike the JSON of a `Problem` it fits Parquet: every column has one type in every row. Original tests have a null
``tier``, and ``extra`` is JSON text.

Where a program generated the input of a test, the test has the columns `GENERATED`, and the problem has the programs.

The row of an `Entry` also has measurements, provenance and votes in each test, and the validator, flags, contamination
and wrong programs in the problem. Reading it as a `Problem` ignores them. What authors wrote beside the tests
(`Entry.materials`) is not part of it.
"""

import json
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from tarot_bench.config import complaints
from tarot_bench.dataset.entry import Contamination, Entry, Measurement, Provenance, TestFacts
from tarot_bench.dataset.native import (
    build_problem,
    from_json,
    none_of_nulls,
    parse_label,
    test_fields,
    without_nulls,
)
from tarot_bench.errors import DataError
from tarot_bench.problem import Problem, TestCase
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
    "generator_programs",
    "limits",
    "checker",
    "source",
    "source_id",
    "url",
    "license",
    "difficulty",
    "extra",
)
_NEAR = {f"contamination_{name}": name for name in Contamination.model_fields}
FACT_COLUMNS = ("validator", "validator_trial", "wrong_programs", "flags", *_NEAR)
"""Further columns in the row of an `Entry`."""
GENERATED = {"generator_program": "program", "seed": "seed", "input_sha256": "digest", "input_bytes": "size"}
"""Columns of a generated input in a test, and the fields of `GeneratedInput`; null in other tests."""
VOTES = "votes"
MEASURED = tuple(Measurement.model_fields)
WRITTEN = tuple(Provenance.model_fields)
"""Further fields in the tier tests of an `Entry`: `MEASURED`, `WRITTEN` and `VOTES`."""
LANGUAGES = ("python",)
_ORIGIN = {"source": "source", "source_id": "id", "url": "url", "license": "license", "difficulty": "difficulty"}
_SAME = ("statement", "style", "entry_point", "starter_code", "answer_form", "solution")
_OBJECTS = ("generator_programs", "limits", "checker")


def to_row(problem: Problem) -> dict[str, Any]:
    """The published row of a problem, its columns in the order of `COLUMNS`."""
    fields = problem.model_dump(mode="json")
    row = {
        "problem_id": problem.id,
        "language": "python",
        **{name: fields[name] for name in (*_SAME, *_OBJECTS)},
        "tests": [test_row(test) for test in problem.all_tests],
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
        **{name: without_nulls(from_json(given[name])) for name in _OBJECTS if name in given},
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
    near, trial = entry.contamination, entry.validator_trial
    return row | {
        "validator": entry.validator,
        "validator_trial": trial.model_dump() if trial else None,
        "wrong_programs": [program.model_dump() for program in entry.wrong],
        "flags": [flag.model_dump(mode="json") for flag in entry.flags],
        **{column: getattr(near, name) if near else None for column, name in _NEAR.items()},
    }


def entry_from_row(row: Mapping[str, Any]) -> Entry:
    """Read a published row as an entry; ``entry_from_row(entry_to_row(entry)) == entry`` without its materials.

    If the facts of all tests are empty, the entry has no facts.

    Raises:
        DataError: as `from_row`, or a mistyped measurement, flag or contamination.
    """
    problem = from_row(row)
    given = without_nulls(row)
    near = {name: given[column] for column, name in _NEAR.items() if column in given}
    try:
        facts = tuple(_facts(test) for test in from_json(row["tests"]) if parse_label(test.get("tier")))
        return Entry(
            problem=problem,
            facts=facts if any(known != TestFacts() for known in facts) else (),
            validator=given.get("validator"),
            validator_trial=none_of_nulls(given.get("validator_trial")),
            wrong=given.get("wrong_programs", ()),
            flags=given.get("flags", ()),
            contamination=Contamination(**near) if near else None,
        )
    except ValidationError as error:
        raise DataError(f"problem {problem.id!r}: {complaints(error)}") from None


def test_row(test: TestCase) -> dict[str, Any]:
    """The fields of a test, with those of `GENERATED` in place of ``generated``."""
    made = test.generated
    recipe = {column: getattr(made, name) if made else None for column, name in GENERATED.items()}
    return test.model_dump(mode="json", exclude={"generated"}) | recipe


def fact_fields(known: TestFacts) -> dict[str, Any]:
    """The facts of a test as fields: `MEASURED`, `WRITTEN`, then `VOTES`; null where unknown."""
    written = known.provenance.model_dump() if known.provenance else dict.fromkeys(WRITTEN)
    return {**known.measurement.model_dump(), **written, VOTES: [vote.model_dump() for vote in known.votes]}


def _facts(test: Mapping[str, Any]) -> TestFacts:
    given = without_nulls(test)
    written = {name: given[name] for name in WRITTEN if name in given}
    return TestFacts(
        provenance=Provenance(**written) if written else None,
        votes=given.get(VOTES, ()),
        measurement=Measurement(**{name: given[name] for name in MEASURED if name in given}),
    )


def _test(test: Mapping[str, Any]) -> Any:
    """The fields of a test, without its facts."""
    fields = {name: value for name, value in test.items() if name not in (*MEASURED, *WRITTEN, VOTES)}
    recipe = without_nulls({name: fields.pop(column, None) for column, name in GENERATED.items()})
    return test_fields(fields | {"generated": recipe} if recipe else fields)


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
