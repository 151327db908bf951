"""Compute metrics from verdict matrices: pass@k per tier, through tiers, strict, gaps, counts.

One rule decides who is counted: a sample with any `UNGRADED` verdict is left out of every rate until it is graded.
So all numbers of one `Metrics` refer to the same samples, and an infrastructure error is never a score.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Literal

from pydantic import Field

from tarot_bench.errors import DataError, UserError, did_you_mean
from tarot_bench.metrics.intervals import Estimate, mean_difference, proportion
from tarot_bench.problem import TIERS, Frozen, Tier
from tarot_bench.verdict import Verdict, VerdictMatrix

Amount = Annotated[int, Field(ge=0, lt=2**63)]


class GroupMetrics(Frozen):
    """What the samples did on one group of tests: those of a tier, or the original ones."""

    problems: Amount
    """Problems that have such tests."""
    tests: Amount
    """Such tests, over all problems."""
    pass_rate: Estimate | None
    """Share of single tests that passed."""
    pass_at: dict[int, Estimate | None]
    """pass@k by k; a sample passes when all tests of the group pass."""
    verdicts: dict[Verdict, Amount]
    """How often each verdict was given, over all samples, ungraded ones included."""


class TierMetrics(GroupMetrics):
    """The metrics of a tier: its own, and those relative to the earlier tiers."""

    through: Estimate | None
    """pass@1 where a sample passes when all tests up to and including this tier pass."""
    given_earlier: Estimate | None
    """P(all tests of this tier pass | all tests of the earlier tiers passed), over samples."""


class Counts(Frozen):
    """Counts of problems, samples and tests, and of samples that could not be judged."""

    problems: Amount
    samples: Amount
    tests: Amount
    """Tests of all problems; every sample runs the tests of its problem."""
    no_code: Amount
    """Samples in which no code was found; they count as failures."""
    truncated: Amount
    """Samples cut at the token limit before there was code; they count as failures."""
    ungraded: Amount
    """Samples with any `UNGRADED` verdict; they count as nothing."""
    left_out: dict[int, Amount]
    """By k: problems that pass@k leaves out, because fewer than k of their samples are graded."""
    left_out_ids: dict[int, tuple[str, ...]] = Field(default_factory=dict)
    """By k: which problems these are; a k that leaves out none has no key."""


class Metrics(Frozen):
    """Everything that is reported of one run, as stored in ``summary.json``.

    Rates are in [0, 1], and None where nothing could be graded.
    """

    counts: Counts
    tiers: dict[Tier, TierMetrics]
    """The tiers that the data has, in order."""
    strict: dict[int, Estimate | None]
    """pass@k where a sample passes when the tests of all tiers pass; empty where no problem has tiers."""
    original: GroupMetrics | None
    """The tests without a tier; None where there are none."""
    groups: dict[str, GroupMetrics]
    """The tests of each label that the source gives them, as in ``base`` and ``plus``; empty where it gives none."""
    robustness_gap: Estimate | None
    """pass@1 on basic minus pass@1 on edge, paired by problem: how much the easy inputs flatter."""
    first_failing_tier: dict[Tier | Literal["none"], int]
    """Graded samples by the first tier they fail; ``none`` passed them all."""

    def named(self) -> dict[str, Estimate | None]:
        """Every rate by the name that thresholds use; a bare name is pass@1."""
        groups: dict[str, dict[int, Estimate | None]] = {"strict": self.strict}
        groups |= {tier.value: metrics.pass_at for tier, metrics in self.tiers.items()}
        groups["original"] = self.original.pass_at if self.original else {}
        groups |= {name: metrics.pass_at for name, metrics in self.groups.items() if name not in groups}
        names = {
            name if k == 1 else f"{name}@{k}": estimate
            for name, pass_at in groups.items()
            for k, estimate in pass_at.items()
        }
        for tier, metrics in self.tiers.items():
            names[f"rate.{tier}"] = metrics.pass_rate
            names[f"through.{tier}"] = metrics.through
            names[f"given.{tier}"] = metrics.given_earlier
        return names

    @property
    def headline(self) -> Estimate | None:
        """pass@1 on all tiers, or on the original tests where there are no tiers."""
        groups = self.strict or (self.original.pass_at if self.original else {})
        return groups.get(1)

    @property
    def tier_rates(self) -> dict[Tier, float]:
        """pass@1 on each tier that has graded samples."""
        return {tier: rate.value for tier, metrics in self.tiers.items() if (rate := metrics.pass_at.get(1))}

    def value(self, name: str) -> float:
        """Look up one rate, in [0, 1], by its name: ``strict``, ``edge@5``, ``through.complex``, ``original``, ….

        Raises:
            UserError: this run has no such rate, or nothing that it could be computed from was graded.
        """
        names = self.named()
        key = name.removesuffix("@1")
        if key not in names:
            raise UserError(f"unknown metric {name!r}; this run has {', '.join(names)}{did_you_mean(key, names)}")
        estimate = names[key]
        if estimate is not None:
            return estimate.value
        if self.counts.ungraded == self.counts.samples:
            raise UserError(f"{name} has no value: everything was ungraded; resume the run to grade it")
        raise UserError(f"{name} has no value: no graded sample counts towards it")


def pass_at_k(n: int, c: int, k: int) -> float:
    """Chance that at least one of k samples passes, drawn without replacement from n of which c pass.

    The unbiased estimator 1 - C(n - c, k) / C(n, k) of Chen et al. 2021 (arXiv 2107.03374, equation 1), as the
    product that they give for numerical stability.

    Raises:
        UserError: not 0 <= c <= n or not 1 <= k <= n; with k > n the formula would quietly give 1.
    """
    if not (0 <= c <= n and 1 <= k <= n):
        raise UserError(f"pass@k needs 1 <= k <= n and 0 <= c <= n, got n={n}, c={c}, k={k}")
    # With fewer than k failures one factor is 0: every draw holds a passing sample.
    return 1.0 - math.prod(1.0 - k / i for i in range(n - c + 1, n + 1))


def summarise(matrices: Sequence[VerdictMatrix], ks: Iterable[int] = (1,)) -> Metrics:
    """Compute all metrics of a run.

    Args:
        matrices: one per problem, a row per sample. A pending sample is a row of `UNGRADED`.
        ks: the k of pass@k; 1 is always among them.

    Raises:
        DataError: no matrices, one without tests or samples, or two of the same problem.
        UserError: a k below 1, or above the number of samples of every problem. A problem with fewer than k graded
            samples is left out of pass@k (`Counts.left_out`).
    """
    wanted = tuple(sorted({1, *ks}))
    _check(matrices, wanted)
    problems = [_Graded.of(matrix) for matrix in matrices]
    tiers = [tier for tier in TIERS if any(tier in matrix.tiers for matrix in matrices)]
    original = _group(matrices, problems, None, wanted)
    return Metrics(
        counts=_counts(matrices, problems, wanted),
        tiers={tier: _tier(_group(matrices, problems, tier, wanted), problems, tier) for tier in tiers},
        strict=_pass_at([problem.passes_through(tiers[-1]) for problem in problems], wanted) if tiers else {},
        original=original if original.tests else None,
        groups={label: _group_of(label, matrices, wanted) for label in _labels(matrices)},
        robustness_gap=_gap(problems, Tier.BASIC, Tier.EDGE),
        first_failing_tier=_first_failing(problems, tiers),
    )


@dataclass(frozen=True, slots=True)
class _Graded:
    """The graded samples of one problem.

    Attributes:
        tiers: one label per test.
        rows: one verdict per test, for each sample without an `UNGRADED` verdict.
        samples: for each of these, by tier (None: the original tests), whether it passed all the tier's tests; tiers
            that the problem lacks have no key.
    """

    tiers: tuple[Tier | None, ...]
    rows: list[tuple[Verdict, ...]]
    samples: list[dict[Tier | None, bool]]

    @classmethod
    def of(cls, matrix: VerdictMatrix) -> "_Graded":
        rows = [row for row in matrix.rows if Verdict.UNGRADED not in row]
        samples: list[dict[Tier | None, bool]] = [{} for _ in rows]
        for row, sample in zip(rows, samples, strict=True):
            for tier, verdict in zip(matrix.tiers, row, strict=True):
                sample[tier] = sample.get(tier, True) and verdict is Verdict.PASSED
        return cls(matrix.tiers, rows, samples)

    def passes(self, tier: Tier | None) -> list[bool]:
        """Whether each sample passes one tier; empty where the problem has no such tests."""
        return [sample[tier] for sample in self.samples if tier in sample]

    def passes_through(self, tier: Tier) -> list[bool]:
        """Whether each sample passes all tests up to and including this tier; empty where there are none."""
        upto = [other for other in TIERS if other <= tier and other in self.tiers]
        return [all(sample[other] for other in upto) for sample in self.samples] if upto else []

    def passes_given_earlier(self, tier: Tier) -> list[bool]:
        """Whether each sample that passes all earlier tiers passes this one too."""
        earlier = [other for other in TIERS if other < tier and other in self.tiers]
        return [s[tier] for s in self.samples if tier in s and all(s[other] for other in earlier)]

    def tests_passed(self, tier: Tier | None) -> list[bool]:
        """Whether each single test of a tier was passed, over all samples."""
        columns = [i for i, label in enumerate(self.tiers) if label is tier]
        return [row[i] is Verdict.PASSED for row in self.rows for i in columns]


def _check(matrices: Sequence[VerdictMatrix], ks: Sequence[int]) -> None:
    if not matrices:
        raise DataError("there are no graded problems to compute metrics from")
    if min(ks) < 1:
        raise UserError(f"pass@{min(ks)} does not exist; k starts at 1")
    seen: set[str] = set()
    for matrix in matrices:
        if matrix.problem_id in seen:
            raise DataError(f"problem {matrix.problem_id!r} was given twice; its samples belong in one matrix")
        seen.add(matrix.problem_id)
        if not matrix.tiers or not matrix.rows:
            raise DataError(f"problem {matrix.problem_id!r} has no tests or no samples")
    most = max(len(matrix.rows) for matrix in matrices)
    if most < max(ks):
        raise UserError(
            f"pass@{max(ks)} needs {max(ks)} samples of a problem, but no problem has more than {most}; draw more "
            "samples or ask for a smaller k"
        )


def _group(
    matrices: Sequence[VerdictMatrix], problems: Sequence[_Graded], tier: Tier | None, ks: Sequence[int]
) -> GroupMetrics:
    sizes = [problem.tiers.count(tier) for problem in problems]
    verdicts = Counter(
        verdict
        for matrix in matrices
        for row in matrix.rows
        for verdict, label in zip(row, matrix.tiers, strict=True)
        if label is tier
    )
    return GroupMetrics(
        problems=sum(size > 0 for size in sizes),
        tests=sum(sizes),
        pass_rate=_share([problem.tests_passed(tier) for problem in problems]),
        pass_at=_pass_at([problem.passes(tier) for problem in problems], ks),
        verdicts={verdict: verdicts[verdict] for verdict in Verdict if verdict in verdicts},
    )


def _labels(matrices: Sequence[VerdictMatrix]) -> list[str]:
    return list(dict.fromkeys(label for matrix in matrices for label in matrix.groups if label is not None))


def _group_of(label: str, matrices: Sequence[VerdictMatrix], ks: Sequence[int]) -> GroupMetrics:
    """The metrics of the tests with one label; a sample that is ungraded anywhere is left out here, too."""
    columns = [_wholly_ungraded(matrix).only(label) for matrix in matrices]
    untiered = [replace(matrix, tiers=(None,) * len(matrix.tiers)) for matrix in columns]
    return _group(untiered, [_Graded.of(matrix) for matrix in untiered], None, ks)


def _wholly_ungraded(matrix: VerdictMatrix) -> VerdictMatrix:
    ungraded = (Verdict.UNGRADED,) * len(matrix.tiers)
    return replace(matrix, rows=tuple(ungraded if Verdict.UNGRADED in row else row for row in matrix.rows))


def _tier(group: GroupMetrics, problems: Sequence[_Graded], tier: Tier) -> TierMetrics:
    return TierMetrics(
        **dict(group),
        through=_pass_at([problem.passes_through(tier) for problem in problems], (1,))[1],
        given_earlier=_share([problem.passes_given_earlier(tier) for problem in problems]),
    )


def _share(outcomes: Sequence[Sequence[bool]]) -> Estimate | None:
    """The share of all outcomes that are true, clustered by problem."""
    sizes = [len(passed) for passed in outcomes]
    return proportion([sum(passed) for passed in outcomes], sizes, sum(sizes))


def _pass_at(outcomes: Sequence[Sequence[bool]], ks: Iterable[int]) -> dict[int, Estimate | None]:
    """pass@k as the mean over the problems that have at least k outcomes."""
    estimates = {}
    for k in ks:
        enough = [passed for passed in outcomes if len(passed) >= k]
        chances = [pass_at_k(len(passed), sum(passed), k) for passed in enough]
        estimates[k] = proportion(chances, [1.0] * len(enough), sum(map(len, enough)))
    return estimates


def _gap(problems: Sequence[_Graded], easy: Tier, hard: Tier) -> Estimate | None:
    pairs = [list(zip(problem.passes(easy), problem.passes(hard), strict=False)) for problem in problems]
    differences = [sum(a - b for a, b in pair) / len(pair) for pair in pairs if pair]
    return mean_difference(differences, sum(map(len, pairs)))


def _first_failing(problems: Sequence[_Graded], tiers: Sequence[Tier]) -> dict[Tier | Literal["none"], int]:
    histogram: dict[Tier | Literal["none"], int] = dict.fromkeys([*tiers, "none"], 0) if tiers else {}
    for problem in problems:
        if set(problem.tiers) != {None}:
            for sample in problem.samples:
                histogram[next((tier for tier in tiers if not sample.get(tier, True)), "none")] += 1
    return histogram


def _counts(matrices: Sequence[VerdictMatrix], problems: Sequence[_Graded], ks: Sequence[int]) -> Counts:
    rows = [row for matrix in matrices for row in matrix.rows]
    few = {
        k: tuple(sorted(m.problem_id for m, found in zip(matrices, problems, strict=True) if len(found.rows) < k))
        for k in ks
    }
    return Counts(
        problems=len(matrices),
        samples=len(rows),
        tests=sum(len(matrix.tiers) for matrix in matrices),
        no_code=sum(Verdict.NO_CODE in row for row in rows),
        truncated=sum(Verdict.TRUNCATED in row for row in rows),
        ungraded=sum(Verdict.UNGRADED in row for row in rows),
        left_out={k: len(ids) for k, ids in few.items()},
        left_out_ids={k: ids for k, ids in few.items() if ids},
    )
