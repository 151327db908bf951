"""Two models on the same problems: paired differences with honest intervals."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarot_bench.metrics.comparison import compare_verdicts
from tarot_bench.metrics.intervals import t_quantile
from tarot_bench.problem import Tier
from tarot_bench.verdict import Verdict, VerdictMatrix

P, F, U = Verdict.PASSED, Verdict.WRONG_ANSWER, Verdict.UNGRADED
TIERS = (Tier.BASIC, Tier.EDGE)


def matrices(*problems, tiers=TIERS):
    return [VerdictMatrix(f"p{number}", tiers, rows) for number, rows in enumerate(problems)]


def test_each_tier_has_its_paired_difference():
    first = matrices(((P, F),), ((P, F),), ((F, F),), ((F, F),))
    second = matrices(((P, F),), ((P, P),), ((P, F),), ((F, F),))
    found = compare_verdicts(first, second).differences
    assert list(found) == ["strict", "basic", "edge"]
    assert (found["basic"].first, found["basic"].second) == (0.5, 0.75)
    estimate = found["basic"].difference
    half = t_quantile(3) * math.sqrt((3 * 0.25**2 + 0.75**2) / 3 / 4)
    assert (estimate.value, estimate.low, estimate.high) == pytest.approx((0.25, 0.25 - half, min(0.25 + half, 1)))
    assert estimate.problems == 4
    assert found["strict"].difference.value == 0.25


def test_ungraded_samples_and_problems_of_one_model_alone_are_left_out_and_counted():
    first = matrices(((P, P), (P, U)), ((U, U),), ((P, P),))
    second = matrices(((F, F), (P, P)), ((P, P),))
    comparison = compare_verdicts(first, second)
    assert comparison.uncompared == 2
    assert comparison.differences["strict"].difference.value == -0.5
    assert comparison.differences["strict"].difference.problems == 1
    assert compare_verdicts(first, matrices(((U, U),))).differences == {}


def test_only_tiers_that_both_models_have_are_compared_whichever_comes_first():
    basic, both = matrices(((P,),), tiers=(Tier.BASIC,)), matrices(((P, F),))
    for one, other in ((basic, both), (both, basic)):
        found = compare_verdicts(one, other).differences
        assert {name: each.difference.value for name, each in found.items()} == {"strict": 0, "basic": 0}


def test_tests_without_a_tier_are_compared_as_original():
    found = compare_verdicts(matrices(((F,),), tiers=(None,)), matrices(((P,),), tiers=(None,))).differences
    assert list(found) == ["original"]
    assert found["original"].difference.value == 1.0


def test_a_line_for_each_tier_is_printed():
    text = str(compare_verdicts(matrices(((P, F),), ((F, F),)), matrices(((P, F),), ((P, F),))))
    assert text.splitlines()[1].startswith("basic    50.0 % -> 100.0 %   +50.0 pp [")


ROWS = st.lists(st.tuples(st.sampled_from([P, F, U]), st.sampled_from([P, F])), min_size=1, max_size=4).map(tuple)


@given(st.lists(st.tuples(ROWS, ROWS), min_size=1, max_size=8))
def test_swapping_the_models_swaps_the_signs(problems):
    first, second = matrices(*(one for one, _ in problems)), matrices(*(other for _, other in problems))
    there, back = compare_verdicts(first, second), compare_verdicts(second, first)
    assert there.uncompared == back.uncompared
    for name, found in there.differences.items():
        mirrored = back.differences[name].difference
        assert (-mirrored.value, -mirrored.high, -mirrored.low) == pytest.approx(
            (found.difference.value, found.difference.low, found.difference.high)
        )
        assert found.difference.value == pytest.approx(found.second - found.first)
