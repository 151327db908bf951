"""Decode JSON text into values."""

import json
from collections.abc import Callable
from typing import Any, NamedTuple, cast

from tarot_bench.sandbox.values.bounds import MAX_BYTES, MAX_DEPTH, EncodingError, decimal, fraction, range_of
from tarot_bench.sandbox.values.collisions import Collisions

_BLANKS = " \t\n\r"
# Made beforehand, and used below what `json.loads` looks at first: a process started to decode one value pays for
# every page that it is the first to touch.
_DECODER = json.JSONDecoder()
_FROM_TEXT: dict[object, Callable[[str], object]] = {
    "int": lambda text: int(text, 16),
    "float": float,
    "bytes": lambda text: text.encode("latin-1"),
    "decimal": decimal,
}
_FROM_ITEMS: dict[object, Callable[[list[object]], object]] = {
    "tuple": tuple,
    "set": set,
    "frozenset": frozenset,
    "complex": lambda parts: complex(*parts),  # type: ignore[call-overload]
    "dict": dict,  # type: ignore[dict-item]
    "fraction": fraction,
    "range": range_of,
    "iterator": iter,
    "keys": lambda items: dict.fromkeys(items).keys(),
    "items": lambda pairs: dict(cast("list[tuple[object, object]]", pairs)).items(),
    "values": lambda items: dict(enumerate(items)).values(),
}


class Size(NamedTuple):
    """The size of an encoded value.

    Attributes:
        length: bytes.
        parts: separators and brackets, at least as many as there will be objects.
    """

    length: int
    parts: int


def size_of(data: bytes) -> Size:
    """Measure an encoded value without decoding it."""
    return Size(len(data), data.count(b",") + data.count(b"[") + data.count(b"{"))


def decode(data: bytes | str) -> object:
    """Read what `encode` wrote, or ordinary JSON, from a trusted source.

    Raises:
        EncodingError: not JSON, too large, too deep, or an unknown tag.
    """
    return _decode(data, None)


def decode_untrusted(data: bytes, most_parts: int = MAX_BYTES) -> object:
    """Read what a program wrote, with bounded time and memory.

    Args:
        data: at most `MAX_BYTES`.
        most_parts: refuse, unread, what has more parts (`Size`); one part takes about 70 bytes of memory.

    Raises:
        EncodingError: as `decode`; also too many parts, or too many items of equal hash.
    """
    parts = size_of(data).parts
    if parts > most_parts:
        raise EncodingError(f"encoded value of {parts} parts; the most is {most_parts}")
    return _decode(data, Collisions())


def _decode(data: bytes | str, collisions: Collisions | None) -> object:
    if len(data) > MAX_BYTES:
        raise EncodingError(f"encoded value of {len(data)} bytes; the most is {MAX_BYTES}")
    try:
        text = (data if isinstance(data, str) else data.decode("utf-8", "surrogatepass")).strip(_BLANKS)
        value, end = _DECODER.raw_decode(text)
        if end != len(text):
            raise EncodingError(f"not an encoded value: {text[end : end + 20]!r} follows it")
        return _unpack(value, 0, collisions)
    except EncodingError:
        raise
    except (ValueError, TypeError, ArithmeticError, RecursionError) as error:
        raise EncodingError(f"not an encoded value: {str(error)[:200]}") from None


def _unpack(value: object, depth: int, collisions: Collisions | None) -> object:
    if depth > 2 * MAX_DEPTH:
        raise EncodingError(f"value nests deeper than {MAX_DEPTH}")
    if isinstance(value, list):
        return _unpack_items(value, depth + 1, collisions)
    if not isinstance(value, dict):
        return value
    if "!" not in value:
        for key, item in value.items():
            value[key] = _unpack(item, depth + 1, collisions)
        return value
    tag, body = value["!"]
    return _unpack_tagged(tag, body, depth + 1, collisions)


def _unpack_items(items: list[Any], depth: int, collisions: Collisions | None) -> list[object]:
    """Unpack in place: a second list would double the memory of a large value."""
    if not {list, dict}.isdisjoint(map(type, items)):
        for place, item in enumerate(items):
            if isinstance(item, list | dict):
                items[place] = _unpack(item, depth, collisions)
    if collisions is not None:
        collisions.count(items)
    return items


def _unpack_tagged(tag: object, body: object, depth: int, collisions: Collisions | None) -> object:
    if collisions is not None:
        collisions.note(tag, body)
    if isinstance(body, str) and tag in _FROM_TEXT:
        return _FROM_TEXT[tag](body)
    if isinstance(body, list) and tag in _FROM_ITEMS:
        items = _unpack_items(body, depth, collisions)
        if collisions is not None and tag in ("dict", "items"):
            collisions.count([key for key, _ in cast("list[list[Any]]", items)])
        return _FROM_ITEMS[tag](items)
    raise EncodingError(f"unknown tag {tag[:20]!r}" if isinstance(tag, str) else "unknown tag")
