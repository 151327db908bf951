"""Compare a program's output or return value with the expected one. Nothing is executed."""

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import partial
from itertools import zip_longest
from operator import eq
from typing import Any

from tarot_bench.grading.showing import shown
from tarot_bench.problem import Checker

_SPACE = " \t\r\f\v"
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_SHOWN = 80
_LINES = Checker()
_NO_DIFFERENCE = "the outputs differ"


def text_of(output: bytes) -> str:
    """Program output as text; bytes that are not UTF-8 become lone surrogates, which equal no expected text."""
    return output.decode("utf-8", errors="surrogateescape")


def lines_of(text: str, most: int = -1) -> list[str]:
    """Lines without trailing white space, blank lines at both ends dropped; leading spaces are never touched.

    White space is that of ASCII: a no-break space is text.

    Args:
        text: what was written.
        most: read at most one line beyond these. An output of millions of lines is distinguished from an expected one
            of three at no cost.
    """
    blank = _SPACE + "\n"
    start = text.rfind("\n", 0, len(text) - len(text.lstrip(blank))) + 1
    body = text[start:].rstrip(blank)
    lines = body.split("\n", most) if body else []
    lines[most:] = [line.partition("\n")[0] for line in lines[most:]] if most >= 0 else lines[most:]
    return [line.rstrip(_SPACE) for line in lines]


def same_output(expected: str, actual: str, checker: Checker) -> bool:
    """Whether an output counts as the expected one under a problem's checker.

    Args:
        expected: the test's output.
        actual: what the program wrote.
        checker: any kind but ``program``, which needs a sandbox (`tarot_bench.grading.grade`).

    Raises:
        ValueError: a ``program`` checker.
    """
    if checker.kind == "tokens":
        wanted, got = _both(_tokens, expected, actual)
        return wanted == got
    wanted, got = _both(lines_of, expected, actual)
    match checker.kind:
        case "lines":
            return wanted == got
        case "float":
            pairs = zip(wanted, got, strict=False)
            return len(wanted) == len(got) and all(_same_line(w, g, checker.tolerance) for w, g in pairs)
        case "unordered_lines":
            return Counter(wanted) == Counter(got)
    raise ValueError(f"a {checker.kind!r} checker compares by running, not by text")


def _both(split: Callable[[str, int], list[str]], expected: str, actual: str) -> tuple[list[str], list[str]]:
    """Split both texts; reads the actual one only until it has too many parts."""
    wanted = split(expected, -1)
    return wanted, split(actual, len(wanted))


def _tokens(text: str, most: int = -1) -> list[str]:
    """Split at ASCII white space, as ``bytes.split`` does; `most` as in `lines_of`."""
    words = text.encode("utf-8", "surrogatepass").split(None, most)
    words[most:] = [word.split(None, 1)[0] for word in words[most:]] if most >= 0 else words[most:]
    return [word.decode("utf-8", "surrogatepass") for word in words]


def _same_line(expected: str, actual: str, tolerance: float) -> bool:
    """Whether two lines have equally many tokens, each equal or, where a real number is expected, close."""
    wanted, got = _both(_tokens, expected, actual)
    pairs = zip(wanted, got, strict=False)
    return len(wanted) == len(got) and all(_same_token(w, g, tolerance) for w, g in pairs)


def _same_token(expected: str, actual: str, tolerance: float) -> bool:
    """Whether two tokens are equal, or close decimals where the expected one has a point or exponent."""
    if expected == actual:
        return True
    is_real = _NUMBER.fullmatch(expected) and any(mark in expected for mark in ".eE")
    if not is_real or not _NUMBER.fullmatch(actual):
        return False
    want, have = float(expected), float(actual)
    # A number too large for a float is infinite here, and would be close to any other such number.
    return math.isfinite(want) and _close(want, have, tolerance)


def _close(expected: float, actual: float, tolerance: float) -> bool:
    return math.isclose(expected, actual, rel_tol=tolerance, abs_tol=tolerance)


