"""The row shapes that hold problems, and how a row tells which one it is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tarot_bench.dataset import native, published, tarot_v1
from tarot_bench.errors import DataError
from tarot_bench.problem import Problem


@dataclass(frozen=True, slots=True)
class RowFormat:
    """A way to write a problem as a row.

    Attributes:
        name: what users call it.
        marks: the columns that tell it from every other shape.
        from_row: reads a row; raises DataError.
    """

    name: str
    marks: tuple[str, ...]
    from_row: Callable[[Mapping[str, Any]], Problem]


SHAPES = (
    RowFormat("native", ("id", "statement"), native.from_row),
    RowFormat("published", ("problem_id", "statement"), published.from_row),
    RowFormat("tarot_v1", ("problem", "verification_info"), tarot_v1.from_row),
)


_LIKELY = {
    "id": ("task_id", "question_id", "problem_id", "custom_id", "name"),
    "statement": ("prompt", "question", "problem", "description", "instruction", "question_content", "text", "content"),
}
"""Under these names other datasets keep what a problem must have; only for the advice in an error."""


def to_problem(row: Mapping[str, Any]) -> Problem:
    """Read a row of any known shape.

    Raises:
        DataError: no shape fits (the line names the missing columns, those found and the shapes known), or the row is
            faulty.
    """
    for shape in SHAPES:
        if all(column in row for column in shape.marks):
            return shape.from_row(row)
    raise DataError(_missing(row))


def _missing(row: Mapping[str, Any]) -> str:
    """What a row of no known shape lacks to be one of the shape that it is closest to."""
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
