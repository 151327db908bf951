"""How large a difference a number of problems can find, and how many problems a difference needs.

Formulas: Miller 2024, "Adding error bars to evals", arXiv 2411.00640, section 5. The variance of the mean paired
difference of n problems with k samples each is (between + within / k) / n: `between` is the variance over problems of
the true differences, `within` the sum of both models' variances p (1 - p) of one sample.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tarot_bench.metrics.intervals import ROUNDING

_QUANTILES = 1.959963984540054 + 0.8416212335729143
"""Of the standard normal distribution, for a two-sided test at 5 % with a power of 80 %."""


@dataclass(frozen=True, slots=True)
class Spread:
    """The variances that decide how precise a comparison is.

    Attributes:
        between: variance over problems of the true differences.
        within: variance of one sample of either model around its problem's rate, summed over both models.
    """

    between: float
    within: float

    def per_problem(self, samples: int) -> float:
        """Variance of one problem's difference with so many samples of each model."""
        return self.between + self.within / samples


def detectable(differences: Sequence[float]) -> float | None:
    """The true difference that as many problems would find with 80 % power at the 5 % level.

    Args:
        differences: one number per problem, as observed.

    Returns:
        The difference; None where these problems show no spread, as where all are equal.
    """
    count = len(differences)
    if count < 2:
        return None
    mean = math.fsum(differences) / count
    variance = math.fsum((value - mean) ** 2 for value in differences) / (count - 1)
    return _QUANTILES * math.sqrt(variance / count) if max(differences) - min(differences) >= ROUNDING else None


def gap_of(spread: Spread, problems: int, samples: int) -> float:
    """The true difference that is found with 80 % power at the 5 % level."""
    return _QUANTILES * math.sqrt(spread.per_problem(samples) / problems)


def problems_for(spread: Spread, gap: float, samples: int) -> int:
    """How many problems a true difference needs, to be found with 80 % power at the 5 % level."""
    return math.ceil(spread.per_problem(samples) * (_QUANTILES / gap) ** 2)


def spread_of(rates: Mapping[str, float], samples: int, gap: float) -> Spread:
    """The variances to expect between a model with these rates and one that is better by `gap` on average.

    The other model is taken to differ on each problem in proportion to p (1 - p): problems that are always or never
    solved do not change. Within a problem the samples are independent. One sample of each problem does not show p;
    then every problem is taken to have the mean rate, which overstates the variance.

    Args:
        rates: share of samples that pass, by problem; at least one.
        samples: of each problem that the rates were made of.
        gap: the mean difference.
    """
    variances = [rate * (1 - rate) * samples / (samples - 1) for rate in rates.values()] if samples > 1 else []
    mean = math.fsum(variances) / len(rates)
    if not mean:
        overall = math.fsum(rates.values()) / len(rates)
        return Spread(0.0, 2 * overall * (1 - overall))
    changes = [gap * variance / mean for variance in variances]
    return Spread(math.fsum((change - gap) ** 2 for change in changes) / len(changes), 2 * mean)
