"""Programs for supervised training of the miniature, by a simulated author of known skill.

An author gets each part of a solution right with some probability. Each fault fails other tiers: a wrong operator
mostly all, reading only the first line complex, a reduction that raises on an empty list edge.
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
"""Reductions: the form that handles an empty list, and the form that does not."""


class Skill(Frozen):
    """The probabilities that an author gets a part of a program right."""

    operator: float = Field(ge=0, le=1)
    """Of the filter, the map and the reduction, each; otherwise a random one is used."""
    reader: float = Field(ge=0, le=1)
    """Of reading all lines, not only the first."""
    guard: float = Field(ge=0, le=1)
    """Of a reduction that handles an empty list."""


def write_program(task: SmallTask, skill: Skill, rng: random.Random) -> str:
    """Write a program for a task with the faults of an author of this skill."""
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
    """A program in a fenced code block, as a model answers."""
    return f"```python\n{program}```"


def _operator(right: ProblemPart, parts: Sequence[ProblemPart], skill: Skill, rng: random.Random) -> ProblemPart:
    return right if rng.random() < skill.operator else rng.choice(parts)
