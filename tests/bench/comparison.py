"""``python -m tests.bench.comparison``: simulate the statistics of `compare`: coverage, false positives, power, bands.

Problems have Beta(0.6, 0.6) rates; the second model's rate is p + g p (1 - p). Everything is seeded.
"""

import argparse
from statistics import fmean

import numpy as np

from tarot_bench.metrics.intervals import mean_difference
from tarot_bench.metrics.power import gap_of, spread_of
from tarot_bench.metrics.ranking import rank
from tarot_bench.metrics.significance import sign_flip_p

SIZES = [(problems, samples) for problems in (20, 50, 164, 1000) for samples in (1, 10)]
_SHAPE = 0.6
_SLOPE = 0.3
_P_VALUES = 400
"""Draws that are tested for significance; each takes 20,000 sign patterns."""


def main() -> None:
    """Print the four tables."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.comparison", description=__doc__)
    parser.add_argument("--draws", type=int, default=4000, help="simulated comparisons per row (default 4000)")
    draws = parser.parse_args().draws
    rng = np.random.default_rng(20261129)
    print(
        "problems  samples  coverage of the 95 % interval  false positives at 5 % (of", min(draws, _P_VALUES), "draws)"
    )
    for problems, samples in SIZES:
        covered = fmean(_covers(rng, problems, samples) for _ in range(draws))
        false = fmean(_rejects(rng, problems, samples) for _ in range(min(draws, _P_VALUES)))
        print(f"{problems:8}  {samples:7}  {covered:29.3f}  {false:.3f}", flush=True)
    print("\nproblems  samples  gap found with 80 % power, says `power`  found")
    for problems, samples in [(164, 10), (500, 4), (1000, 10)]:
        gap, found = _found(rng, problems, samples, draws)
        print(f"{problems:8}  {samples:7}  {100 * gap:37.1f} pp  {found:.3f}", flush=True)
    print(f"\nfour equal models of ten share a band: {_shared(rng):.2f} of 100 draws (200 problems, 4 samples)")


def _drawn(rng: np.random.Generator, problems: int, samples: int, slope: float) -> np.ndarray:
    """The differences of two models, one per problem."""
    first = rng.beta(_SHAPE, _SHAPE, problems)
    second = np.clip(first + slope * first * (1 - first), 0, 1)
    return np.asarray((rng.binomial(samples, second) - rng.binomial(samples, first)) / samples)


def _mean_variance() -> float:
    """The mean of p (1 - p) of a Beta variable."""
    return _SHAPE * _SHAPE / ((2 * _SHAPE) * (2 * _SHAPE + 1))


def _covers(rng: np.random.Generator, problems: int, samples: int) -> bool:
    found = mean_difference(list(_drawn(rng, problems, samples, _SLOPE)), problems)
    return found is not None and found.low <= _SLOPE * _mean_variance() <= found.high


def _rejects(rng: np.random.Generator, problems: int, samples: int) -> bool:
    return sign_flip_p(list(_drawn(rng, problems, samples, 0.0))) < 0.05


def _found(rng: np.random.Generator, problems: int, samples: int, draws: int) -> tuple[float, float]:
    """The gap that `power` gives for these problems, and how often an interval then excludes 0."""
    rates = {str(i): hits / samples for i, hits in enumerate(rng.binomial(samples, rng.beta(_SHAPE, _SHAPE, problems)))}
    gap = gap_of(spread_of(rates, samples, 0.03), problems, samples)
    slope = gap / _mean_variance()
    found = [mean_difference(list(_drawn(rng, problems, samples, slope)), problems) for _ in range(draws // 4)]
    return gap, fmean(estimate is not None and estimate.low > 0 for estimate in found)


def _shared(rng: np.random.Generator) -> float:
    together = 0
    for _ in range(100):
        base = rng.beta(_SHAPE, _SHAPE, 200)
        rates = {}
        for place, slope in enumerate([0, 0, 0, 0, 0.3, 0.6, -0.3, -0.6, -0.9, 0.9]):
            hits = rng.binomial(4, np.clip(base + slope * base * (1 - base), 0, 1))
            rates[str(place)] = {str(i): hit / 4 for i, hit in enumerate(hits)}
        bands = {each.name: each.band for each in rank(rates)}
        together += len({bands[str(place)] for place in range(4)}) == 1
    return together / 100


if __name__ == "__main__":
    main()
