"""The small procedural family: keep some numbers, change each, print one number.

Every combination of one filter, one map and one reduction is a problem, and its gold program has fewer than 80 Python
tokens: small enough for a model of a million parameters to learn, and composable, so that held-out combinations measure
generalisation. Tiers have two tests each. Edge tests never share one answer, which a constant output would pass.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import product

from tarot_bench.problem import TIERS, Limits, Origin, Problem, TestCase, Tier

TESTS_PER_TIER = 2


@dataclass(frozen=True, slots=True)
class ProblemPart:
    """A part of a task: its wording, its code, and a function that computes it independently of the code."""

    name: str
    says: str
    code: str
    apply: Callable[[list[int]], list[int]]


@dataclass(frozen=True, slots=True)
class SmallTask:
    """A filter, then a map, then a reduction (which gives a list of one)."""

    keep: ProblemPart
    change: ProblemPart
    reduce: ProblemPart

    @property
    def name(self) -> str:
        """Distinct among all tasks."""
        return f"{self.keep.name}-{self.change.name}-{self.reduce.name}"

    @property
    def statement(self) -> str:
        """The whole task in English."""
        return (
            f"Read whole numbers. Keep those {self.keep.says}, replace each by {self.change.says}, "
            f"and print {self.reduce.says}. If none are kept, print 0."
        )

    @property
    def gold(self) -> str:
        """The program's text."""
        return (
            "a = list(map(int, open(0).read().split()))\n"
            f"a = [x for x in a if {self.keep.code}]\n"
            f"a = [{self.change.code} for x in a]\n"
            f"print({self.reduce.code})\n"
        )

    def evaluate(self, numbers: list[int]) -> int:
        """The answer, computed without the gold's text."""
        (answer,) = self.reduce.apply(self.change.apply(self.keep.apply(numbers)))
        return answer


def _keeps(test: Callable[[int], bool]) -> Callable[[list[int]], list[int]]:
    return lambda numbers: list(filter(test, numbers))


def _changes(to: Callable[[int], int]) -> Callable[[list[int]], list[int]]:
    return lambda numbers: list(map(to, numbers))


def _reduces(to: Callable[[list[int]], int]) -> Callable[[list[int]], list[int]]:
    return lambda numbers: [to(numbers) if numbers else 0]


