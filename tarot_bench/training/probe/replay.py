"""Compute the rewards of saved samples in every stage of a curriculum, before training."""

import math
from collections.abc import Iterable
from statistics import fmean, pstdev

from tarot_bench.metrics.intervals import Estimate
from tarot_bench.problem import Frozen, Tier
from tarot_bench.training.curriculum import Curriculum, rates_at
from tarot_bench.training.probe.informative import informative_share, mean_share
from tarot_bench.training.reward.modes import MODES, RewardMode
from tarot_bench.training.reward.statistics import PassStatistics
from tarot_bench.verdict import Grade, grouped

_DIGITS = 9
"""Rewards closer than this are equal."""


class StageRewards(Frozen):
    """The rewards of all samples during one stage."""

    start: float
    until: float
    tiers: tuple[Tier, ...]
    rewarded: int
    """Samples with a reward."""
    none: int
    """Samples without one: ungraded, or their problem has no test in these tiers."""
    mean: float | None
    deviation: float | None
    """Standard deviation over all rewarded samples."""
    zero: float | None
    """Share of rewards that are 0."""
    full: float | None
    """Share of samples that pass every active test."""
    informative: Estimate | None
    """Share of groups whose samples differ in reward; the others give no gradient."""


def replay(grades: Iterable[Grade], curriculum: Curriculum, mode: RewardMode, group: int) -> list[StageRewards]:
    """Compute the rewards of saved samples in every stage of a curriculum.

    Running statistics, which only ``dense`` uses, are those of the samples themselves.

    Args:
        grades: all samples of all problems.
        curriculum: its stages are gone through one by one.
        mode: how verdicts become a number.
        group: samples per group in training.
    """
    made = list(grades)
    statistics = PassStatistics(momentum=1.0)
    statistics.update(made)
    return [_stage(made, curriculum, mode, group, span, statistics) for span in curriculum.spans]


def _stage(
    grades: list[Grade],
    curriculum: Curriculum,
    mode: RewardMode,
    group: int,
    span: tuple[float, float],
    statistics: PassStatistics,
) -> StageRewards:
    progress = math.fsum(span) / 2
    tiers = curriculum.active(progress)
    grades = _kept(grades, curriculum.stage(progress).keep, statistics)
    rewards: list[float] = []
    full = 0
    shares: dict[str, float | None] = {}
    for problem, samples in grouped(grades).items():
        found = [(grade, MODES[mode](curriculum, grade, progress, statistics)) for grade in samples]
        given = [(grade, round(reward, _DIGITS)) for grade, reward in found if reward is not None]
        shares[problem] = informative_share([reward for _, reward in given], group)
        rewards += [reward for _, reward in given]
        full += sum(_passes_all(grade, tiers) for grade, _ in given)
    count = len(rewards)
    return StageRewards(
        start=span[0],
        until=span[1],
        tiers=tiers,
        rewarded=count,
        none=len(grades) - count,
        mean=fmean(rewards) if rewards else None,
        deviation=pstdev(rewards) if rewards else None,
        zero=rewards.count(0.0) / count if count else None,
        full=full / count if count else None,
        informative=mean_share(shares, count),
    )


def _kept(grades: list[Grade], keep: float, statistics: PassStatistics) -> list[Grade]:
    """The samples of the problems that a stage trains on: all of them, or the hardest."""
    if keep == 1:
        return grades
    names = list(grouped(grades))
    rates = {name: rate for name in names if (rate := statistics.solve_rate(name)) is not None}
    hardest = set(sorted(names, key=lambda name: rates.get(name, 0.0))[: math.ceil(keep * len(names))])
    return [grade for grade in grades if grade.problem_id in hardest]


def _passes_all(grade: Grade, tiers: tuple[Tier, ...]) -> bool:
    rates = rates_at(grade, tiers) or {}
    return all(rate == 1.0 for rate in rates.values()) if rates else False
