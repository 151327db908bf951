"""The error for rows that cannot be used, and helpers that several row formats share."""

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
    """Decode a value that some versions of a dataset have as JSON text, or as the text of a Python literal.

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
    """Return the text of the first column that has any.

    Raises:
        UnusableError: no column has text.
    """
    for column in columns:
        if isinstance(row.get(column), str) and row[column].strip():
            return str(row[column])
    raise UnusableError("no-statement")


def python_programs(texts: Iterable[Any]) -> list[str]:
    """Return the texts that are Python 3 programs, in order, with Unix line ends."""
    programs = [text.replace("\r\n", "\n").replace("\r", "\n") for text in texts if isinstance(text, str)]
    return [program for program in programs if program.strip() and parse(program) is not None]
