"""Compare models on the same problems: paired differences of pass@1 per tier, clustered by problem.

Pairing removes what the problems have in common, so the interval of a difference is narrower than the two models' own
intervals suggest (Miller 2024, arXiv 2411.00640, section 4.2).
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tarot_bench.metrics.intervals import Estimate, mean_difference
from tarot_bench.metrics.power import detectable
from tarot_bench.metrics.significance import holm, sign_flip_p
from tarot_bench.problem import TIERS, Frozen, Tier
from tarot_bench.verdict import Verdict, VerdictMatrix

_Scope = tuple[Tier | None, ...]


class Difference(Frozen):
    """pass@1 of two models on the problems that both have graded samples of; rates are in [0, 1]."""

    first: float
    second: float
    difference: Estimate
    """``second - first``, absolute: positive where the second model is better. Its interval is Student's t over
    problems (`mean_difference`)."""
    p: float
    """Two-sided p value of the hypothesis that the models are equal: a sign-flip test over problems."""
    p_holm: float
    """The same after Holm's correction for the tiers that are compared; of ``strict`` it is `p`, as it is one test."""
    wins: tuple[str, ...]
    """Problems that the second model passes more often."""
    losses: tuple[str, ...]
    """Problems that it passes less often."""
    detectable: float | None
    """The true difference that these problems would find with 80 % power at 5 %; None where they show no spread."""

    @property
    def relative(self) -> float | None:
        """The relative change ``second / first - 1``; None where the first rate is 0."""
        return self.second / self.first - 1 if self.first else None

    def __str__(self) -> str:
        d = self.difference
        return (
            f"{100 * self.first:5.1f} % -> {100 * self.second:5.1f} %  {100 * d.value:+6.1f} pp "
            f"[{100 * d.low:+.1f}, {100 * d.high:+.1f}]  p = {self.p_holm:.3f}  ({d.problems} problems)"
        )


class Comparison(Frozen):
    """How two models differ, tier by tier; ``print`` shows one line for each."""

    differences: dict[str, Difference]
    """By ``strict`` (all tiers that both have), tier, and ``original`` (tests without a tier); only those with common
    problems."""
    uncompared: int
    """Problems of which one of the two has no graded sample."""

    def __str__(self) -> str:
        width = max(map(len, self.differences), default=0)
        return "\n".join(f"{name:{width}}  {found}" for name, found in self.differences.items())


@dataclass(frozen=True, slots=True)
class _Pair:
    """What two models did on one problem: shares of samples that pass, and how many samples that were."""

    problem: str
    first: float
    second: float
    samples: int


def compare_verdicts(first: Iterable[VerdictMatrix], second: Iterable[VerdictMatrix]) -> Comparison:
    """Compare the verdicts of two models, problem by problem; samples with an `UNGRADED` verdict are left out.

    Args:
        first: one matrix per problem, a row per sample.
        second: the same of the other model. The number of samples may differ.
    """
    one, other = (_by_problem(matrices) for matrices in (first, second))
    both = [problem for problem in one if one[problem].rows and problem in other and other[problem].rows]
    common = scopes(one.values(), other.values())
    pairs = {name: _pairs(one, other, both, tiers) for name, tiers in common.items()}
    return Comparison(
        differences=_corrected({name: _difference(found) for name, found in pairs.items() if found}),
        uncompared=len(one.keys() | other.keys()) - len(both),
    )


def scopes(*models: Iterable[VerdictMatrix]) -> dict[str, _Scope]:
    """The groups of tests that rates are given for: ``strict`` (all tiers), each tier, ``original``.

    Args:
        models: the verdicts of each; a tier that one of them has no test of is in no group.
    """
    labels = set.intersection(*({label for matrix in matrices for label in matrix.tiers} for matrices in models))
    tiers = tuple(tier for tier in TIERS if tier in labels)
    found: dict[str, _Scope] = {"strict": tiers} if tiers else {}
    found |= {tier.value: (tier,) for tier in tiers}
    return found | ({"original": (None,)} if None in labels else {})


def rates(matrices: Iterable[VerdictMatrix], tiers: _Scope) -> dict[str, float]:
    """Share of each problem's graded samples that pass all tests of these tiers."""
    found = {}
    for problem, matrix in _by_problem(matrices).items():
        if passed := _passes(matrix, tiers):
            found[problem] = sum(passed) / len(passed)
    return found


def _by_problem(matrices: Iterable[VerdictMatrix]) -> dict[str, VerdictMatrix]:
    return {
        m.problem_id: VerdictMatrix(m.problem_id, m.tiers, tuple(row for row in m.rows if Verdict.UNGRADED not in row))
        for m in matrices
    }


def _pairs(
    one: Mapping[str, VerdictMatrix], other: Mapping[str, VerdictMatrix], problems: Sequence[str], tiers: _Scope
) -> list[_Pair]:
    found = []
    for problem in problems:
        a, b = _passes(one[problem], tiers), _passes(other[problem], tiers)
        if a and b:
            found.append(_Pair(problem, sum(a) / len(a), sum(b) / len(b), len(a) + len(b)))
    return found


def _difference(pairs: Sequence[_Pair]) -> Difference:
    changes = [pair.second - pair.first for pair in pairs]
    estimate = mean_difference(changes, sum(pair.samples for pair in pairs))
    assert estimate is not None  # there is a pair
    p = sign_flip_p(changes)
    return Difference(
        first=math.fsum(pair.first for pair in pairs) / len(pairs),
        second=math.fsum(pair.second for pair in pairs) / len(pairs),
        difference=estimate,
        p=p,
        p_holm=p,
        wins=tuple(pair.problem for pair in pairs if pair.second > pair.first),
        losses=tuple(pair.problem for pair in pairs if pair.second < pair.first),
        detectable=detectable(changes),
    )


def _corrected(differences: Mapping[str, Difference]) -> dict[str, Difference]:
    """Holm's correction over the tiers; ``strict`` and ``original`` are questions of their own."""
    tiers = [name for name in differences if name in set(TIERS)]
    corrected = dict(zip(tiers, holm([differences[name].p for name in tiers]), strict=True))
    return {
        name: difference.model_copy(update={"p_holm": corrected.get(name, difference.p)})
        for name, difference in differences.items()
    }


def _passes(matrix: VerdictMatrix, tiers: _Scope) -> list[bool]:
    outcomes = [matrix.passed(row, tiers) for row in range(len(matrix.rows))]
    return [passed for passed in outcomes if passed is not None]
