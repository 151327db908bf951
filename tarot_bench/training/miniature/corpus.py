"""What the miniature model learns to write before reinforcement: programs by an author of measured skill.

An author knows the shape of a solution and gets each of its parts right with some chance. What goes wrong is what goes
wrong in real programs, and each fault costs other tiers: a wrong operator mostly all of them, reading only the first
line costs complex, a reduction that stumbles over an empty list costs edge.
"""

import random
from collections.abc import Sequence

from pydantic import Field

from tarot_bench.dataset.synthetic.small import FILTERS, MAPS, REDUCTIONS, ProblemPart, SmallTask
from tarot_bench.problem import Frozen

_READS_ALL = "open(0).read()"
_READS_ONE_LINE = "input()"
_UNGUARDED = {
    "max(a, default=0)": "max(a)",
    "min(a, default=0)": "min(a)",
    "sum(a[:1])": "a[0]",
    "sum(a[-1:])": "a[-1]",
    "sum(a[:1] + a[-1:])": "a[0] + a[-1]",
}
"""Reductions by the form that also answers for an empty list, and the form that does not."""


class Skill(Frozen):
    """The chances that an author gets a part of a program right."""

    operator: float = Field(ge=0, le=1)
    """Of the filter, of the map and of the reduction, each: else it is one drawn from all of them."""
    reader: float = Field(ge=0, le=1)
    """Of reading all lines, not only the first."""
    guard: float = Field(ge=0, le=1)
    """Of a reduction that answers for an empty list."""


def write_program(task: SmallTask, skill: Skill, rng: random.Random) -> str:
    """One program for a task, with the faults of an author of this skill."""
    keep = _operator(task.keep, FILTERS, skill, rng)
    change = _operator(task.change, MAPS, skill, rng)
    reduce = _operator(task.reduce, REDUCTIONS, skill, rng)
    reads = _READS_ALL if rng.random() < skill.reader else _READS_ONE_LINE
    prints = reduce.code if rng.random() < skill.guard else _UNGUARDED.get(reduce.code, reduce.code)
    return (
        f"a = list(map(int, {reads}.split()))\n"
        f"a = [x for x in a if {keep.code}]\n"
        f"a = [{change.code} for x in a]\n"
        f"print({prints})\n"
    )


def answer_of(program: str) -> str:
    """A program as a model answers it: in a fence."""
    return f"```python\n{program}```"


def _operator(right: ProblemPart, parts: Sequence[ProblemPart], skill: Skill, rng: random.Random) -> ProblemPart:
    return right if rng.random() < skill.operator else rng.choice(parts)
