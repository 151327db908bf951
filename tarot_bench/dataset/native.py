"""The native row format: a `Problem` as JSON."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import PydanticSerializationError

from tarot_bench.atomic import replacing
from tarot_bench.errors import DataError, did_you_mean, one_line
from tarot_bench.problem import Problem, Tier
from tarot_bench.reading import parse_json


def from_row(row: Mapping[str, Any]) -> Problem:
    """Read a `Problem` from its JSON fields.

    A null means the field's default, because tables write null for a missing key.

    Raises:
        DataError: an unknown field or tier label, a missing or mistyped value, or no tests.
    """
    fields: dict[str, Any] = without_nulls(row)
    for key in {"limits", "checker", "origin"} & fields.keys():
        fields[key] = without_nulls(from_json(fields[key]))
    if "generator_programs" in fields:
        fields["generator_programs"] = from_json(fields["generator_programs"])
    for key in {"tests", "original_tests"} & fields.keys():
        fields[key] = from_json(fields[key])
        if isinstance(fields.get(key), list):
            fields[key] = [test_fields(test) for test in fields[key]]
    return build_problem(fields)


def to_row(problem: Problem) -> dict[str, Any]:
    """The JSON fields of a problem; `from_row` restores the same problem."""
    return problem.model_dump(mode="json")


def write_jsonl(problems: Iterable[Problem], path: str | Path) -> None:
    """Write problems as JSON Lines, atomically."""
    with replacing(Path(path)) as file:
        file.writelines(problem.model_dump_json() + "\n" for problem in problems)


def build_problem(fields: Mapping[str, Any]) -> Problem:
    """Validate the fields of a problem; an error names the first fault on one line.

    Raises:
        DataError: names the problem and the field.
    """
    try:
        problem = Problem.model_validate(fields)
        problem.model_dump_json()
        return problem
    except PydanticSerializationError as error:
        # Half of a surrogate pair: JSON can spell it, but no file, digest or standard input can hold it.
        raise DataError(f"problem {fields.get('id')!a}: text that is not Unicode: {one_line(error)}") from None
    except ValidationError as error:
        line = _first_fault(error)
        named = line if line.startswith("problem ") else f"problem {fields.get('id')!r}: {line}"
        raise DataError(named) from None


def test_fields(test: Any) -> Any:
    """The fields of one `TestCase`, without nulls and with the tier label resolved."""
    if not isinstance(test, Mapping):
        return test
    made = none_of_nulls(from_json(test.get("generated")))
    return without_nulls({**test, "generated": made}) | {"tier": parse_label(test.get("tier"))}


def parse_label(label: Any) -> Tier | None:
    """Read a tier label; None marks an original test.

    Raises:
        DataError: the label is unknown.
    """
    return None if label is None else Tier.parse(str(label))


def from_json(value: Any) -> Any:
    """Parse a value that tables may hold as JSON text; other values and other text are unchanged."""
    if not isinstance(value, str):
        return value
    try:
        return parse_json(value)
    except ValueError:
        return value


def without_nulls(fields: Any) -> Any:
    """The fields that are not null; a value that is no mapping is returned for validation to refuse."""
    if not isinstance(fields, Mapping):
        return fields
    return {key: value for key, value in fields.items() if value is not None}


def none_of_nulls(fields: Any) -> Any:
    """None in place of an object of which every field is null, as tables write a missing object."""
    return fields if not isinstance(fields, Mapping) or without_nulls(fields) else None


def _first_fault(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        return f"unknown field {where!r}{did_you_mean(where, Problem.model_fields)}"
    message = first["msg"].removeprefix("Value error, ")
    return f"{where}: {message}" if where else message
