"""What a model may have seen against what it cannot have seen."""

from datetime import date

import numpy as np
import pytest

from tarot_bench.metrics.contamination import contamination, newcombe
from tarot_bench.metrics.intervals import proportion
from tarot_bench.problem import Tier
from tarot_bench.verdict import Verdict, VerdictMatrix

P, W, U = Verdict.PASSED, Verdict.WRONG_ANSWER, Verdict.UNGRADED
OLD, NEW = date(2024, 1, 1), date(2026, 1, 1)


def matrix(name: str, *rows: tuple[Verdict, Verdict, Verdict]) -> VerdictMatrix:
    return VerdictMatrix(name, (Tier.BASIC, Tier.EDGE, None), rows)


def test_original_tests_are_compared_with_all_tiers_of_the_same_problems():
    found = contamination([matrix("a", (P, W, P), (P, P, P)), matrix("b", (W, W, P)), matrix("c", (P, P, P))], {})
    assert found.original_minus_tiers.value == pytest.approx((0.5 + 1 + 0) / 3)
    assert (found.original_minus_tiers.problems, found.original_minus_tiers.n) == (3, 4)
    assert (found.before, found.after, found.undated) == (None, None, 0)


def test_ungraded_samples_and_problems_without_both_kinds_of_tests_do_not_count():
    tiers_only = VerdictMatrix("t", (Tier.EDGE,), ((P,),))
    found = contamination([matrix("a", (P, W, P), (U, P, P)), tiers_only], {})
    assert (found.original_minus_tiers.value, found.original_minus_tiers.n) == (1.0, 1)
    assert contamination([tiers_only], {}) is None
    assert contamination([matrix("a", (U, U, U))], {}) is None


def test_problems_are_old_before_the_cut_off_and_new_from_that_day_on():
    made = [matrix("a", (P, P, P)), matrix("b", (P, P, P)), matrix("c", (P, W, P)), matrix("d", (P, P, P))]
    found = contamination(made, {"a": OLD, "b": NEW, "c": NEW, "elsewhere": OLD}, cutoff=NEW)
    assert (found.before.value, found.after.value, found.before_minus_after.value) == (1.0, 0.5, 0.5)
    assert (found.before.problems, found.after.problems, found.undated) == (1, 2, 1)
    assert contamination(made, {"a": OLD}, cutoff=NEW).before_minus_after is None


def test_the_interval_of_the_difference_covers_it_about_95_times_in_100():
    rng = np.random.default_rng(5)
    covered = 0
    for _ in range(400):
        one, other = rng.random(60) < 0.7, rng.random(40) < 0.5
        rates = [proportion([float(hit) for hit in hits], [1.0] * len(hits), len(hits)) for hits in (one, other)]
        found = newcombe(*rates)
        covered += found.low <= 0.2 <= found.high
    assert covered >= 368  # 92 %
