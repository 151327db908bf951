"""Limits on the size of a value and its parts, and numbers that are checked against them."""

import math
from typing import Any, cast

MAX_DEPTH = 200
MAX_BYTES = 64 * 1024 * 1024
SAFE_INT = 2**53
MOST_ITEMS = 1_000_000  # of an iterator or a range
MOST_BITS = 4096  # of a Fraction's numerator or denominator: reducing it takes their product
_MOST_DIGITS = 1000  # of a Decimal, before and after its point; so int() of it is cheap
_RANGE_BITS = 64


class EncodingError(ValueError):
    """A value is not plain data, or nests deeper than `MAX_DEPTH`."""


def decimal(text: str) -> object:
    """Parse a Decimal.

    Raises:
        EncodingError: too many digits, or a signalling NaN.
    """
    from decimal import Decimal  # here, as most processes that decode never need it

    if len(text) > 2 * _MOST_DIGITS:
        raise EncodingError("Decimal of too many digits")
    return _bounded(Decimal(text))


def _bounded(number: Any) -> Any:
    """Check a Decimal: ``==`` must not raise, and ``int`` must not take long.

    Raises:
        EncodingError: a signalling NaN, or too many digits before or after the point.
    """
    if number.is_snan() or (number.is_finite() and abs(number.adjusted()) > _MOST_DIGITS):
        raise EncodingError("Decimal that signals or has too many digits")
    return number


def fraction(parts: list[object]) -> object:
    """Build a Fraction from its numerator and denominator.

    Raises:
        EncodingError: not two integers of at most `MOST_BITS` bits.
    """
    from fractions import Fraction

    numerator, denominator = integers(parts, MOST_BITS)
    return Fraction(numerator, denominator)


def range_of(parts: list[object]) -> range:
    """Build a range from its start, stop and step.

    Raises:
        EncodingError: of more than `MOST_ITEMS` items, or not from small integers.
    """
    numbers = range(*integers(parts, _RANGE_BITS))
    if len(numbers) > MOST_ITEMS:
        raise EncodingError(f"range of {len(numbers)} items; the most is {MOST_ITEMS}")
    return numbers


def integers(parts: list[object], most_bits: int) -> list[int]:
    """Check that all parts are integers of at most so many bits.

    Raises:
        EncodingError: one is not.
    """
    for part in parts:
        if type(part) is not int or part.bit_length() > most_bits:
            raise EncodingError(f"not an integer of at most {most_bits} bits")
    return cast("list[int]", parts)


def is_flat(items: list[Any]) -> bool:
    """Whether items need no encoding: C code checks them, as a million numbers would take long here."""
    kinds = set(map(type, items))
    if kinds <= {str, bool, type(None)}:
        return True
    safe = kinds <= {int, float, bool} and min(items) >= -SAFE_INT and max(items) <= SAFE_INT
    return safe and all(map(math.isfinite, items))
