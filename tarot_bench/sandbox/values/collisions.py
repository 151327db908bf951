"""Bound the cost of sets and dictionaries whose items a program chose to have equal hashes."""

from collections import Counter
from itertools import groupby
from typing import Any

from tarot_bench.sandbox.values.bounds import EncodingError, is_flat

_FEW = 64  # so many scalars of equal hash in one container are harmless
_BITS_AT_ONCE = 256  # what is compared in the time that a small value takes
_COMPOSED = frozenset({tuple, frozenset})
_UNHASHABLE = (list, dict, set)
_MAX_COMPARISONS = 4_000_000  # between different items of equal hash, in one value: a fraction of a second
_LARGE_INT = 4096  # hexadecimal digits; to compare with a Decimal takes their square
_EXACT_WEIGHT = 400  # a Decimal and a Fraction of the largest size take so many times longer to compare than integers


class Collisions:
    """Counts the comparisons of items with equal hashes that building a value's sets and dictionaries takes.

    Strings are left to the seed of their hash. Equal items cost nothing. Where a Decimal or a Fraction is part of the
    value, every comparison counts as one of those.
    """

    def __init__(self) -> None:
        self._left = _MAX_COMPARISONS
        self._exact = self._large = False

    def note(self, tag: object, body: object) -> None:
        """Register the numbers of the value before any container of them is built.

        Raises:
            EncodingError: they would take too long to compare.
        """
        self._exact |= tag in ("decimal", "fraction")
        self._large |= tag == "int" and isinstance(body, str) and len(body) > _LARGE_INT
        if self._exact and self._large:
            raise EncodingError("a Decimal or Fraction beside an integer of too many digits")

    def count(self, items: list[Any]) -> None:
        """Count the comparisons of one container.

        Raises:
            EncodingError: too many, together with all earlier ones.
        """
        if len(items) <= (1 if self._exact else _FEW) and _COMPOSED.isdisjoint(map(type, items)):
            return
        if is_flat(items):  # the hash of a number below 2**53 is its own
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
    """The cost of comparing an item with another of equal hash, in comparisons of small values, at most."""
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
