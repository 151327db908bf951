"""Proportions and paired differences with 95 % intervals that are clustered by problem.

The samples and tests of one problem resemble each other, so the problem, not the sample, is the unit that was drawn
at random (Miller 2024, "Adding error bars to evals", arXiv 2411.00640, section 2.2). Counting samples as independent
would give intervals that are several times too narrow.

Sources of the formulas:

- Ratio estimator with linearised variance over clusters: Cochran 1977, "Sampling Techniques", sections 2.11 and 9A.
- Score interval of a proportion: Wilson 1927, JASA 22:209-212.
- The same with an effective sample size, for clustered data: Korn & Graubard 1998, Survey Methodology 24:193-201;
  Dean & Pagano 2015, J. Survey Statistics and Methodology 3:484-503; Franco, Little, Louis & Slud 2019, same journal
  7:334-364, who recommend the Wilson form.
- Paired difference: Bonett & Price 2012, J. Educational and Behavioral Statistics 37:479-488.
"""

import math
from collections.abc import Sequence

from pydantic import Field

from tarot_bench.problem import Frozen

ROUNDING = 1e-9
"""Differences of rates that are closer than this are equal: .4 - .1 and .7 - .4 are not, as floats."""
NORMAL_95 = 1.959963984540054
"""The 97.5 % point of the standard normal distribution."""


class Estimate(Frozen):
    """A number with its 95 % interval and what it was computed from."""

    value: float = Field(allow_inf_nan=False)
    low: float = Field(allow_inf_nan=False)
    high: float = Field(allow_inf_nan=False)
    n: int = Field(ge=0)
    """Samples that went in; of a share of single tests or of a conditional rate, the trials that went in."""
    problems: int = Field(ge=1)
    """Problems (clusters) that went in."""


def proportion(hits: Sequence[float], trials: Sequence[float], n: int) -> Estimate | None:
    """Estimate sum(hits) / sum(trials), each pair being the totals of one problem.

    The interval is Wilson's, with Student's t at (problems - 1) degrees of freedom in place of the normal quantile
    and the effective sample size p (1 - p) / variance in place of the number of trials. One problem says nothing
    about other problems: its interval is [0, 1].

    Args:
        hits: successes per problem, 0 <= hits <= trials; fractions are fine (pass@k is one).
        trials: what they are out of; problems with 0 trials do not count.
        n: how many samples these numbers were made of.

    Returns:
        The estimate, or None where there are no trials.
    """
    pairs = [(hit, trial) for hit, trial in zip(hits, trials, strict=True) if trial > 0]
    problems = len(pairs)
    if not problems:
        return None
    total = math.fsum(trial for _, trial in pairs)
    value = min(math.fsum(hit for hit, _ in pairs) / total, 1.0)
    if problems == 1:
        return Estimate(value=value, low=0.0, high=1.0, n=n, problems=1)
    low, high = _wilson(value, _effective_size(pairs, value, max(n, total)), t_quantile(problems - 1))
    return Estimate(value=value, low=min(low, value), high=max(high, value), n=n, problems=problems)


def mean_difference(differences: Sequence[float], n: int) -> Estimate | None:
    """Estimate the mean of per-problem differences of two proportions, as between two tiers or two models.

    The interval is Student's t over problems. Where all differences are equal, as for a model that solves everything,
    it would have no width; then two pseudo-problems with the differences +1 and -1 enter the interval (not the
    value), as Bonett & Price do, which gives about +-3 / problems around 0.

    Args:
        differences: one number in [-1, 1] per problem.
        n: how many samples these numbers were made of.

    Returns:
        The estimate, its interval clipped to [-1, 1], or None where there are no differences.
    """
    problems = len(differences)
    if not problems:
        return None
    value = math.fsum(differences) / problems
    if problems == 1:
        return Estimate(value=value, low=-1.0, high=1.0, n=n, problems=1)
    seen = [*differences, 1.0, -1.0] if max(differences) - min(differences) < ROUNDING else differences
    centre = math.fsum(seen) / len(seen)
    variance = math.fsum((x - centre) ** 2 for x in seen) / (len(seen) - 1)
    half = t_quantile(problems - 1) * math.sqrt(variance / len(seen))
    return Estimate(value=value, low=max(centre - half, -1.0), high=min(centre + half, 1.0), n=n, problems=problems)


def t_quantile(df: int) -> float:
    """The 97.5 % point of Student's t.

    Exact for 1 and 2 degrees of freedom; from 3 on the expansion in 1/df of Abramowitz & Stegun, 26.7.5, which is
    within 0.12 % of the true value.
    """
    if df == 1:
        return math.tan(math.pi * 0.475)
    if df == 2:
        return 0.95 * math.sqrt(2 / (1 - 0.95**2))
    z = NORMAL_95
    terms = (
        z,
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return math.fsum(term / df**power for power, term in enumerate(terms))


def _effective_size(pairs: Sequence[tuple[float, float]], ratio: float, cap: float) -> float:
    """How many independent trials would estimate `ratio` as precisely as these problems do.

    Capped at the number of trials: where problems happen to agree, their variance is underestimated. At a ratio of
    exactly 0 or 1 there is no variance to see, and the problems themselves are counted (Kish's formula, which
    discounts unequal sizes).
    """
    total = math.fsum(trial for _, trial in pairs)
    problems = len(pairs)
    if ratio in (0.0, 1.0):
        return total**2 / math.fsum(trial**2 for _, trial in pairs)
    squares = math.fsum((hit - ratio * trial) ** 2 for hit, trial in pairs)
    variance = problems / (problems - 1) * squares / total**2
    return min(ratio * (1 - ratio) / variance, cap) if variance > 0 else cap


def _wilson(p: float, n: float, t: float) -> tuple[float, float]:
    """Wilson's interval for a proportion `p` of `n` trials at the quantile `t`."""
    centre = (p + t * t / (2 * n)) / (1 + t * t / n)
    half = t / (1 + t * t / n) * math.sqrt(p * (1 - p) / n + t * t / (4 * n * n))
    return max(centre - half, 0.0), min(centre + half, 1.0)
