"""Plain Python values as JSON text, for the wall between a program and the code that judges it.

Standard library only and self-contained: this very file is also read by the processes inside the sandbox. Never
pickle or marshal: every byte that comes out of a sandbox is data, and hostile until decoded.

JSON already says None, bool, int, str, list, finite float and dict with string keys. The rest is written as an object
with the single key ``"!"``: ``{"!": ["tuple", [...]]}``; likewise ``set``, ``frozenset``, ``dict`` (a list of pairs),
``bytes`` (Latin-1 text), ``float`` (``nan``, ``inf``, ``-inf``), ``complex``, ``int`` (hexadecimal, for numbers that
JSON readers may round), ``decimal`` (text) and ``fraction`` (numerator, denominator). Instances of subclasses are
written as the plain type they extend, so that a value with an ``__eq__`` of its own cannot reach the judge.

What a function returned may also be an iterator, a range or the view of a dictionary (`returned`): tags ``iterator``,
``keys``, ``items``, ``values`` (their items) and ``range`` (start, stop, step).

`decode` reads what this package wrote itself. What a program wrote is read by `decode_untrusted`, whose cost is
bounded: a few bytes can become a large object, and numbers can be chosen so that they all have the same hash, which
makes a set of n of them take n * n comparisons.
"""

import json
import math
from collections import Counter
from collections.abc import Callable, ItemsView, Iterator, KeysView, ValuesView
from itertools import groupby, islice
from typing import Any, NamedTuple, cast

MAX_DEPTH = 200
MAX_BYTES = 64 * 1024 * 1024
_FEW = 64  # so many scalars of equal hash in one container are harmless
_BITS_AT_ONCE = 256  # what is compared in the time that a small value takes
_COMPOSED = frozenset({tuple, frozenset})
_UNHASHABLE = (list, dict, set)
_CONTAINERS = (list, tuple, dict, set, frozenset)
_MAX_COMPARISONS = 4_000_000  # between different items of equal hash, in one value: a fraction of a second
_SAFE_INT = 2**53
_MOST_ITEMS = 1_000_000  # of an iterator or a range
_MOST_DIGITS = 1000  # of a Decimal, before and after its point; so int() of it is cheap
_MOST_BITS = 4096  # of a Fraction's numerator or denominator: reducing it takes their product
_RANGE_BITS = 64
_LARGE_INT = 4096  # hexadecimal digits; to compare with a Decimal takes their square
_EXACT_WEIGHT = 400  # a Decimal and a Fraction of the largest size take so many times longer to compare than integers
_BLANKS = " \t\n\r"
# Made beforehand, and used below what `json.loads` looks at first: a process that is born to decode one value pays for
# every page that it is the first to touch.
_ENCODER = json.JSONEncoder(ensure_ascii=True, allow_nan=False, separators=(",", ":"))
_DECODER = json.JSONDecoder()


def _decimal(text: str) -> object:
    from decimal import Decimal  # here, as most processes that decode never need it

    if len(text) > 2 * _MOST_DIGITS:
        raise EncodingError("Decimal of too many digits")
    return _bounded(Decimal(text))


def _bounded(number: Any) -> Any:
    """A Decimal, unless ``==`` would raise or ``int`` would take long.

    Raises:
        EncodingError: a signalling NaN, or too many digits before or after the point.
    """
    if number.is_snan() or (number.is_finite() and abs(number.adjusted()) > _MOST_DIGITS):
        raise EncodingError("Decimal that signals or has too many digits")
    return number


def _fraction(parts: list[object]) -> object:
    from fractions import Fraction

    numerator, denominator = _integers(parts, _MOST_BITS)
    return Fraction(numerator, denominator)


def _range(parts: list[object]) -> range:
    numbers = range(*_integers(parts, _RANGE_BITS))
    if len(numbers) > _MOST_ITEMS:
        raise EncodingError(f"range of {len(numbers)} items; the most is {_MOST_ITEMS}")
    return numbers


def _integers(parts: list[object], most_bits: int) -> list[int]:
    for part in parts:
        if type(part) is not int or part.bit_length() > most_bits:
            raise EncodingError(f"not an integer of at most {most_bits} bits")
    return cast("list[int]", parts)


