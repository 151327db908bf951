"""Informative groups: groups whose samples differ in reward, so that GRPO has a gradient."""

import math
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence

from tarot_bench.metrics.intervals import Estimate, proportion


def informative_share(outcomes: Sequence[Hashable], group: int) -> float | None:
    """Probability that `group` samples of one problem do not all have the same outcome.

    With outcomes of probability q_v it is 1 - sum of q_v^G, which for success and failure is 1 - p^G - (1 - p)^G.
    From n >= G samples the unbiased estimate is 1 - sum of C(n_v, G) / C(n, G), as for pass@k (Chen et al. 2021).
    From fewer there is none; then the observed shares are put into the formula, which underestimates on average
    (the formula is concave): a lower bound.

    Args:
        outcomes: of the samples there are: rewards, or whether each passed.
        group: samples per group in training (G), at least 2.

    Returns:
        The estimate in [0, 1]; None from fewer than two samples.
    """
    n, counts = len(outcomes), Counter(outcomes).values()
    if n < 2:
        return None
    if n >= group:
        return 1 - math.fsum(math.comb(count, group) / math.comb(n, group) for count in counts)
    return 1 - math.fsum((count / n) ** group for count in counts)


def mean_share(shares: Mapping[str, float | None], samples: int) -> Estimate | None:
    """The mean over problems with its interval; None if no problem has an estimate."""
    known = [share for share in shares.values() if share is not None]
    # Rounding may leave a hair below zero, which is no count of successes.
    return proportion([max(0.0, share) for share in known], [1.0] * len(known), samples)
