"""Differential testing: a program against a reference on many inputs, with the oracles that evalplus' tasks need.

This file is test code: its text is put in front of every suite that uses it and runs there, in the tester's process,
which the program under test cannot reach. Hence standard library only, and nothing of this package.
"""

import copy
import math
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

RELATIVE = 1e-7
"""Of the expected value; with the task's absolute tolerance it makes numpy's ``allclose`` rule."""
FLOATS = 1e-6
"""Absolute tolerance where the expected value is a float, or a list or tuple of floats, and the task has none."""
RULES: str | None = None
"""Whose rules `compare` follows. The grader's ``compat=evalplus`` sets it in the suite's text; None is ours."""
_SHOWN = 120

Agree = Callable[[Sequence[Any], Any, Any, float], bool]
"""(arguments, expected, actual, absolute tolerance) -> whether the actual value is right."""


def compare(
    candidate: Callable[..., Any],
    reference: Callable[..., Any],
    inputs: Iterable[Sequence[Any]],
    agree: Agree,
    tolerance: float,
) -> None:
    """Call both on every input; arguments are copied, so that neither sees what the other did to them.

    Raises:
        AssertionError: the first input on which they differ.
    """
    judge = _AsEvalplus(agree, tolerance) if RULES == "evalplus" else None
    for number, arguments in enumerate(inputs, start=1):
        start = time.monotonic()
        expected = reference(*copy.deepcopy(arguments))
        middle = time.monotonic()
        actual = candidate(*arguments)
        if judge:
            right = judge(arguments, expected, actual, middle - start, time.monotonic() - middle)
        else:
            right = agree(arguments, expected, actual, tolerance)
        if not right:
            called = ", ".join(map(shown, arguments))
            raise AssertionError(f"input {number}, ({called}): expected {shown(expected)}, got {shown(actual)}")


class _AsEvalplus:
    """The judgement of evalplus 0.3.1 (``eval/__init__.py``), with the defects that change verdicts on plain values.

    Not reproduced is what needs the program in the judge's process: a program that changes its arguments, or returns
    an object that equals everything, gains nothing here.
    """

    def __init__(self, agree: Agree, tolerance: float) -> None:
        self._agree = agree
        self._tolerance = tolerance

    def __call__(
        self, arguments: Sequence[Any], expected: Any, actual: Any, reference_s: float, candidate_s: float
    ) -> bool:
        if candidate_s > max(1.0, 4 * reference_s):  # wall seconds, for every input
            return False
        if self._agree is is_root:  # found right, such an input is never counted as passed
            return False
        if self._tolerance == 0 and _is_floats(expected):
            self._tolerance = FLOATS  # and so it stays, for all later inputs
        if expected == actual:
            return True
        if self._agree is not equal and self._agree(arguments, expected, actual, self._tolerance):
            return True
        alike = self._tolerance != 0 and type(actual) is type(expected) and not _has_nan(expected)
        return alike and _close(expected, actual, self._tolerance)


class NumpyNames:
    """What the scripts of evalplus' Hub datasets use of numpy, which is not there for them to import."""

    ndarray = ()
    float32 = float64 = float

    @staticmethod
    def allclose(actual: Any, expected: Any, rtol: float, atol: float) -> bool:
        """`_close`, whose relative tolerance is the one that the scripts give."""
        return _close(expected, actual, atol)


def load(source: str, name: str) -> Callable[..., Any]:
    """A function of trusted source text."""
    namespace: dict[str, Any] = {}
    exec(source, namespace)
    function: Callable[..., Any] = namespace[name]
    return function


def shown(value: object) -> str:
    """A value on one line, cut to a readable length; integers may be too long to be written at all."""
    try:
        text = repr(value)
    except ValueError:
        text = f"a number of {value.bit_length()} bits" if isinstance(value, int) else "a huge number inside a value"
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def equal(arguments: Sequence[Any], expected: Any, actual: Any, tolerance: float) -> bool:
    """Equal, or close where the task has a tolerance or floats are expected."""
    if expected == actual:
        return True
    if tolerance == 0 and _is_floats(expected):
        tolerance = FLOATS
    return tolerance > 0 and _close(expected, actual, tolerance)


def same_set(arguments: Sequence[Any], expected: Any, actual: Any, tolerance: float) -> bool:
    """The same items, however often and in whatever order."""
    return set(expected) == set(actual)


def anything(arguments: Sequence[Any], expected: Any, actual: Any, tolerance: float) -> bool:
    """Whatever is returned will do: the task's reference itself is wrong."""
    return True


def equal_or_zero(arguments: Sequence[Any], expected: Any, actual: Any, tolerance: float) -> bool:
    """Zero will do as well: the task does not say whether 1 has a divisor other than itself."""
    return actual == 0 or equal(arguments, expected, actual, tolerance)


def is_root(arguments: Sequence[Any], expected: Any, actual: Any, tolerance: float) -> bool:
    """The polynomial with these coefficients, lowest degree first, is close to zero there."""
    value: float = sum(coefficient * math.pow(actual, power) for power, coefficient in enumerate(arguments[0]))
    return abs(value) <= tolerance


def surface_by_height(arguments: Sequence[Any], expected: Any, actual: Any, tolerance: float) -> bool:
    """Of a square pyramid; the task does not say whether its second number is the slant height or the height."""
    edge, height = arguments
    slant = math.sqrt((edge / 2) ** 2 + height**2)
    other = round(edge**2 + 2 * edge * slant)
    return abs(actual - other) <= tolerance or equal(arguments, expected, actual, tolerance)


def digits_from_the_right(arguments: Sequence[Any], expected: Any, actual: Any, tolerance: float) -> bool:
    """Digit distance; the task does not say how numbers of unequal length are aligned."""
    first, second = (str(number) for number in arguments)
    width = max(len(first), len(second))
    pairs = zip(first.zfill(width), second.zfill(width), strict=True)
    try:
        other = sum(abs(int(one) - int(two)) for one, two in pairs)
    except ValueError:  # a sign is no digit
        other = None
    return (other is not None and actual == other) or equal(arguments, expected, actual, tolerance)


def _has_nan(value: object) -> bool:
    return any(map(_has_nan, value)) if isinstance(value, list | tuple) else value != value


def _is_floats(value: object) -> bool:
    if isinstance(value, list | tuple):
        return bool(value) and all(isinstance(item, float) for item in value)
    return isinstance(value, float)


def _close(expected: Any, actual: Any, tolerance: float) -> bool:
    """The rule of ``numpy.allclose(actual, expected, rtol=1e-7, atol=tolerance)``, but NaN equals NaN."""
    if isinstance(expected, list | tuple):
        return (
            type(actual) is type(expected)
            and len(actual) == len(expected)
            and all(_close(e, a, tolerance) for e, a in zip(expected, actual, strict=True))
        )
    if expected == actual:
        return True
    if not all(isinstance(value, int | float | complex) for value in (expected, actual)):
        return False
    if expected != expected:
        return bool(actual != actual)
    difference = abs(actual - expected)
    return math.isfinite(difference) and difference <= tolerance + RELATIVE * abs(expected)