def same_value(expected: object, actual: object, checker: Checker) -> bool:
    """Whether a returned value counts as the expected one.

    Both are plain data from `tarot_bench.sandbox.values`, so ``==`` is Python's own. A tuple equals a list where the
    expected value holds no tuple at all (JSON has no tuples), and NaN equals NaN. A Decimal or a Fraction equals the
    number that it is exactly: ``Decimal("0.5")`` is 0.5, ``Decimal("0.1")`` is not 0.1.

    Args:
        expected: the decoded expected value.
        actual: the decoded return value.
        checker: ``float`` allows its tolerance where a float is expected, but not in the keys of a dictionary;
            ``unordered_lines`` ignores the order of an outer list.
    """
    strict = _holds_tuple(expected)
    if checker.kind == "unordered_lines" and isinstance(expected, list) and isinstance(actual, list | tuple):
        if len(expected) != len(actual) or (strict and isinstance(actual, tuple)):
            return False
        try:
            return Counter(_text(item, strict) for item in expected) == Counter(_text(item, strict) for item in actual)
        except RecursionError:  # no expected value nests that deeply, so the values differ
            return False
    return _same(expected, actual, checker.tolerance if checker.kind == "float" else 0.0, strict)


def _holds_tuple(value: object) -> bool:
    if isinstance(value, dict):
        return any(map(_holds_tuple, [*value, *value.values()]))
    return isinstance(value, tuple) or (isinstance(value, list | set | frozenset) and any(map(_holds_tuple, value)))


def _same(expected: object, actual: object, tolerance: float, strict: bool) -> bool:
    """Compare both values without recursion: a hostile value may be nested to any depth."""
    waiting = [(expected, actual)]
    while waiting:
        want, have = waiting.pop()
        if isinstance(want, list | tuple | dict):
            inner = _pairs(want, have, strict)
            if inner is None:
                return False
            waiting += inner
        elif isinstance(want, set | frozenset):
            if not isinstance(have, set | frozenset) or not _same_members(want, have, tolerance):
                return False
        elif not _same_scalar(want, have, tolerance):
            return False
    return True


def _pairs(
    expected: list[Any] | tuple[Any, ...] | dict[Any, Any], actual: object, strict: bool
) -> list[tuple[object, object]] | None:
    """The items of two containers side by side; None if the containers themselves differ."""
    if isinstance(expected, dict):
        alike = isinstance(actual, dict) and expected.keys() == actual.keys()
        return [(value, actual[key]) for key, value in expected.items()] if alike else None  # type: ignore[index]
    if not isinstance(actual, list | tuple) or len(expected) != len(actual):
        return None
    if strict and isinstance(expected, tuple) != isinstance(actual, tuple):
        return None
    return [*zip(expected, actual, strict=True)]


def _same_members(expected: set[Any] | frozenset[Any], actual: set[Any] | frozenset[Any], tolerance: float) -> bool:
    """Whether sets are equal, or differ only in floats that are close pairwise, in sorted order."""
    if len(expected) != len(actual):
        return False
    got = actual - expected
    if not got:
        return True
    wanted = expected - actual
    if not all(isinstance(item, float) for item in wanted):
        return False
    if not all(isinstance(item, float | int) for item in got):
        return False
    pairs = zip(sorted(wanted, key=_sort_key), sorted(got, key=_sort_key), strict=True)
    return all(_same_scalar(want, have, tolerance) for want, have in pairs)


def _sort_key(number: float) -> tuple[bool, float]:
    return number != number, number


def _same_scalar(expected: object, actual: object, tolerance: float) -> bool:
    if isinstance(expected, float) and isinstance(actual, float | int):
        if math.isnan(expected):
            return actual != actual
        if tolerance and expected != actual and not isinstance(actual, bool):
            return _near(expected, actual, tolerance)
    return bool(expected == actual)