_VIEWS: dict[str, type] = {"keys": KeysView, "items": ItemsView, "values": ValuesView}
_FROM_TEXT: dict[object, Callable[[str], object]] = {
    "int": lambda text: int(text, 16),
    "float": float,
    "bytes": lambda text: text.encode("latin-1"),
    "decimal": _decimal,
}
_FROM_ITEMS: dict[object, Callable[[list[object]], object]] = {
    "tuple": tuple,
    "set": set,
    "frozenset": frozenset,
    "complex": lambda parts: complex(*parts),  # type: ignore[call-overload]
    "dict": dict,  # type: ignore[dict-item]
    "fraction": _fraction,
    "range": _range,
    "iterator": iter,
    "keys": lambda items: dict.fromkeys(items).keys(),
    "items": lambda pairs: dict(cast("list[tuple[object, object]]", pairs)).items(),
    "values": lambda items: dict(enumerate(items)).values(),
}


class EncodingError(ValueError):
    """A value is not plain data, or nests deeper than `MAX_DEPTH`."""


class Returned(NamedTuple):
    """What stands for an iterator, a range or a view on its way to `encode`.

    Attributes:
        tag: as in the module's docstring.
        items: of which it is made.
    """

    tag: str
    items: list[Any]


def returned(result: object) -> object:
    """A function's result for `encode`: an iterator is read to its end, a view is copied, all else stays as it is.

    Only the result itself is looked at, not what is inside of it. Reading a generator runs the function's code, so
    whatever that raises comes out of here.

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
    items = [*islice(result, _MOST_ITEMS + 1)]
    if len(items) > _MOST_ITEMS:
        raise EncodingError(f"{type(result).__name__} of more than {_MOST_ITEMS} items")
    return Returned("iterator", items)


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
    """Counts what it takes to compare a value's items of equal hash, as building sets and dictionaries of them does.

    Strings are left to the seed of their hash. Equal items cost nothing. Where a Decimal or a Fraction is part of the
    value, every comparison counts as one of those.
    """

    def __init__(self) -> None:
        self._left = _MAX_COMPARISONS
        self._exact = self._large = False

    def note(self, tag: object, body: object) -> None:
        """Note which numbers are part of the value, before any container that holds them is built.

        Raises:
            EncodingError: they would take too long to compare.
        """
        self._exact |= tag in ("decimal", "fraction")
        self._large |= tag == "int" and isinstance(body, str) and len(body) > _LARGE_INT
        if self._exact and self._large:
            raise EncodingError("a Decimal or Fraction beside an integer of too many digits")

    def count(self, items: list[Any]) -> None:
        """Count those of the items of one container.

        Raises:
            EncodingError: too many, together with all earlier ones.
        """
        if len(items) <= (1 if self._exact else _FEW) and _COMPOSED.isdisjoint(map(type, items)):
            return
        if _is_flat(items):  # the hash of a number below 2**53 is its own
            return
        known = [item for item in items if type(item) not in _UNHASHABLE and _is_hashable(item)]
        if len(set(map(hash, known))) == len(known):
            return
        for _, alike in groupby(sorted(known, key=hash), hash):
            different: list[object] = []
            for item in alike:
                if len(different) > 1:
                    self._left -= (len(different) - 1) * _cost(item)
                if self._left < 0:
                    raise EncodingError("too many different items have the same hash")
                if item not in different:
                    different.append(item)
                self._left -= (len(different) - 1) * _EXACT_WEIGHT if self._exact else 0


def _cost(item: object) -> int:
    """The most comparisons of small values that one comparison of this with another of its hash can take."""
    if isinstance(item, tuple):
        return 1 + sum(map(_cost, item))
    if isinstance(item, frozenset):
        alike = Counter(map(hash, item))
        return 1 + sum(_cost(member) * alike[hash(member)] for member in item)
    if isinstance(item, int):
        return 1 + item.bit_length() // _BITS_AT_ONCE
    return 1 + len(item) // _BITS_AT_ONCE if isinstance(item, bytes) else 1


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
    if type(value) is Returned:
        return {"!": [value.tag, _pack_items(value.items, deeper)]}
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
    if (exact := _pack_exact(value)) is not None:
        return exact
    scalar = getattr(value, "item", None)  # numpy scalars and 0-d arrays stand for the number they hold
    if callable(scalar) and type(value).__module__.split(".")[0] == "numpy" and getattr(value, "ndim", 1) == 0:
        return _pack(scalar(), deeper)
    raise EncodingError(f"{type(value).__name__} is not plain data")


def _pack_exact(value: object) -> object:
    """A Decimal or a Fraction; None for anything else."""
    from decimal import Decimal
    from fractions import Fraction

    if isinstance(value, Decimal):
        text = Decimal.__str__(value)
        _decimal(text)  # refuses, here already, what could not be read
        return {"!": ["decimal", text]}
    if isinstance(value, Fraction):
        parts = _integers([int(value.numerator), int(value.denominator)], _MOST_BITS)
        return {"!": ["fraction", [_pack(part, 0) for part in parts]]}
    return None


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
