"""The row shapes that hold problems, and how a row tells which one it is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tarot_bench.dataset import native, published, tarot_v1
from tarot_bench.errors import DataError
from tarot_bench.problem import Problem


@dataclass(frozen=True, slots=True)
class Shape:
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
    Shape("native", ("id", "statement"), native.from_row),
    Shape("published", ("problem_id", "statement"), published.from_row),
    Shape("tarot_v1", ("problem", "verification_info"), tarot_v1.from_row),
)


def to_problem(row: Mapping[str, Any]) -> Problem:
    """Read a row of any known shape.

    Raises:
        DataError: no shape fits (the line names the columns found and the shapes known), or the row is faulty.
    """
    for shape in SHAPES:
        if all(column in row for column in shape.marks):
            return shape.from_row(row)
    known = "; ".join(f"{shape.name} ({', '.join(shape.marks)}, …)" for shape in SHAPES)
    raise DataError(f"the columns {', '.join(map(str, row)) or '(none)'} fit no known shape; the shapes are {known}")