FILTERS = (
    ProblemPart("even", "that are even", "x % 2 == 0", _keeps(lambda n: not n & 1)),
    ProblemPart("odd", "that are odd", "x % 2 == 1", _keeps(lambda n: bool(n & 1))),
    ProblemPart("positive", "above zero", "x > 0", _keeps(lambda n: n >= 1)),
    ProblemPart("negative", "below zero", "x < 0", _keeps(lambda n: n <= -1)),
    ProblemPart("over5", "greater than 5", "x > 5", _keeps(lambda n: n >= 6)),
    ProblemPart("under10", "less than 10", "x < 10", _keeps(lambda n: n <= 9)),
    ProblemPart("threes", "divisible by 3", "x % 3 == 0", _keeps(lambda n: n // 3 * 3 == n)),
    ProblemPart("nonzero", "other than zero", "x != 0", _keeps(bool)),
    ProblemPart("short", "between -9 and 9", "abs(x) < 10", _keeps(lambda n: -9 <= n <= 9)),
)
MAPS = (
    ProblemPart("inc", "itself plus 1", "x + 1", _changes(lambda n: n - -1)),
    ProblemPart("less3", "itself minus 3", "x - 3", _changes(lambda n: n + -3)),
    ProblemPart("double", "its double", "x * 2", _changes(lambda n: n + n)),
    ProblemPart("negate", "its opposite", "-x", _changes(lambda n: 0 - n)),
    ProblemPart("square", "its square", "x * x", _changes(lambda n: n**2)),
    ProblemPart("abs", "its absolute value", "abs(x)", _changes(lambda n: max(n, -n))),
    ProblemPart("half", "its half, rounded down", "x // 2", _changes(lambda n: n >> 1)),
    ProblemPart("mod7", "its remainder from 0 to 6 when divided by 7", "x % 7", _changes(lambda n: n - n // 7 * 7)),
)
REDUCTIONS = (
    ProblemPart("sum", "their sum", "sum(a)", _reduces(lambda ns: sum(ns, start=0))),
    ProblemPart("max", "the largest", "max(a, default=0)", _reduces(lambda ns: sorted(ns)[-1])),
    ProblemPart("min", "the smallest", "min(a, default=0)", _reduces(lambda ns: sorted(ns)[0])),
    ProblemPart("count", "how many there are", "len(a)", _reduces(len)),
    ProblemPart("first", "the first", "sum(a[:1])", _reduces(lambda ns: ns[0])),
    ProblemPart("last", "the last", "sum(a[-1:])", _reduces(lambda ns: ns[-1])),
    ProblemPart(
        "distinct", "how many different ones there are", "len(set(a))", _reduces(lambda ns: len(dict.fromkeys(ns)))
    ),
    ProblemPart(
        "ends", "the sum of the first and the last", "sum(a[:1] + a[-1:])", _reduces(lambda ns: ns[0] + ns[-1])
    ),
)

_REASONS = {
    Tier.BASIC: "a few small positive numbers on one line",
    Tier.INTERMEDIATE: "negative and two-digit numbers",
    Tier.COMPLEX: "many large numbers over several lines",
    Tier.EDGE: "no input, a single number, equal numbers, or two extremes",
}


def small_tasks(seed: int = 0) -> tuple[SmallTask, ...]:
    """All combinations, shuffled, so that any slice is a random sample."""
    tasks = [SmallTask(*parts) for parts in product(FILTERS, MAPS, REDUCTIONS)]
    random.Random(f"small-order-{seed}").shuffle(tasks)
    return tuple(tasks)


def small_family(seed: int = 0) -> tuple[Problem, ...]:
    """The problems of `small_tasks`, in that order; the tests are drawn from the seed, too."""
    return tuple(_problem(task, seed) for task in small_tasks(seed))


def _problem(task: SmallTask, seed: int) -> Problem:
    rng = random.Random(f"small-tests-{seed}-{task.name}")
    return Problem(
        id=f"small-{seed}-{task.name}",
        statement=task.statement,
        solution=task.gold,
        tests=tuple(test for tier in TIERS for test in _tests(task, tier, rng)),
        limits=Limits(cpu_s=2, wall_s=10),
        origin=Origin(source="synthetic-small", id=task.name),
    )


def _tests(task: SmallTask, tier: Tier, rng: random.Random) -> Iterator[TestCase]:
    """Tests of one tier with different inputs and, where there is more than one, different answers at the edge."""
    seen: set[object] = set()
    for draw in _draws(tier, rng):
        text = draw()
        answer = task.evaluate([int(word) for word in text.split()])
        key = answer if tier is Tier.EDGE else text
        if key not in seen:
            seen.add(key)
            yield TestCase(tier=tier, input=text, output=f"{answer}\n", reason=_REASONS[tier])
        if len(seen) == TESTS_PER_TIER:
            return


def _draws(tier: Tier, rng: random.Random) -> Iterator[Callable[[], str]]:
    """An endless iterator of inputs of a tier."""
    if tier is Tier.EDGE:
        yield lambda: rng.choice(("", "1\n", "-1\n", "0\n", "2\n"))
        while True:
            yield lambda: f"{rng.choice((-1, 1)) * rng.choice((1, 2, 3, 6, 9, 12, 99, 1000, 10**6 + 2))}\n"
            yield lambda: " ".join([str(rng.choice((-3, 3, 6, -6, 8, -8, 9)))] * rng.randint(2, 4)) + "\n"
            yield lambda: f"{rng.choice((-9, 0, 5))} {rng.choice((-(10**6), 9, 10, 10**6 + 2))}\n"
    low, high, shortest, longest, lines = {
        Tier.BASIC: (1, 9, 3, 5, 1),
        Tier.INTERMEDIATE: (-40, 60, 6, 9, 1),
        Tier.COMPLEX: (-5000, 5000, 12, 20, 4),
    }[tier]
    while True:
        yield partial(_lines, rng, low, high, rng.randint(shortest, longest), lines)


def _lines(rng: random.Random, low: int, high: int, count: int, lines: int) -> str:
    numbers = [str(rng.randint(low, high)) for _ in range(count)]
    width = -(-count // lines)
    return "".join(" ".join(numbers[start : start + width]) + "\n" for start in range(0, count, width))
