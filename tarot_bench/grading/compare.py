"""Comparison of what a program said with what was expected (DESIGN section 6). Pure functions, no execution."""

import math
import re
from collections import Counter
from itertools import zip_longest

from tarot_bench.problem import Checker

_SPACE = " \t\r\f\v"
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?")
_SHOWN = 80


def text_of(output: bytes) -> str:
    """Program output as text; bytes that are not UTF-8 become lone surrogates, which equal no expected text."""
    return output.decode("utf-8", errors="surrogateescape")


def lines_of(text: str) -> list[str]:
    """Lines without trailing white space, blank lines at both ends dropped; leading spaces are never touched."""
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
    """
    match checker.kind:
        case "lines":
            return lines_of(expected) == lines_of(actual)
        case "tokens":
            return expected.split() == actual.split()
        case "float":
            return _same_floats(expected, actual, checker.tolerance)
        case "unordered_lines":
            return Counter(lines_of(expected)) == Counter(lines_of(actual))
    raise ValueError(f"a {checker.kind!r} checker compares by running, not by text")


def _same_floats(expected: str, actual: str, tolerance: float) -> bool:
    """Equal line and token counts; tokens with a decimal point or exponent in the expected text may differ a little."""
    wanted, got = lines_of(expected), lines_of(actual)
    if len(wanted) != len(got):
        return False
    pairs = [(want.split(), have.split()) for want, have in zip(wanted, got, strict=True)]
    return all(
        len(want) == len(have) and all(_same_token(w, h, tolerance) for w, h in zip(want, have, strict=True))
        for want, have in pairs
    )


def _same_token(expected: str, actual: str, tolerance: float) -> bool:
    if expected == actual:
        return True
    is_real = _NUMBER.fullmatch(expected) and any(mark in expected for mark in ".eE")
    if not is_real or not _NUMBER.fullmatch(actual):
        return False
    return _close(float(expected), float(actual), tolerance)


def _close(expected: float, actual: float, tolerance: float) -> bool:
    return math.isclose(expected, actual, rel_tol=tolerance, abs_tol=tolerance)


def same_value(expected: object, actual: object, checker: Checker) -> bool:
    """Whether a returned value counts as the expected one.

    Both are plain data from `tarot_bench.sandbox.values`, so ``==`` is Python's own. A tuple equals a list where the
    expected value holds no tuple at all (JSON cannot say tuple), and NaN equals NaN.

    Args:
        expected: the decoded expected value.
        actual: the decoded return value.
        checker: ``float`` allows its tolerance on floats; ``unordered_lines`` ignores the order of an outer list.
    """
    tolerance = checker.tolerance if checker.kind == "float" else 0.0
    if not _holds_tuple(expected):
        actual = _tuples_to_lists(actual)
    if checker.kind == "unordered_lines" and isinstance(expected, list) and isinstance(actual, list):
        return _same_unordered(expected, actual)
    return _same(expected, actual, tolerance)


def _holds_tuple(value: object) -> bool:
    if isinstance(value, dict):
        return any(map(_holds_tuple, value.values()))
    return isinstance(value, tuple) or (isinstance(value, list) and any(map(_holds_tuple, value)))


def _tuples_to_lists(value: object) -> object:
    if isinstance(value, list | tuple):
        return [_tuples_to_lists(item) for item in value]
    if isinstance(value, dict):
        return {key: _tuples_to_lists(item) for key, item in value.items()}
    return value


def _same(expected: object, actual: object, tolerance: float) -> bool:
    if isinstance(expected, list | tuple):
        return (
            isinstance(actual, list | tuple)
            and isinstance(expected, tuple) == isinstance(actual, tuple)
            and len(expected) == len(actual)
            and all(_same(e, a, tolerance) for e, a in zip(expected, actual, strict=True))
        )
    if isinstance(expected, dict):
        return (
            isinstance(actual, dict)
            and expected.keys() == actual.keys()
            and all(_same(value, actual[key], tolerance) for key, value in expected.items())
        )
    return _same_scalar(expected, actual, tolerance)


def _same_scalar(expected: object, actual: object, tolerance: float) -> bool:
    if isinstance(expected, float) and isinstance(actual, float | int):
        if math.isnan(expected):
            return math.isnan(actual)
        if tolerance and not isinstance(actual, bool):
            return (abs(actual) < 1e308 and _close(expected, float(actual), tolerance)) or expected == actual
    return expected == actual


def _same_unordered(expected: list[object], actual: list[object]) -> bool:
    left = list(actual)
    for value in expected:
        if value not in left:
            return False
        left.remove(value)
    return not left


def first_difference(expected: str, actual: str) -> str:
    """One line that says where two outputs part, for people; line numbers count from 1 after leading blank lines."""
    for number, (want, have) in enumerate(zip_longest(lines_of(expected), lines_of(actual)), start=1):
        if want is None:
            return f"line {number}: expected the end of the output, got {shown(have)}"
        if have is None:
            return f"line {number}: expected {shown(want)}, got the end of the output"
        if want != have:
            return f"line {number}: expected {shown(want)}, got {shown(have)}"
    return "the outputs differ"


def shown(text: str) -> str:
    """A text quoted on one line and cut to a readable length."""
    quoted = ascii(text) if not text.isprintable() else repr(text)
    return quoted if len(quoted) <= _SHOWN else f"{quoted[:_SHOWN]}… ({len(text)} characters)"
