"""Plain Python values as JSON text, for the wall between a program and the code that judges it.

Standard library only and self-contained: this very file is also read by the processes inside the sandbox. Never
pickle or marshal: every byte that comes out of a sandbox is data, and hostile until decoded.

JSON already says None, bool, int, str, list, finite float and dict with string keys. The rest is written as an object
with the single key ``"!"``: ``{"!": ["tuple", [...]]}``; likewise ``set``, ``frozenset``, ``dict`` (a list of pairs),
``bytes`` (Latin-1 text), ``float`` (``nan``, ``inf``, ``-inf``), ``complex`` and ``int`` (decimal digits, for numbers
that JSON readers may round). Instances of subclasses are written as the plain type they extend, so that a value with
an ``__eq__`` of its own cannot reach the judge.

`decode` reads what this package wrote itself. What a program wrote is read by `decode_untrusted`, whose cost is
bounded: a few bytes can become a large object, and numbers can be chosen so that they all have the same hash, which
makes a set of n of them take n * n comparisons.
"""

import json
import math
from collections.abc import Callable
from itertools import groupby, islice
from operator import eq
from typing import Any, NamedTuple, cast

MAX_DEPTH = 200
MAX_BYTES = 64 * 1024 * 1024
_FEW = 64  # so many equal hashes in one container are harmless
_UNHASHABLE = (list, dict, set)
_MAX_COMPARISONS = 4_000_000  # between different items of equal hash, in one value: a fraction of a second
_SAFE_INT = 2**53
_BLANKS = " \t\n\r"
# Made beforehand, and used below what `json.loads` looks at first: a process that is born to decode one value pays for
# every page that it is the first to touch.
_ENCODER = json.JSONEncoder(ensure_ascii=True, allow_nan=False, separators=(",", ":"))
_DECODER = json.JSONDecoder()
_FROM_TEXT: dict[object, Callable[[str], object]] = {
    "int": lambda text: int(text, 16),
    "float": float,
    "bytes": lambda text: text.encode("latin-1"),
}
_FROM_ITEMS: dict[object, Callable[[list[object]], object]] = {
    "tuple": tuple,
    "set": set,
    "frozenset": frozenset,
    "complex": lambda parts: complex(*parts),  # type: ignore[call-overload]
    "dict": dict,  # type: ignore[dict-item]
}


class EncodingError(ValueError):
    """A value is not plain data, or nests deeper than `MAX_DEPTH`."""


def encode(value: object) -> bytes:
    """Write a value as UTF-8 JSON.

    Raises:
        EncodingError: the value (or a part of it) is not plain data.
    """
    return _ENCODER.encode(_pack(value, 0)).encode()


class Size(NamedTuple):
    """How large an encoded value is.

    Attributes:
        length: bytes.
        parts: separators and brackets, at least as many as there will be objects.
    """

    length: int
    parts: int


def size_of(data: bytes) -> Size:
    """The size of an encoded value, without decoding it."""
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
    return _decode(data, _Collisions())


class _Collisions:
    """Counts how many comparisons the hashing of a value's items takes beyond one each.

    Strings are left to the seed of their hash. Equal items cost nothing.
    """

    def __init__(self) -> None:
        self._left = _MAX_COMPARISONS

    def count(self, items: list[Any]) -> None:
        """Count those of the items of one container.

        Raises:
            EncodingError: too many, together with all earlier ones.
        """
        if len(items) <= _FEW or _is_flat(items):  # the hash of a number below 2**53 is its own
            return
        known = [item for item in items if type(item) not in _UNHASHABLE and _is_hashable(item)]
        hashes = sorted(map(hash, known))
        if not any(map(eq, hashes, islice(hashes, _FEW, None))):
            return
        for _, alike in groupby(sorted(known, key=hash), hash):
            different: list[object] = []
            for item in alike:
                if item not in different:
                    different.append(item)
                self._left -= len(different) - 1
                if self._left < 0:
                    raise EncodingError("too many different items have the same hash")


def _is_hashable(item: object) -> bool:
    try:
        hash(item)
    except TypeError:
        return False
    return True


def _decode(data: bytes | str, collisions: _Collisions | None) -> object:
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
        return number if -_SAFE_INT <= number <= _SAFE_INT else {"!": ["int", hex(number)]}
    if isinstance(value, float):
        real = float.__float__(value)
        return real if real - real == 0.0 else {"!": ["float", float.__repr__(real)]}
    if isinstance(value, list):
        return _pack_items(list(list.__iter__(value)), deeper)
    if isinstance(value, tuple):
        return {"!": ["tuple", _pack_items(list(tuple.__iter__(value)), deeper)]}
    if isinstance(value, dict):
        return _pack_dict(value, deeper)
    if isinstance(value, set):
        return {"!": ["set", [_pack(item, deeper) for item in set.__iter__(value)]]}
    if isinstance(value, frozenset):
        return {"!": ["frozenset", [_pack(item, deeper) for item in frozenset.__iter__(value)]]}
    if isinstance(value, complex):
        return {"!": ["complex", [_pack(value.real, deeper), _pack(value.imag, deeper)]]}
    if isinstance(value, (bytes, bytearray)):
        return {"!": ["bytes", bytes(value).decode("latin-1")]}
    scalar = getattr(value, "item", None)  # numpy scalars and 0-d arrays stand for the number they hold
    if callable(scalar) and type(value).__module__.split(".")[0] == "numpy" and getattr(value, "ndim", 1) == 0:
        return _pack(scalar(), deeper)
    raise EncodingError(f"{type(value).__name__} is not plain data")


def _pack_items(items: list[Any], depth: int) -> list[object]:
    return items if _is_flat(items) else [_pack(item, depth) for item in items]


def _is_flat(items: list[Any]) -> bool:
    """Whether items are JSON as they stand: a million numbers are looked at in C, not one by one here."""
    kinds = set(map(type, items))
    if kinds <= {str, bool, type(None)}:
        return True
    safe = kinds <= {int, float, bool} and min(items) >= -_SAFE_INT and max(items) <= _SAFE_INT
    return safe and all(map(math.isfinite, items))


def _pack_dict(value: dict[object, object], depth: int) -> object:
    pairs = [(key, _pack(item, depth)) for key, item in dict.items(value)]
    if all(type(key) is str and key != "!" for key, _ in pairs):
        return {str(key): item for key, item in pairs}
    return {"!": ["dict", [[_pack(key, depth), item] for key, item in pairs]]}


def _unpack(value: object, depth: int, collisions: _Collisions | None) -> object:
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


def _unpack_items(items: list[Any], depth: int, collisions: _Collisions | None) -> list[object]:
    """Unpack in place: a second list would double what a large value takes."""
    if not {list, dict}.isdisjoint(map(type, items)):
        for place, item in enumerate(items):
            if isinstance(item, list | dict):
                items[place] = _unpack(item, depth, collisions)
    if collisions is not None:
        collisions.count(items)
    return items


def _unpack_tagged(tag: object, body: object, depth: int, collisions: _Collisions | None) -> object:
    if isinstance(body, str) and tag in _FROM_TEXT:
        return _FROM_TEXT[tag](body)
    if isinstance(body, list) and tag in _FROM_ITEMS:
        items = _unpack_items(body, depth, collisions)
        if collisions is not None and tag == "dict":
            collisions.count([key for key, _ in cast("list[list[Any]]", items)])
        return _FROM_ITEMS[tag](items)
    raise EncodingError(f"unknown tag {tag[:20]!r}" if isinstance(tag, str) else "unknown tag")