def _near(expected: float, actual: float, tolerance: float) -> bool:
    try:
        have = float(actual)
    except OverflowError:  # an integer larger than any float
        return False
    return _close(expected, have, tolerance)


def _text(value: object, strict: bool) -> str:
    """A canonical text of a value, equal for values that count as the same.

    It is hashed instead of the value, whose hash a program can choose.
    """
    if isinstance(value, list | tuple):
        opening = "(" if strict and isinstance(value, tuple) else "["
        return opening + ",".join(_text(item, strict) for item in value) + "]"
    if isinstance(value, dict):
        # Keys and members are equal as Python has it: no list is among them.
        pairs = (f"{_text(key, True)}:{_text(item, strict)}" for key, item in value.items())
        return "{" + ",".join(sorted(pairs)) + "}"
    if isinstance(value, set | frozenset):
        return "<" + ",".join(sorted(_text(item, True) for item in value)) + ">"
    if isinstance(value, int | float | complex):
        return _text_of_number(value)
    if isinstance(value, Decimal | Fraction):
        return _text_of_exact(value)
    return repr(value)


def _text_of_number(value: complex) -> str:
    if isinstance(value, complex):
        if value.imag:
            return f"{_text_of_number(value.real)}+{_text_of_number(value.imag)}j"
        value = value.real
    if value != value:
        return "nan"
    whole = int(value) if isinstance(value, int) or value.is_integer() else None
    return repr(value) if whole is None else hex(whole)


def _text_of_exact(value: Decimal | Fraction) -> str:
    """The canonical text of the equal integer or float, if there is one."""
    if isinstance(value, Decimal) and not value.is_finite():
        return _text_of_number(float(value))
    exact = Fraction(value)
    if exact.denominator == 1:
        return hex(exact.numerator)
    try:
        return repr(float(exact)) if float(exact) == exact else repr(exact)
    except OverflowError:  # larger than any float
        return repr(exact)


def first_difference(expected: str, actual: str, checker: Checker = _LINES) -> str:
    """Describe the first difference of two outputs on one line.

    Line numbers count from 1 after leading blank lines. With ``tokens`` lines do not matter, and tokens are counted;
    with ``unordered_lines`` the first line that only one side has is named.
    """
    match checker.kind:
        case "tokens":
            return _first("token", *_both(_tokens, expected, actual), eq)
        case "unordered_lines":
            return _first_unmatched(*_both(lines_of, expected, actual))
        case "float":
            same = partial(_same_line, tolerance=checker.tolerance)
            return _first("line", *_both(lines_of, expected, actual), same)
    return _first("line", *_both(lines_of, expected, actual), eq)


def _first(unit: str, expected: Sequence[str], actual: Sequence[str], same: Callable[[str, str], bool]) -> str:
    for number, (want, have) in enumerate(zip_longest(expected, actual), start=1):
        if want is None:
            return f"{unit} {number}: expected the end of the output, got {shown(have)}"
        if have is None:
            return f"{unit} {number}: expected {shown(want)}, got the end of the output"
        if not same(want, have):
            at = _where(want, have)
            column = f", column {at + 1}" if at else ""
            return f"{unit} {number}{column}: expected {shown(want[at:])}, got {shown(have[at:])}"
    return _NO_DIFFERENCE


def _where(expected: str, actual: str) -> int:
    """The offset from which to show two texts: 0, or shortly before a distant first difference."""
    parted = next((at for at, (e, a) in enumerate(zip(expected, actual, strict=False)) if e != a), None)
    at = min(len(expected), len(actual)) if parted is None else parted
    return 0 if at < _SHOWN // 2 else at - 10


def _first_unmatched(expected: list[str], actual: list[str]) -> str:
    missing, extra = Counter(expected) - Counter(actual), Counter(actual) - Counter(expected)
    if missing:
        return f"expected a line {shown(next(iter(missing)))}, which is missing"
    return f"got a line {shown(next(iter(extra)))}, which is not expected" if extra else _NO_DIFFERENCE
