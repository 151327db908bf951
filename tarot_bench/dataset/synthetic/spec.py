"""A task of the procedural family: read a list, do a few steps, answer. It yields program, validator and answers."""

from dataclasses import dataclass

from tarot_bench.dataset.synthetic.readers import InputReader
from tarot_bench.dataset.synthetic.results import Result
from tarot_bench.dataset.synthetic.steps import StepKind

_GOLD = """\
import sys

text = sys.stdin.read()
{read}
{steps}
if values:
    print({result})
else:
    print("{empty}")
"""
_VALIDATOR = """\
import re
import sys


def whole(word):
    assert re.fullmatch("0|-?[1-9][0-9]*", word)
    return int(word)


lines = sys.stdin.read().removesuffix("\\n").split("\\n")
{check}
assert 1 <= len(values) <= {longest}
assert all({low} <= value <= {high} for value in values)
"""


@dataclass(frozen=True, slots=True)
class Step:
    """A kind of step with its constant."""

    kind: StepKind
    k: int

    @property
    def code(self) -> str:
        """The statement in the gold program."""
        return self.kind.code.replace("{k}", str(self.k))

    def clause(self, wording: int, item: str, items: str) -> str:
        """What the statement asks for, in one of the step's wordings."""
        chosen = self.kind.wordings[wording % len(self.kind.wordings)]
        return chosen.format(k=self.k, item=item, items=items)


@dataclass(frozen=True, slots=True)
class Bounds:
    """Bounds of inputs: 1 to ``longest`` numbers, each from ``low`` to ``high``."""

    low: int
    high: int
    longest: int


@dataclass(frozen=True, slots=True)
class Spec:
    """A task without its wording.

    Attributes:
        reader: how the list is given.
        steps: what is done to it, in order.
        result: what is printed of what is left.
        empty: what is printed if nothing is left.
        bounds: of the inputs.
    """

    reader: InputReader
    steps: tuple[Step, ...]
    result: Result
    empty: str
    bounds: Bounds

    @property
    def name(self) -> str:
        """The task's name, joined from its parts."""
        steps = [f"{step.kind.name}{step.k or ''}" for step in self.steps]
        return "/".join([self.reader.name, *steps, self.result.name])

    @property
    def gold(self) -> str:
        """The gold program."""
        program = _GOLD.format(
            read=self.reader.read,
            steps="\n".join(step.code for step in self.steps),
            result=self.result.code,
            empty=self.empty,
        )
        return "import math\n" + program if "math." in program else program

    @property
    def validator(self) -> str:
        """A program that exits 0 if, and only if, its standard input is a valid input."""
        bounds = self.bounds
        return _VALIDATOR.format(check=self.reader.check, longest=bounds.longest, low=bounds.low, high=bounds.high)

    def remaining(self, values: list[int]) -> list[int]:
        """The list after the steps, computed without the gold's text."""
        for step in self.steps:
            values = step.kind.apply(values, step.k)
        return values

    def evaluate(self, values: list[int]) -> str:
        """The answer to a list, computed without the gold's text."""
        left = self.remaining(values)
        return (self.result.show(left) if left else self.empty) + "\n"
