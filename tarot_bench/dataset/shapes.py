"""The row formats of problems, and their detection."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from tarot_bench.config import complaints
from tarot_bench.dataset import native, published, tarot_v1
from tarot_bench.dataset.entry import Entry
from tarot_bench.errors import DataError
from tarot_bench.problem import Problem


@dataclass(frozen=True, slots=True)
class RowFormat:
    """A row format.

    Attributes:
        name: shown to users.
        marks: the columns that distinguish it from other formats.
        from_row: reads a row; raises DataError.
    """

    name: str
    marks: tuple[str, ...]
    from_row: Callable[[Mapping[str, Any]], Problem]


def _from_entry(row: Mapping[str, Any]) -> Problem:
    problem = native.from_json(row["problem"])
    if not isinstance(problem, Mapping):
        raise DataError("the column problem must hold an object")
    return native.from_row(problem)


ENTRY_MARKS = ("problem", "facts")
PUBLISHED_MARKS = ("problem_id", "statement")
SHAPES = (
    RowFormat("native", ("id", "statement"), native.from_row),
    RowFormat("published", PUBLISHED_MARKS, published.from_row),
    RowFormat("tarot_v1", ("problem", "verification_info"), tarot_v1.from_row),
    RowFormat("entry", ENTRY_MARKS, _from_entry),
)

_LIKELY = {
    "id": ("task_id", "question_id", "problem_id", "custom_id", "name"),
    "statement": ("prompt", "question", "problem", "description", "instruction", "question_content", "text", "content"),
}
"""Column names of other datasets for required fields, for advice in errors."""


def to_problem(row: Mapping[str, Any]) -> Problem:
    """Read a row of any known format.

    Raises:
        DataError: no format fits (names the missing columns, those found and the known formats), or the row is
            malformed.
    """
    for shape in SHAPES:
        if all(column in row for column in shape.marks):
            return shape.from_row(row)
    raise DataError(_missing(row))


def to_entry(row: Mapping[str, Any]) -> Entry:
    """Read a row of any known format, with the measurements and flags of formats that have them.

    Raises:
        DataError: as `to_problem`, or a mistyped measurement, flag or contamination.
    """
    if all(column in row for column in PUBLISHED_MARKS):
        return published.entry_from_row(row)
    problem = to_problem(row)
    if not all(column in row for column in ENTRY_MARKS):
        return Entry(problem=problem)
    try:
        return Entry.model_validate({**native.without_nulls(row), "problem": problem})
    except ValidationError as error:
        raise DataError(f"problem {problem.id!r}: {complaints(error)}") from None


def _missing(row: Mapping[str, Any]) -> str:
    """The columns that a row lacks for the format that it is closest to."""
    nearest = max(SHAPES, key=lambda shape: sum(column in row for column in shape.marks))
    missing = [column for column in nearest.marks if column not in row]
    renames = [
        f"`{found}` to `{column}`"
        for column in missing
        if (found := next((name for name in _LIKELY.get(column, ()) if name in row), None))
    ]
    known = "; ".join(f"{shape.name} ({', '.join(shape.marks)}, …)" for shape in SHAPES)
    return (
        f"the row has no {' and no '.join(f'`{column}`' for column in missing)}; its columns are "
        f"{', '.join(map(str, row)) or '(none)'}; the known shapes are {known}"
        + (f"; rename the column {', '.join(renames)}" if renames else "")
    )
