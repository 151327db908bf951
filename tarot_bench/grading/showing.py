"""Format texts and values for display on one line, at a bounded cost."""

import json
from collections.abc import Iterator

from tarot_bench.problem import TestCase

MAX_DETAIL = 500
"""Characters of a verdict's detail."""
_SHOWN = 80
_MAX_BITS = 1000  # of an integer that is written out
_BRACKETS: dict[type, tuple[str, str]] = {
    list: ("[", "]"),
    tuple: ("(", ")"),
    set: ("{", "}"),
    frozenset: ("frozenset({", "})"),
    type({}.keys()): ("dict_keys([", "])"),
    type({}.items()): ("dict_items([", "])"),
    type({}.values()): ("dict_values([", "])"),
}


def shown(text: str) -> str:
    """A text quoted on one line and cut to a readable length."""
    quoted = repr(text[:_SHOWN])
    quoted = quoted if quoted.isprintable() else ascii(text[:_SHOWN])
    return quoted if len(text) <= _SHOWN else f"{quoted}… ({len(text)} characters)"


def shown_input(test: TestCase) -> str:
    """The whole input of a test or, where it is not stored, which program prints it."""
    made = test.generated
    if made is None or test.stored:
        return test.input
    return f"({made.size} bytes, not stored: the generator program {made.program!r} prints it for seed {made.seed})"


def shown_output(test: TestCase, text: str) -> str:
    """An output of a test, expected or actual, in one form: calls return JSON, whose white space means nothing."""
    if test.kind != "call":
        return text
    try:
        return json.dumps(json.loads(text), ensure_ascii=False)
    except (ValueError, RecursionError):
        return text


def shown_value(value: object) -> str:
    """The repr of plain data, cut to a readable length.

    Only the shown part of the value is visited; ``repr`` of the whole could fail (an integer of more digits
    than Python converts) or take as much memory as the value.
    """
    text = ""
    for piece in _pieces(value):
        text += piece
        if len(text) > _SHOWN:
            text = f"{text[:_SHOWN]}…"
            break
    return text if text.isprintable() else ascii(text)[1:-1]


def _pieces(value: object) -> Iterator[str]:
    """The text of a value, piece by piece; every level of nesting yields a character before the next."""
    kind = type(value)
    if kind is dict:
        yield "{"
        for number, (key, item) in enumerate(value.items()):  # type: ignore[attr-defined]
            yield ", " if number else ""
            yield from _pieces(key)
            yield ": "
            yield from _pieces(item)
        yield "}"
    elif kind in _BRACKETS and (value or kind in (list, tuple)):
        opening, closing = _BRACKETS[kind]
        yield opening
        for number, item in enumerate(value):  # type: ignore[arg-type]
            yield ", " if number else ""
            yield from _pieces(item)
        yield f",{closing}" if kind is tuple and len(value) == 1 else closing  # type: ignore[arg-type]
    else:
        yield _scalar(value)


def _scalar(value: object) -> str:
    if isinstance(value, int) and value.bit_length() > _MAX_BITS:
        return f"<an integer of {value.bit_length()} bits>"
    if isinstance(value, Iterator):
        return "<an iterator>"
    return repr(value[: _SHOWN + 1] if isinstance(value, str | bytes) else value)


def detail(text: str) -> str:
    """A verdict's detail: one line of at most `MAX_DETAIL` printable characters."""
    line = " ".join(text[: 2 * MAX_DETAIL].split())
    if not line.isprintable():
        line = "".join(mark if mark.isprintable() else ascii(mark)[1:-1] for mark in line)
    return line if len(line) <= MAX_DETAIL else f"{line[: MAX_DETAIL - 1]}…"
