"""Read the results of programs at a cost bounded by the size of the expected value.

A result is a program's claim, and may be 16 MiB of anything. Values that are equal have similar encodings, so a result
that is far larger than the expected one is wrong, and is never decoded.
"""

from dataclasses import dataclass
from functools import lru_cache

from tarot_bench.grading.arguments import value_of
from tarot_bench.grading.showing import shown
from tarot_bench.sandbox.values import EncodingError, Size, encode, size_of

_LONGER = 16
"""Encodings of equal values differ most for ``1`` and ``complex(1, 0)``: 14 times in bytes, 6 times in parts."""
_MORE_PARTS = 8
_SLACK = 64 * 1024
_MAX_PARTS = 1_000_000
"""For results of any size: where a suite asks only whether they are true."""


@dataclass(frozen=True, slots=True)
class Expected:
    """An expected value, decoded, and the size of its encoding."""

    value: object
    size: Size


@lru_cache(maxsize=256)
def expected_value(text: str) -> Expected:
    """Decode a test's expected output.

    Raises:
        EncodingError: it is neither an encoded value nor a Python literal.
    """
    value = value_of(text)
    sizes = size_of(text.encode("utf-8", "surrogatepass")), encoded_size(value)
    return Expected(value, Size(*map(max, zip(*sizes, strict=True))))


def encoded_size(value: object) -> Size:
    """The size of a trusted value's encoding; 0 for one that cannot be encoded, which no program can return."""
    try:
        return size_of(encode(value))
    except EncodingError:
        return Size(0, 0)


def most_parts(expected: Size | None) -> int:
    """How many parts the encoding of an equal value may have; None means any value."""
    return _MORE_PARTS * expected.parts + _SLACK if expected else _MAX_PARTS


def too_large(result: bytes, expected: Size | None) -> str:
    """The reason why a result cannot equal a value of this size; empty if it can."""
    if expected is None:
        return ""
    length, parts = size_of(result)
    if length <= _LONGER * expected.length + _SLACK and parts <= most_parts(expected):
        return ""
    start = result[:1000].decode("utf-8", "replace")
    return f"got {length} bytes, where the expected value takes {expected.length}: {shown(start)}"
