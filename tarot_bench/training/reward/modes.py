"""Reward modes: how the verdicts of one completion become one number under any curriculum.

Each mode is called with the curriculum, the grade, the position in the curriculum, and the running pass rates. Every
mode gives None where a test of an active tier is ungraded. Where a problem has no tests in the active tiers all
modes but `weighted_sum`, which follows the published code, give None as well.
"""

import math
from collections.abc import Callable
from typing import Literal

from tarot_bench.errors import RecipeError, did_you_mean
from tarot_bench.training.curriculum import Curriculum, rates_at
from tarot_bench.training.reward.statistics import PassStatistics
from tarot_bench.verdict import Grade, Verdict

RewardMode = Literal["fraction", "weighted_sum", "all_or_nothing", "dense", "min"]
Score = Callable[[Curriculum, Grade, float, PassStatistics], float | None]

FLOOR = 0.05
"""`dense`: least difficulty weight, so that the weights never all become 0."""
DENSE_SHARE = 0.5
"""`dense`: share of partial success in the reward; the rest is earned by passing all tests."""


def fraction(curriculum: Curriculum, grade: Grade, position: float, _: PassStatistics) -> float | None:
    """Proportion of passed tests in each active tier, averaged with the curriculum's weights; in [0, 1]."""
    return curriculum.score(grade, position)


def weighted_sum(curriculum: Curriculum, grade: Grade, position: float, _: PassStatistics) -> float | None:
    """Sum of the weights of all passed tests in active tiers, as published: it is not normalised.

    So the largest possible reward moves from stage to stage (0.15, 0.30, 0.65, 1.0 under ``hard_weighted_forward``),
    and 0 is given where a problem has no test in the active tiers.
    """
    active = curriculum.active(position)
    if rates_at(grade, active) is None:
        return None
    passed = (result.tier for result in grade.results if result.verdict is Verdict.PASSED)
    return math.fsum(curriculum.weights[tier] for tier in passed if tier in active)


def all_or_nothing(curriculum: Curriculum, grade: Grade, position: float, _: PassStatistics) -> float | None:
    """1 if every test of the active tiers passed, else 0."""
    rates = rates_at(grade, curriculum.active(position))
    return float(all(rate == 1.0 for rate in rates.values())) if rates else None


def worst(curriculum: Curriculum, grade: Grade, position: float, _: PassStatistics) -> float | None:
    """Lowest pass rate among the active tiers, in [0, 1]."""
    rates = rates_at(grade, curriculum.active(position))
    return min(rates.values()) if rates else None


def dense(curriculum: Curriculum, grade: Grade, position: float, statistics: PassStatistics) -> float | None:
    """Partial success weighted by each test's current difficulty, plus a bonus for passing all tests; in [0, 1].

    After VeRPO (arXiv 2601.03525): the weight of a test is estimated from execution statistics during training, the
    dense reward is the sum of the weights of the passed tests, and the outcome as a whole is mixed in. Here a weight
    is the curriculum's times 1 - (running pass rate), with a floor; weights of a problem sum to 1.
    """
    active = curriculum.active(position)
    if not rates_at(grade, active):
        return None
    counted = [
        (curriculum.weights[result.tier] * max(1 - rate, FLOOR), result.verdict is Verdict.PASSED)
        for result, rate in zip(grade.results, statistics.rates(grade), strict=True)
        if result.tier in active
    ]
    partial = sum(weight for weight, passed in counted if passed) / sum(weight for weight, _ in counted)
    return min(1.0, DENSE_SHARE * partial + (1 - DENSE_SHARE) * all(passed for _, passed in counted))


MODES: dict[RewardMode, Score] = {
    "fraction": fraction,
    "weighted_sum": weighted_sum,
    "all_or_nothing": all_or_nothing,
    "dense": dense,
    "min": worst,
}


def mode_named(name: str) -> RewardMode:
    """The mode of that name.

    Raises:
        RecipeError: there is none; lists the modes.
    """
    if name not in MODES:
        raise RecipeError(f"unknown reward mode {name!r}; the modes are {', '.join(MODES)}{did_you_mean(name, MODES)}")
    return name
