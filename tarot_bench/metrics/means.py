"""A mean over repetitions, as over seeds or initialisations, with its 95 % interval."""

import math
from collections.abc import Sequence
from statistics import variance

from tarot_bench.metrics.intervals import t_quantile
from tarot_bench.problem import Frozen


class Mean(Frozen):
    """A mean with its 95 % interval (Student's t), not clipped to [0, 1], so that the width of few values shows."""

    value: float
    low: float
    high: float
    n: int
    """Values that went in; of one value the interval is unbounded."""

    def __str__(self) -> str:
        return f"{self.value:.2f} [{self.low:.2f}, {self.high:.2f}]"


def mean_of(values: Sequence[float]) -> Mean:
    """Mean and Student's t interval."""
    count = len(values)
    centre = math.fsum(values) / count
    half = t_quantile(count - 1) * math.sqrt(variance(values) / count) if count > 1 else math.inf
    return Mean(value=centre, low=centre - half, high=centre + half, n=count)
