"""Rank models in bands: those that the problems cannot tell apart share a rank."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from tarot_bench.metrics.significance import EXACT, sign_flip_p
from tarot_bench.metrics.weights import place_ranges
from tarot_bench.problem import TIERS, Frozen, Tier

_DRAWS = 2000
_CONFIDENCE = 0.95


class Ranked(Frozen):
    """The place of one model."""

    name: str
    rate: float
    """Mean over the problems that all models have."""
    band: int
    """From 1. No model of a band can be told apart from the next better one; the best and the worst may well be."""
    ranks: tuple[int, int]
    """Best and worst rank that the problems allow: one more than the models that are certainly better, and the number
    of models that are not certainly worse."""
    weighted_ranks: tuple[int, int] | None = None
    """Best and worst place over all weights of the tiers (`tarot_bench.metrics.weights`): what a choice of weights for
    one score can do. It is about the measured rates as they are. None where the tier rates were not given."""


def rank(
    rates: Mapping[str, Mapping[str, float]],
    tiers: Mapping[str, Mapping[Tier, float]] | None = None,
    seed: int = 0,
) -> list[Ranked]:
    """Rank models by their mean rate over the problems that all of them have.

    All pairs are compared at once: the bootstrap over problems gives the distribution of the largest studentised
    difference of any pair, and a pair is told apart where its own exceeds the 95 % point of that (Romano & Wolf 2005,
    Econometrica 73:1237-1282). So with 95 % confidence no two equal models are told apart. A bootstrap of few problems
    sees too little spread; the pair's own sign-flip test, which is exact, must agree at 5 %.

    Args:
        rates: by model, the rate by problem.
        tiers: by model, the rate on each tier; tiers that a model lacks are left out of the weighted ranks.
        seed: of the bootstrap.

    Returns:
        The models, best first; those that are equally good in the order given.
    """
    problems = sorted(set.intersection(*(set(by_problem) for by_problem in rates.values()))) if rates else []
    names = list(rates)
    if not problems:
        return []
    table = np.array([[rates[name][problem] for problem in problems] for name in names])
    means = table.mean(axis=1)
    apart = _told_apart(table, seed)
    order = sorted(range(len(names)), key=lambda place: (-means[place], place))
    bands = _bands(order, apart)
    weighted = _weighted([tiers.get(name, {}) for name in names]) if tiers is not None else None
    return [
        Ranked(
            name=names[i],
            rate=float(means[i]),
            band=bands[i],
            ranks=_ranks(i, means, apart),
            weighted_ranks=weighted[i] if weighted else None,
        )
        for i in order
    ]


def _weighted(tiers: Sequence[Mapping[Tier, float]]) -> list[tuple[int, int]] | None:
    common = [tier for tier in TIERS if all(tier in of_one for of_one in tiers)]
    return place_ranges(np.array([[of_one[tier] for tier in common] for of_one in tiers])) if common else None


def _told_apart(table: np.ndarray, seed: int) -> np.ndarray:
    """Which pairs of rows have means that differ, by the maximum of studentised differences."""
    count, problems = table.shape
    apart = np.zeros((count, count), dtype=bool)
    if count < 2 or problems < 2:
        return apart
    means, errors = table.mean(axis=1), _errors(table)
    rng = np.random.default_rng(seed)
    largest = np.empty(_DRAWS)
    for draw in range(_DRAWS):
        weights = np.bincount(rng.integers(0, problems, problems), minlength=problems) / problems
        moved = table @ weights - means
        largest[draw] = np.max(np.abs(moved[:, None] - moved[None, :]) / errors)
    limit = np.quantile(largest, _CONFIDENCE)
    apart = np.abs(means[:, None] - means[None, :]) / errors > limit
    for i, j in zip(*np.nonzero(np.triu(apart)), strict=True):
        apart[i, j] = apart[j, i] = _few_agree(table[i] - table[j])
    return np.asarray(apart)


def _errors(table: np.ndarray) -> np.ndarray:
    """The standard errors of the differences of all pairs of rows; with a floor, as equal rows have none."""
    problems = table.shape[1]
    covariance = np.cov(table)
    variances = np.diag(covariance)
    squares = (variances[:, None] + variances[None, :] - 2 * covariance) / problems
    return np.asarray(np.maximum(np.sqrt(np.maximum(squares, 0.0)), 1.0 / problems**1.5))


def _few_agree(changes: np.ndarray) -> bool:
    """Whether the exact test agrees, where so few problems differ that it counts all patterns."""
    return bool(np.count_nonzero(changes) > EXACT) or sign_flip_p(list(changes)) <= 1 - _CONFIDENCE


def _bands(order: list[int], apart: np.ndarray) -> dict[int, int]:
    """A band begins with a model that the next better one is told apart from."""
    bands, band = {order[0]: 1}, 1
    for better, place in pairwise(order):
        band += bool(apart[better, place])
        bands[place] = band
    return bands


def _ranks(place: int, means: np.ndarray, apart: np.ndarray) -> tuple[int, int]:
    better = int(np.sum(apart[place] & (means > means[place])))
    worse = int(np.sum(apart[place] & (means < means[place])))
    return better + 1, len(means) - worse
