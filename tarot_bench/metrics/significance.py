"""Permutation tests of paired and of unpaired differences, and Holm's correction for several tests."""

import math
from collections.abc import Sequence
from itertools import combinations

import numpy as np

EXACT = 14
"""Differences other than 0 up to which all sign patterns are counted."""
_DRAWS = 20_000
_AT_ONCE = 500
_MOST_SPLITS = 200_000
_SLACK = 1e-12
"""Sums that are equal on paper may differ by rounding."""


def sign_flip_p(differences: Sequence[float], seed: int = 0) -> float:
    """Two-sided p value of the hypothesis that each problem's difference is symmetric around 0.

    Under it every sign could as well be the other one (Fisher's randomisation test for pairs; Good 2005, "Permutation,
    Parametric and Bootstrap Tests of Hypotheses", section 3.2). The level is exact for any distribution.

    Args:
        differences: one number per problem; zeros say nothing and are left out.
        seed: of the patterns that are drawn where there are too many to count.
    """
    values = np.array([value for value in differences if value], dtype=float)
    if not len(values):
        return 1.0
    observed = abs(values.sum()) - _SLACK
    if len(values) <= EXACT:
        patterns = (np.arange(2 ** len(values))[:, None] >> np.arange(len(values))) & 1
        return float(np.mean(np.abs((1 - 2 * patterns) @ values) >= observed))
    rng = np.random.default_rng(seed)
    extreme = 0
    for _ in range(_DRAWS // _AT_ONCE):
        signs = 1 - 2 * rng.integers(0, 2, size=(_AT_ONCE, len(values)), dtype=np.int8)
        extreme += int(np.sum(np.abs(signs @ values) >= observed))
    return (extreme + 1) / (_DRAWS + 1)  # the observed pattern is one of them


def exchange_p(first: Sequence[float], second: Sequence[float]) -> float:
    """Two-sided p value of the hypothesis that two independent groups of numbers have one distribution.

    Under it every split into groups of these sizes is equally likely (Fisher's permutation test; Good 2005, section
    3.4); the statistic is the difference of the means. All splits are counted: the smallest possible value is 2 of
    ``comb(len(first) + len(second), len(first))``, as for 4 and 4 numbers 0.029.

    Raises:
        ValueError: a group is empty, or there are more than 200,000 splits.
    """
    values = [*first, *second]
    if not first or not second or math.comb(len(values), len(first)) > _MOST_SPLITS:
        raise ValueError(f"cannot count the splits of {len(values)} numbers into groups of {len(first)}")
    total = math.fsum(values)

    def difference(chosen: Sequence[float]) -> float:
        part = math.fsum(chosen)
        return abs(part / len(first) - (total - part) / len(second))

    observed = difference(first) - _SLACK
    splits = [difference(chosen) >= observed for chosen in combinations(values, len(first))]
    return sum(splits) / len(splits)


def holm(p_values: Sequence[float]) -> list[float]:
    """Correct p values of several hypotheses (Holm 1979, Scandinavian Journal of Statistics 6:65-70).

    Returns:
        The corrected values in the order given, each at most 1: rejecting those below 5 % keeps the chance of any false
        rejection below 5 %.
    """
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    corrected = [0.0] * len(p_values)
    highest = 0.0
    for rank, place in enumerate(order):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[place]))
        corrected[place] = highest
    return corrected
