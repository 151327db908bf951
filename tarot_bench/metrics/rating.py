"""An Elo-style rating from solved problems, and results by the difficulty of problems.

In the sense of CodeElo (Quan et al. 2025, arXiv 2501.01257): the rating at which a contestant would be expected to
solve as much as was solved. CodeElo rates contest by contest against the human participants; here the site's
problem ratings replace them, so the scale is the same but the numbers are not CodeElo's.
"""

import math
import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tarot_bench.problem import Frozen, Problem
from tarot_bench.verdict import VerdictMatrix

LOWEST, HIGHEST = 0.0, 4000.0
"""The ends of the scale, for models that solve nothing or everything."""
BUCKETS = (0, 1200, 1600, 2000, 2400)
"""Where each bucket of problem ratings begins."""
_STEPS = 40
_RESAMPLES = 1000


@dataclass(frozen=True, slots=True)
class Attempt:
    """The result on one rated problem.

    Attributes:
        rating: the site's rating of the problem.
        solved: share of the samples that solved it, in [0, 1].
    """

    rating: int
    solved: float


@dataclass(frozen=True, slots=True)
class Rating:
    """An estimate with its 95 % interval, a bootstrap over problems.

    Attributes:
        value: the estimate.
        low: lower end of the interval.
        high: upper end.
        problems: how many problems it rests on.
    """

    value: float
    low: float
    high: float
    problems: int

    @property
    def bounded(self) -> bool:
        """Whether this is an estimate, rather than an end of the scale."""
        return LOWEST < self.value < HIGHEST


class RatingSummary(Frozen):
    """A benchmark's rating and its results by difficulty, as stored and printed.

    Only where problems have a rating of their site: `Problem.origin.extra["rating"]`.
    """

    value: float
    """In the sense of CodeElo, on the site's scale; see this module."""
    low: float
    high: float
    problems: int
    """Rated problems with at least one graded sample."""
    unrated: int
    """Problems that the site has not rated: left out."""
    buckets: dict[str, tuple[int, float]]
    """By range of problem ratings: how many problems, and the mean share of samples that solved one."""


def summarise_ratings(problems: Iterable[Problem], matrices: Iterable[VerdictMatrix]) -> RatingSummary | None:
    """Compute the rating of a model; None where no problem has a rating or none is graded."""
    attempts, unrated = [], 0
    for problem, matrix in zip(problems, matrices, strict=True):
        rating, share = problem.origin.extra.get("rating"), _share_solved(matrix)
        unrated += rating is None
        if rating is not None and share is not None:
            attempts.append(Attempt(int(rating), share))
    if not attempts:
        return None
    found = estimate_rating(attempts)
    return RatingSummary(
        value=found.value,
        low=found.low,
        high=found.high,
        problems=found.problems,
        unrated=unrated,
        buckets=by_bucket(attempts),
    )


def _share_solved(matrix: VerdictMatrix) -> float | None:
    """Share of the graded samples that pass every test; None where none is graded."""
    solved = [matrix.passed(row, matrix.tiers) for row in range(len(matrix.rows))]
    graded = [each for each in solved if each is not None]
    return sum(graded) / len(graded) if graded else None


def chance(rating: float, problem: float) -> float:
    """The chance that a contestant solves a problem, 1 / (1 + 10^((problem - rating) / 400)): Elo's logistic curve."""
    return 1.0 / (1.0 + math.pow(10.0, (problem - rating) / 400.0))


def estimate_rating(attempts: Sequence[Attempt], seed: int = 0) -> Rating:
    """The rating at which as many solves are expected as were seen.

    Args:
        attempts: one per problem; problems without a rating are to be left out (and counted) before.
        seed: of the bootstrap.

    Raises:
        ValueError: no attempts.
    """
    if not attempts:
        raise ValueError("a rating needs at least one problem that has a rating")
    generator = random.Random(seed)
    drawn = sorted(_solve(generator.choices(attempts, k=len(attempts))) for _ in range(_RESAMPLES))
    low, high = drawn[round(0.025 * (_RESAMPLES - 1))], drawn[round(0.975 * (_RESAMPLES - 1))]
    value = _solve(attempts)
    return Rating(value, min(low, value), max(high, value), len(attempts))


def by_bucket(attempts: Iterable[Attempt]) -> dict[str, tuple[int, float]]:
    """Number of problems and mean share solved, by bucket of problem ratings; empty buckets are left out."""
    found: dict[int, list[float]] = {}
    for attempt in attempts:
        begin = max(start for start in BUCKETS if start <= max(attempt.rating, 0))
        found.setdefault(begin, []).append(attempt.solved)
    return {_name(begin): (len(shares), sum(shares) / len(shares)) for begin, shares in sorted(found.items())}


def _name(begin: int) -> str:
    later = [start for start in BUCKETS if start > begin]
    return f"{begin}-{later[0] - 1}" if later else f"{begin}+"


def _solve(attempts: Sequence[Attempt]) -> float:
    """Bisection; expected solves grow with the rating."""
    solved = sum(attempt.solved for attempt in attempts)
    problems = Counter(attempt.rating for attempt in attempts)
    low, high = LOWEST, HIGHEST
    if solved <= _expected(low, problems):
        return low
    if solved >= _expected(high, problems):
        return high
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if _expected(middle, problems) < solved else (low, middle)
    return (low + high) / 2


def _expected(rating: float, problems: Mapping[int, int]) -> float:
    return sum(count * chance(rating, problem) for problem, count in problems.items())
