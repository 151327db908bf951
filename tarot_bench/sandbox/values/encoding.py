"""Encode values as JSON text."""

import json
from collections.abc import ItemsView, Iterator, KeysView, ValuesView
from itertools import islice
from typing import Any, NamedTuple, cast

from tarot_bench.sandbox.values.bounds import (
    MAX_DEPTH,
    MOST_BITS,
    MOST_ITEMS,
    SAFE_INT,
    EncodingError,
    decimal,
    integers,
    is_flat,
)

# Made beforehand, and used below what `json.dumps` looks at first: a process started to encode one value pays for
# every page that it is the first to touch.
_ENCODER = json.JSONEncoder(ensure_ascii=True, allow_nan=False, separators=(",", ":"))
_CONTAINERS = (list, tuple, dict, set, frozenset)
_VIEWS: dict[str, type] = {"keys": KeysView, "items": ItemsView, "values": ValuesView}


class Returned(NamedTuple):
    """A copied iterator, range or view, for `encode`.

    Attributes:
        tag: as in the docstring of `tarot_bench.sandbox.values`.
        items: of which it is made.
    """

    tag: str
    items: list[Any]


def returned(result: object) -> object:
    """Prepare a function's result for `encode`: read an iterator to its end, copy a view, keep anything else.

    Only the result itself is converted, not its items. Reading a generator runs the function's code, so
    its exceptions propagate.

    Raises:
        EncodingError: an iterator of more than a million items.
    """
    if isinstance(result, range):
        return Returned("range", [result.start, result.stop, result.step])
    for tag, kind in _VIEWS.items():
        if isinstance(result, kind):
            return Returned(tag, [*cast("Iterator[object]", result)])
    if not isinstance(result, Iterator) or isinstance(result, _CONTAINERS):
        return result
    items = [*islice(result, MOST_ITEMS + 1)]
    if len(items) > MOST_ITEMS:
        raise EncodingError(f"{type(result).__name__} of more than {MOST_ITEMS} items")
    return Returned("iterator", items)


def encode(value: object) -> bytes:
    """Write a value as UTF-8 JSON. Equal sets give equal text, in every process.

    Raises:
        EncodingError: the value (or a part of it) is not plain data.
    """
    return _ENCODER.encode(_pack(value, 0)).encode()


def _pack(value: object, depth: int) -> object:  # noqa: C901, PLR0911, PLR0912 -- one line per type
    if depth > MAX_DEPTH:
        raise EncodingError(f"value nests deeper than {MAX_DEPTH}")
    deeper = depth + 1
    if value is None or value is True or value is False:
        return value
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        number = int.__int__(value)
        return number if -SAFE_INT <= number <= SAFE_INT else {"!": ["int", hex(number)]}
    if isinstance(value, float):
        real = float.__float__(value)
        return real if real - real == 0.0 else {"!": ["float", float.__repr__(real)]}
    if isinstance(value, list):
        return _pack_items(list(list.__iter__(value)), deeper)
    if type(value) is Returned:
        return {"!": [value.tag, _pack_items(value.items, deeper)]}
    if isinstance(value, tuple):
        return {"!": ["tuple", _pack_items(list(tuple.__iter__(value)), deeper)]}
    if isinstance(value, dict):
        return _pack_dict(value, deeper)
    if isinstance(value, set):
        return {"!": ["set", _pack_unordered(list(set.__iter__(value)), deeper)]}
    if isinstance(value, frozenset):
        return {"!": ["frozenset", _pack_unordered(list(frozenset.__iter__(value)), deeper)]}
    if isinstance(value, complex):
        return {"!": ["complex", [_pack(value.real, deeper), _pack(value.imag, deeper)]]}
    if isinstance(value, (bytes, bytearray)):
        return {"!": ["bytes", bytes(value).decode("latin-1")]}
    if (exact := _pack_exact(value)) is not None:
        return exact
    scalar = getattr(value, "item", None)  # numpy scalars and 0-d arrays count as the number they hold
    if callable(scalar) and type(value).__module__.split(".")[0] == "numpy" and getattr(value, "ndim", 1) == 0:
        return _pack(scalar(), deeper)
    raise EncodingError(f"{type(value).__name__} is not plain data")


def _pack_exact(value: object) -> object:
    """Encode a Decimal or a Fraction; return None for anything else."""
    from decimal import Decimal
    from fractions import Fraction

    if isinstance(value, Decimal):
        text = Decimal.__str__(value)
        decimal(text)  # refuses, here already, what could not be read
        return {"!": ["decimal", text]}
    if isinstance(value, Fraction):
        parts = integers([int(value.numerator), int(value.denominator)], MOST_BITS)
        return {"!": ["fraction", [_pack(part, 0) for part in parts]]}
    return None


def _pack_items(items: list[Any], depth: int) -> list[object]:
    return items if is_flat(items) else [_pack(item, depth) for item in items]


def _pack_unordered(items: list[Any], depth: int) -> list[object]:
    """Encode the items of a set in an order of their own, as that of their hashes differs between processes."""
    packed = _pack_items(items, depth)
    kinds = set(map(type, packed))
    alike = kinds == {str} or kinds <= {int, float, bool}
    packed.sort(key=None if alike else _ENCODER.encode)
    return packed


def _pack_dict(value: dict[object, object], depth: int) -> object:
    pairs = [(key, _pack(item, depth)) for key, item in dict.items(value)]
    if all(type(key) is str and key != "!" for key, _ in pairs):
        return {str(key): item for key, item in pairs}
    return {"!": ["dict", [[_pack(key, depth), item] for key, item in pairs]]}
