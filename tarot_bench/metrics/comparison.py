"""Compare two models on the same problems: paired differences of pass@1 per tier, clustered by problem.

Pairing removes what the problems have in common, so the interval of a difference is narrower than the two models' own
intervals suggest (Miller 2024, arXiv 2411.00640, section 4.2).
"""

import math
from collections.abc import Iterable, Mapping, Sequence

from tarot_bench.metrics.intervals import Estimate, mean_difference
from tarot_bench.problem import TIERS, Frozen, Tier
from tarot_bench.verdict import Verdict, VerdictMatrix

_Scope = tuple[Tier | None, ...]


class Difference(Frozen):
    """pass@1 of two models on the problems that both have graded samples of; rates are in [0, 1]."""

    first: float
    second: float
    difference: Estimate
    """``second - first``: positive where the second model is better. Its interval is Student's t over problems
    (`mean_difference`)."""

    def __str__(self) -> str:
        d = self.difference
        return (
            f"{100 * self.first:5.1f} % -> {100 * self.second:5.1f} %  {100 * d.value:+6.1f} pp "
            f"[{100 * d.low:+.1f}, {100 * d.high:+.1f}]  ({d.problems} problems)"
        )


class Comparison(Frozen):
    """How two models differ, tier by tier; ``print`` shows one line for each."""

    differences: dict[str, Difference]
    """By ``strict`` (all tiers), tier, and ``original`` (tests without a tier); only those with common problems."""
    uncompared: int
    """Problems of which one of the two has no graded sample."""

    def __str__(self) -> str:
        width = max(map(len, self.differences), default=0)
        return "\n".join(f"{name:{width}}  {found}" for name, found in self.differences.items())


def compare_verdicts(first: Iterable[VerdictMatrix], second: Iterable[VerdictMatrix]) -> Comparison:
    """Compare the verdicts of two models, problem by problem; samples with an `UNGRADED` verdict are left out.

    Args:
        first: one matrix per problem, a row per sample.
        second: the same of the other model. The number of samples may differ.
    """
    one, other = (_by_problem(matrices) for matrices in (first, second))
    both = [problem for problem in one if one[problem].rows and problem in other and other[problem].rows]
    found = {name: _difference(one, other, both, tiers) for name, tiers in _scopes(one.values()).items()}
    return Comparison(
        differences={name: difference for name, difference in found.items() if difference},
        uncompared=len(one.keys() | other.keys()) - len(both),
    )


def _by_problem(matrices: Iterable[VerdictMatrix]) -> dict[str, VerdictMatrix]:
    return {
        m.problem_id: VerdictMatrix(m.problem_id, m.tiers, tuple(row for row in m.rows if Verdict.UNGRADED not in row))
        for m in matrices
    }


def _scopes(matrices: Iterable[VerdictMatrix]) -> dict[str, _Scope]:
    labels = {label for matrix in matrices for label in matrix.tiers}
    tiers = tuple(tier for tier in TIERS if tier in labels)
    scopes: dict[str, _Scope] = {"strict": tiers} if tiers else {}
    scopes |= {tier.value: (tier,) for tier in tiers}
    return scopes | ({"original": (None,)} if None in labels else {})


def _difference(
    one: Mapping[str, VerdictMatrix], other: Mapping[str, VerdictMatrix], problems: Sequence[str], tiers: _Scope
) -> Difference | None:
    pairs = [(_passes(one[problem], tiers), _passes(other[problem], tiers)) for problem in problems]
    pairs = [(a, b) for a, b in pairs if a and b]
    rates = [(sum(a) / len(a), sum(b) / len(b)) for a, b in pairs]
    estimate = mean_difference([b - a for a, b in rates], sum(len(a) + len(b) for a, b in pairs))
    if estimate is None:
        return None
    first, second = (math.fsum(rate[side] for rate in rates) / len(rates) for side in (0, 1))
    return Difference(first=first, second=second, difference=estimate)


def _passes(matrix: VerdictMatrix, tiers: _Scope) -> list[bool]:
    outcomes = [matrix.passed(row, tiers) for row in range(len(matrix.rows))]
    return [passed for passed in outcomes if passed is not None]
