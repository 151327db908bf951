"""How a reader says that a row is of no use, and values that several shapes have in common."""

import ast
from collections.abc import Iterable, Mapping
from typing import Any

from tarot_bench.errors import DataError
from tarot_bench.extraction.syntax import parse
from tarot_bench.reading import parse_json


class UnusableError(DataError):
    """A row that cannot become an entry.

    Attributes:
        reason: a short code, as in ``no-gold``.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(detail or reason)
        self.reason = reason
        self.detail = detail


def decoded(value: Any) -> Any:
    """A value that some versions of a dataset give as JSON text, or as the text of a Python literal.

    Raises:
        UnusableError: text, but neither of these.
    """
    if not isinstance(value, str):
        return value
    try:
        return parse_json(value)
    except ValueError:
        try:
            return ast.literal_eval(value)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            raise UnusableError("unreadable", f"neither JSON nor a literal: {value[:60]!r}") from None


def text_of(row: Mapping[str, Any], *columns: str) -> str:
    """The first column that holds text.

    Raises:
        UnusableError: none does.
    """
    for column in columns:
        if isinstance(row.get(column), str) and row[column].strip():
            return str(row[column])
    raise UnusableError("no-statement")


def python_programs(texts: Iterable[Any]) -> list[str]:
    """The texts that are programs of today's Python, in order, with one kind of line end."""
    programs = [text.replace("\r\n", "\n").replace("\r", "\n") for text in texts if isinstance(text, str)]
    return [program for program in programs if program.strip() and parse(program) is not None]
