"""Steps of the procedural family: an operation on a list of integers, as wording, code and function.

``code`` is the text in gold programs; ``apply`` computes the same independently and, where possible, by another
algorithm, so that comparing the two finds mistakes.
"""

from collections.abc import Callable
from dataclasses import dataclass

Apply = Callable[[list[int], int], list[int]]

SMALL = (2, 3, 4, 5, 6, 7, 8, 9)
LIMITS = (2, 3, 5, 6, 8, 10, 12, 15, 18, 20, 25, 30)


@dataclass(frozen=True, slots=True)
class StepKind:
    """A kind of step, with a constant ``k`` that is filled in by the problem.

    Attributes:
        name: distinct among steps.
        wordings: ways to ask for it, each an imperative clause; ``{k}``, ``{item}`` and ``{items}`` are filled in.
        code: one Python statement on ``values``; ``{k}`` is filled in.
        apply: the same on a list and the constant.
        constants: what ``k`` may be.
    """

    name: str
    wordings: tuple[str, ...]
    code: str
    apply: Apply
    constants: tuple[int, ...] = (0,)


def where(test: Callable[[int, int], bool]) -> Apply:
    """Keep the values that pass a test of value and constant."""
    return lambda values, k: [value for value in values if test(value, k)]


def each(to: Callable[[int, int], int]) -> Apply:
    """Replace each value by a function of value and constant."""
    return lambda values, k: [to(value, k) for value in values]


def digits(value: int) -> list[int]:
    """The decimal digits, without the sign."""
    return [int(digit) for digit in str(abs(value))]
