"""Metrics: from verdicts to numbers with intervals."""

from tarot_bench.metrics.intervals import Estimate
from tarot_bench.metrics.tiers import Metrics, TierMetrics, summarise

__all__ = ["Estimate", "Metrics", "TierMetrics", "summarise"]
