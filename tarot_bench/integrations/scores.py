"""The names under which a sample's results are shown in other frameworks; those of `Metrics.named`."""

from collections.abc import Iterable, Mapping

from tarot_bench.problem import TIERS, Problem
from tarot_bench.verdict import Grade, Verdict


def score_names(problems: Iterable[Problem]) -> list[str]:
    """The names of a benchmark's scores, the main one first: ``strict`` if it has tiers, else ``original``."""
    tests = [test for problem in problems for test in problem.all_tests]
    tiers = [tier.value for tier in TIERS if any(test.tier is tier for test in tests)]
    original = ["original"] if any(test.tier is None for test in tests) else []
    groups = dict.fromkeys(test.group for test in tests if test.group)
    return [*(["strict"] if tiers else []), *tiers, *original, *groups]


def passed(made: Grade) -> Mapping[str, bool]:
    """Whether a graded completion passed the tests, by the names of `score_names` that its problem has."""
    scopes: dict[str, bool] = {}
    for result in made.results:
        for scope in filter(None, (result.tier or "original", "strict" if result.tier else None, result.group)):
            scopes[scope] = scopes.get(scope, True) and result.verdict is Verdict.PASSED
    return scopes
