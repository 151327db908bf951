"""The inputs of a procedural problem's tests, tier by tier."""

import random
from collections.abc import Iterator
from typing import NamedTuple

from tarot_bench.dataset.synthetic.spec import Bounds, Spec
from tarot_bench.problem import TIERS, TestCase, Tier

_TRIES = 12


class _Draw(NamedTuple):
    values: list[int]
    reason: str


def tests_of(spec: Spec, rng: random.Random) -> tuple[TestCase, ...] | None:
    """An original test, then one test for each tier; all inputs differ.

    Returns:
        None if the task is degenerate: the ordinary tiers do not have three different answers, or one of them only has
        the answer for an empty list.
    """
    tests = [_test(spec, None, rng)]
    for tier in TIERS:
        tests.append(_test(spec, tier, rng, tests))
    made = [test for test in tests if test is not None]
    ordinary = [test.output for test in made if test.tier is not Tier.EDGE]
    nothing = f"{spec.empty}\n"
    if len(made) < len(tests) or nothing in ordinary or len(set(ordinary[1:])) < 3:
        return None
    return tuple(made)


def _test(
    spec: Spec, tier: Tier | None, rng: random.Random, others: list[TestCase | None] | None = None
) -> TestCase | None:
    """Draw a test with a new input and, within a few tries, a new answer."""
    before = [other for other in others or [] if other is not None]
    inputs, answers = {other.input for other in before}, {other.output for other in before} | {f"{spec.empty}\n"}
    fallback = None
    draws = _edges(spec, rng) if tier is Tier.EDGE else _ordinary(spec.bounds, tier, rng)
    for values, reason in draws:
        text = spec.reader.write(values, rng)
        if text in inputs:
            continue
        test = TestCase(tier=tier, input=text, output=spec.evaluate(values), reason=reason if tier else None)
        if tier is Tier.EDGE or test.output not in answers:
            return test
        fallback = fallback or test
    return fallback


def _ordinary(bounds: Bounds, tier: Tier | None, rng: random.Random) -> Iterator[_Draw]:
    """Lists of a tier's size and range; some values are repeated, some neighbours are equal."""
    least, most, reach, reason = {
        None: (4, 7, 25, ""),
        Tier.BASIC: (
            3,
            5,
            12,
            "A handful of small values: every step has something to do and can be followed by hand.",
        ),
        Tier.INTERMEDIATE: (7, 12, 60, "A medium list with repeated values and, where allowed, both signs."),
        Tier.COMPLEX: (18, bounds.longest, 10**9, "A long list over the whole allowed range, with equal neighbours."),
    }[tier]
    low, high = max(bounds.low, -reach), min(bounds.high, reach)
    if tier in (None, Tier.BASIC):
        low = max(low, 0)
    for _ in range(_TRIES):
        count = rng.randint(min(least, bounds.longest), min(most, bounds.longest))
        values = [rng.randint(low, high) for _ in range(count)]
        for place in range(1, count):
            if rng.random() < 0.15:
                values[place] = values[rng.choice((place - 1, 0))]
        yield _Draw(values, reason)


def _edges(spec: Spec, rng: random.Random) -> Iterator[_Draw]:
    """Boundary inputs, shuffled per problem."""
    bounds = spec.bounds
    middle = rng.randint(bounds.low, bounds.high)
    near = [value for value in range(-3, 40) if bounds.low <= value <= bounds.high] or [bounds.low]
    vanishing = [[value] for value in near if not spec.remaining([value])]
    kinds = [
        _Draw([middle], "The shortest list there can be: a single value."),
        _Draw([bounds.high] * rng.randint(2, 5), "All values are equal, and as large as allowed."),
        _Draw([bounds.low, bounds.high] * rng.randint(1, 4), "The two extremes of the range take turns."),
        _Draw([rng.choice(near)] * bounds.longest, "The longest list there can be, of one value."),
        _Draw(list(range(near[0], near[0] + min(9, len(near)))), "Consecutive values in ascending order."),
        _Draw(sorted(rng.sample(near, min(6, len(near))), reverse=True), "Values in strictly descending order."),
    ]
    if vanishing:
        kinds.append(_Draw(rng.choice(vanishing), "Nothing is left after the steps: the special answer is due."))
    rng.shuffle(kinds)
    yield from kinds
