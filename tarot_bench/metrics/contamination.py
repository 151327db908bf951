"""Signs that a model has seen the tests or the problems of a benchmark.

None of them proves anything: original tests may be easier than the tiers, and newer problems harder. Both hold for
every model alike, so a model is suspicious where its difference is larger than that of others.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from tarot_bench.metrics.intervals import Estimate, mean_difference, proportion
from tarot_bench.problem import TIERS, Frozen
from tarot_bench.verdict import Verdict, VerdictMatrix


class Contamination(Frozen):
    """How much better a model is on what it may have seen. Rates are in [0, 1]."""

    original_minus_tiers: Estimate | None
    """pass@1 on the original tests, which have been public for longer, minus pass@1 on the tests of all tiers, paired
    by problem. None where no problem has both."""
    cutoff: date | None = None
    """Problems published before this day may be in the training data."""
    before: Estimate | None = None
    """pass@1 on all tests of problems published before the cut-off. None without a cut-off, or such problems."""
    after: Estimate | None = None
    """The same of those published on the day or later."""
    before_minus_after: Estimate | None = None
    """The difference, with Newcombe's interval, as these are different problems. None where one of both is None."""
    undated: int = 0
    """Problems without a date, which are in neither rate; 0 without a cut-off."""


def contamination(
    matrices: Sequence[VerdictMatrix], published: Mapping[str, date], cutoff: date | None = None
) -> Contamination | None:
    """Compare original tests with new tiers, and older problems with newer ones.

    Args:
        matrices: one per problem, a row per sample; samples with an `UNGRADED` verdict are left out.
        published: by problem, the day on which it became public.
        cutoff: the first day whose problems are new; None compares no dates.

    Returns:
        None where no problem has original tests beside tiers, and none has a date or there is no cut-off.
    """
    graded = {matrix.problem_id: matrix for matrix in matrices}
    pairs = [pair for matrix in matrices if (pair := _original_and_tiers(matrix))]
    gap = mean_difference([original - tiers for original, tiers, _ in pairs], sum(count for *_, count in pairs))
    dated = {name: day for name, day in published.items() if name in graded} if cutoff else {}
    if gap is None and not dated:
        return None
    before = _rate([graded[name] for name, day in dated.items() if cutoff and day < cutoff])
    after = _rate([graded[name] for name, day in dated.items() if cutoff and day >= cutoff])
    return Contamination(
        original_minus_tiers=gap,
        cutoff=cutoff,
        before=before,
        after=after,
        before_minus_after=newcombe(before, after) if before and after else None,
        undated=len(graded) - len(dated) if cutoff else 0,
    )


def newcombe(first: Estimate, second: Estimate) -> Estimate:
    """The difference ``first - second`` of independent proportions, from their own intervals.

    Newcombe 1998, Statistics in Medicine 17:873-890, method 10.
    """
    value = first.value - second.value
    down = math.hypot(first.value - first.low, second.high - second.value)
    up = math.hypot(first.high - first.value, second.value - second.low)
    n, problems = first.n + second.n, first.problems + second.problems
    return Estimate(value=value, low=max(value - down, -1.0), high=min(value + up, 1.0), n=n, problems=problems)


def _original_and_tiers(matrix: VerdictMatrix) -> tuple[float, float, int] | None:
    """The shares of graded samples that pass the original tests and those of all tiers, and the number of samples."""
    original, tiers = _passed(matrix, {None}), _passed(matrix, TIERS)
    if not original or not tiers:
        return None
    return sum(original) / len(original), sum(tiers) / len(tiers), len(original)


def _rate(matrices: Sequence[VerdictMatrix]) -> Estimate | None:
    passed = [_passed(matrix, {None, *TIERS}) for matrix in matrices]
    shares = [sum(each) / len(each) for each in passed if each]
    return proportion(shares, [1.0] * len(shares), sum(map(len, passed)))


def _passed(matrix: VerdictMatrix, tiers: Collection[object]) -> list[bool]:
    """Whether each graded sample passes all tests of these tiers; empty where there are no such tests."""
    columns = [place for place, tier in enumerate(matrix.tiers) if tier in tiers]
    graded = [row for row in matrix.rows if Verdict.UNGRADED not in row]
    return [all(row[place] is Verdict.PASSED for place in columns) for row in graded] if columns else []
