"""Compute the numbers of one problem, which lm-eval averages over problems.

Only metrics that are means over problems appear here, because lm-eval knows only the mean with its standard error;
`tarot-bench import` of the logged samples gives the rest. Estimators and names are those of `grading.metrics`:
``strict``, ``edge@5``, ``through.complex``, ``base``. A task with one number calls it ``pass@1``, as lm-eval's do.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from tarot_bench.metrics.intervals import Estimate
from tarot_bench.metrics.tiers import Metrics, summarise
from tarot_bench.problem import Problem, Tier
from tarot_bench.verdict import Verdict, VerdictMatrix

_LOWER_IS_BETTER = ("robustness_gap", "no_code", "truncated", "ungraded")


@dataclass(frozen=True, slots=True)
class Measures:
    """Which numbers a task reports.

    Attributes:
        ks: the k of pass@k.
        labels: tier and group of the tests that occur in the data, each pair once.
        by_tier: one set of numbers per tier, and some across tiers; otherwise one pass@k over all tests.
    """

    ks: tuple[int, ...]
    labels: tuple[tuple[Tier | None, str | None], ...]
    by_tier: bool

    @classmethod
    def for_problems(cls, problems: Iterable[Problem], ks: tuple[int, ...], tier: Tier | None) -> "Measures":
        """The measures for a problem set; `tier` is set where the task looks at one tier only."""
        tests = [test for problem in problems for test in problem.all_tests]
        labels = tuple(dict.fromkeys((test.tier, test.group) for test in tests))
        return cls(ks, labels, by_tier=tier is None and any(test.tier for test in tests))

    def of(self, matrix: VerdictMatrix) -> dict[str, float]:
        """The numbers of one problem, by name; those that nothing graded counts towards are left out."""
        metrics = summarise([matrix], self.ks)
        estimates = _tiered(metrics) if self.by_tier else _plain(metrics)
        found = {name: estimate.value for name, estimate in estimates.items() if estimate is not None}
        counts, samples = metrics.counts, len(matrix.rows)
        return found | {
            "no_code": counts.no_code / samples,
            "truncated": counts.truncated / samples,
            "ungraded": counts.ungraded / samples,
        }

    def metric_list(self) -> list[dict[str, str | bool]]:
        """Every name that `of` can give, as a task file's ``metric_list``."""
        tiers, groups = zip(*self.labels, strict=True)
        passed = tuple(tuple(Verdict.PASSED for _ in self.labels) for _ in range(max(self.ks)))
        names = self.of(VerdictMatrix("any", tiers, passed, groups))
        return [
            {"metric": name, "aggregation": "mean", "higher_is_better": name not in _LOWER_IS_BETTER} for name in names
        ]


def _plain(metrics: Metrics) -> dict[str, Estimate | None]:
    """pass@k over all tests, and over those of each group."""
    whole = metrics.strict or (metrics.original.pass_at if metrics.original else {})
    groups = {name: estimate for name, estimate in metrics.named().items() if _base(name) in metrics.groups}
    return {f"pass@{k}": estimate for k, estimate in whole.items()} | groups


def _tiered(metrics: Metrics) -> dict[str, Estimate | None]:
    """Every rate of `evaluate` that is a mean over problems."""
    named = {n: estimate for n, estimate in metrics.named().items() if not n.startswith(("rate.", "given."))}
    return named | {"robustness_gap": metrics.robustness_gap}


def _base(name: str) -> str:
    return name.partition("@")[0]
