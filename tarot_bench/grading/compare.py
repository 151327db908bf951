"""Comparison of what a program wrote or returned with what was expected (DESIGN section 6). Nothing is executed."""

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from itertools import zip_longest
from operator import eq
from typing import Any

from tarot_bench.problem import Checker

_SPACE = " \t\r\f\v"
_TOKEN = re.compile(r"[^ \t\r\f\v\n]+")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_SHOWN = 80
_LINES = Checker()
_NO_DIFFERENCE = "the outputs differ"


def text_of(output: bytes) -> str:
    """Program output as text; bytes that are not UTF-8 become lone surrogates, which equal no expected text."""
    return output.decode("utf-8", errors="surrogateescape")


def lines_of(text: str) -> list[str]:
    """Lines without trailing white space, blank lines at both ends dropped; leading spaces are never touched.

    White space is that of ASCII: a no-break space is text.
    """
    lines = [line.rstrip(_SPACE) for line in text.split("\n")]
    start, end = 0, len(lines)
    while start < end and not lines[start]:
        start += 1
    while end > start and not lines[end - 1]:
        end -= 1
    return lines[start:end]


def same_output(expected: str, actual: str, checker: Checker) -> bool:
    """Whether an output counts as the expected one under a problem's checker.

    Args:
        expected: the test's output.
        actual: what the program wrote.
        checker: any kind but ``program``, which needs a sandbox (`tarot_bench.grading.grade`).

    Raises:
        ValueError: a ``program`` checker.
    """
    match checker.kind:
        case "lines":
            return lines_of(expected) == lines_of(actual)
        case "tokens":
            return _tokens(expected) == _tokens(actual)
        case "float":
            wanted, got = lines_of(expected), lines_of(actual)
            pairs = zip(wanted, got, strict=False)
            return len(wanted) == len(got) and all(_same_line(w, g, checker.tolerance) for w, g in pairs)
        case "unordered_lines":
            return Counter(lines_of(expected)) == Counter(lines_of(actual))
    raise ValueError(f"a {checker.kind!r} checker compares by running, not by text")


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(text)


def _same_line(expected: str, actual: str, tolerance: float) -> bool:
    """Equally many tokens, each equal or, where the expected one is a real number, close to it."""
    wanted, got = _tokens(expected), _tokens(actual)
    pairs = zip(wanted, got, strict=False)
    return len(wanted) == len(got) and all(_same_token(w, g, tolerance) for w, g in pairs)


def _same_token(expected: str, actual: str, tolerance: float) -> bool:
    """Equal text; or close numbers, if the expected one has a decimal point or exponent and both are plain decimals."""
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
    expected value holds no tuple at all (JSON cannot say tuple), and NaN equals NaN.

    Args:
        expected: the decoded expected value.
        actual: the decoded return value.
        checker: ``float`` allows its tolerance where a float is expected, but not in the keys of a dictionary;
            ``unordered_lines`` ignores the order of an outer list.
    """
    strict = _holds_tuple(expected)
    if checker.kind == "unordered_lines" and isinstance(expected, list) and isinstance(actual, list | tuple):
        try:
            same_items = Counter(_frozen(item, strict) for item in expected) == Counter(
                _frozen(item, strict) for item in actual
            )
        except RecursionError:  # no expected value nests that deeply, so the values differ
            return False
        return same_items and not (strict and isinstance(actual, tuple))
    return _same(expected, actual, checker.tolerance if checker.kind == "float" else 0.0, strict)


def _holds_tuple(value: object) -> bool:
    if isinstance(value, dict):
        return any(map(_holds_tuple, [*value, *value.values()]))
    return isinstance(value, tuple) or (isinstance(value, list | set | frozenset) and any(map(_holds_tuple, value)))


def _same(expected: object, actual: object, tolerance: float, strict: bool) -> bool:
    """Walk both values together, without recursion: a hostile value may nest as deeply as it likes."""
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
    """Sets are equal, or differ in floats only that are the same by pairs, in order of size."""
    wanted, got = expected - actual, actual - expected
    if len(wanted) != len(got) or not all(isinstance(item, float) for item in wanted):
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


def _frozen(value: object, strict: bool) -> object:
    """A value as something hashable that is equal where the values are the same."""
    if isinstance(value, list | tuple):
        kind = "tuple" if strict and isinstance(value, tuple) else "list"
        return (kind, *(_frozen(item, strict) for item in value))
    if isinstance(value, dict):
        return ("dict", frozenset((key, _frozen(item, strict)) for key, item in value.items()))
    if isinstance(value, set | frozenset):
        return ("set", frozenset(value))
    return ("nan",) if value != value else value


def first_difference(expected: str, actual: str, checker: Checker = _LINES) -> str:
    """One line that says where two outputs part, for people.

    Line numbers count from 1 after leading blank lines. With ``tokens`` lines do not matter, and tokens are counted;
    with ``unordered_lines`` the first line that only one side has is named.
    """
    match checker.kind:
        case "tokens":
            return _first("token", _tokens(expected), _tokens(actual), eq)
        case "unordered_lines":
            return _first_unmatched(lines_of(expected), lines_of(actual))
        case "float":
            return _first(
                "line", lines_of(expected), lines_of(actual), partial(_same_line, tolerance=checker.tolerance)
            )
    return _first("line", lines_of(expected), lines_of(actual), eq)


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
    """Where to begin showing two texts: at their start, or a little before they part where that is far away."""
    parted = next((at for at, (e, a) in enumerate(zip(expected, actual, strict=False)) if e != a), None)
    at = min(len(expected), len(actual)) if parted is None else parted
    return 0 if at < _SHOWN // 2 else at - 10


def _first_unmatched(expected: list[str], actual: list[str]) -> str:
    missing, extra = Counter(expected) - Counter(actual), Counter(actual) - Counter(expected)
    if missing:
        return f"expected a line {shown(next(iter(missing)))}, which is missing"
    return f"got a line {shown(next(iter(extra)))}, which is not expected" if extra else _NO_DIFFERENCE


def shown(text: str) -> str:
    """A text quoted on one line and cut to a readable length."""
    quoted = repr(text[:_SHOWN])
    quoted = quoted if quoted.isprintable() else ascii(text[:_SHOWN])
    return quoted if len(text) <= _SHOWN else f"{quoted}… ({len(text)} characters)"
