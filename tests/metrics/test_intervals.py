import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarot_bench.metrics.intervals import Estimate, mean_difference, proportion, t_quantile

unit = st.floats(0, 1)


@pytest.mark.parametrize(
    ("df", "published"),
    [(1, 12.7062), (2, 4.3027), (3, 3.1824), (4, 2.7764), (5, 2.5706), (10, 2.2281), (30, 2.0423), (120, 1.9799)],
)
def test_t_quantiles_agree_with_the_published_table(df, published):
    assert t_quantile(df) == pytest.approx(published, rel=0.0012)


def test_wilson_agrees_with_a_published_example_where_problems_are_many():
    # Newcombe 1998, Statistics in Medicine 17:857, table I: 81 of 263 gives 0.2553 to 0.3662.
    estimate = proportion([1.0] * 81 + [0.0] * 182, [1.0] * 263, 263)
    assert (estimate.low, estimate.high) == (pytest.approx(0.2553, abs=0.002), pytest.approx(0.3662, abs=0.002))


def test_the_paired_interval_agrees_with_bonett_and_price_where_all_problems_agree():
    # n = 100 concordant pairs: pseudo-frequencies of 1 give 0 +- z * sqrt(2 / 102 / 102).
    estimate = mean_difference([0.0] * 100, 100)
    assert (estimate.low, estimate.high) == (pytest.approx(-0.0275, abs=0.001), pytest.approx(0.0275, abs=0.001))


@given(st.lists(st.tuples(unit, st.integers(0, 9)), max_size=12))
def test_a_proportion_lies_inside_its_interval_inside_zero_and_one(problems):
    hits, trials = [rate * trial for rate, trial in problems], [trial for _, trial in problems]
    estimate = proportion(hits, trials, sum(trials))
    if not any(trials):
        assert estimate is None
    else:
        assert 0 <= estimate.low <= estimate.value <= estimate.high <= 1
        assert estimate.problems == sum(trial > 0 for trial in trials)


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=12))
def test_a_difference_lies_inside_its_interval_inside_minus_one_and_one(differences):
    estimate = mean_difference(differences, len(differences))
    assert -1 <= estimate.low <= estimate.value + 1e-12
    assert estimate.value - 1e-12 <= estimate.high <= 1


@given(st.lists(st.tuples(unit, st.integers(1, 9)), min_size=2, max_size=12), st.randoms())
def test_the_order_of_problems_does_not_matter(problems, rng):
    def estimate(pairs):
        return proportion([rate * trial for rate, trial in pairs], [trial for _, trial in pairs], 50)

    shuffled = rng.sample(problems, len(problems))
    assert estimate(shuffled).model_dump() == pytest.approx(estimate(problems).model_dump())


def test_one_problem_says_nothing_about_others():
    assert proportion([7.0], [10.0], 10) == Estimate(value=0.7, low=0, high=1, n=10, problems=1)
    assert mean_difference([0.25], 10) == Estimate(value=0.25, low=-1, high=1, n=10, problems=1)


def test_differences_that_are_equal_but_for_rounding_are_equal():
    assert 0.4 - 0.1 != 0.7 - 0.4
    assert mean_difference([0.4 - 0.1, 0.7 - 0.4], 2).low == mean_difference([0.3, 0.3], 2).low == -1


def test_nothing_at_all_has_no_estimate():
    assert proportion([], [], 0) is None
    assert mean_difference([], 0) is None


@pytest.mark.parametrize("rate", [0.0, 1.0])
def test_a_perfect_score_is_as_sure_as_its_problems_are_many_not_its_samples(rate):
    few_samples = proportion([rate] * 50, [1.0] * 50, 50)
    many_samples = proportion([rate * 100] * 50, [100.0] * 50, 5000)
    assert few_samples.high - few_samples.low == pytest.approx(many_samples.high - many_samples.low)
    assert 0.05 < few_samples.high - few_samples.low < 0.1


def test_samples_that_repeat_each_other_do_not_narrow_the_interval():
    alone = proportion([1.0, 0.0] * 20, [1.0] * 40, 40)
    repeated = proportion([10.0, 0.0] * 20, [10.0] * 40, 400)
    assert repeated.high - repeated.low == pytest.approx(alone.high - alone.low)


@pytest.mark.parametrize("last", [5.0, 6.0])
def test_problems_that_agree_by_chance_are_not_more_precise_than_their_samples(last):
    estimate = proportion([5.0, 5.0, 5.0, last], [10.0] * 4, 40)
    assert estimate.high - estimate.low > 0.4


def coverage(draw, estimate, truth, runs=400, seed=7):
    rng = random.Random(seed)
    intervals = [estimate(draw(rng)) for _ in range(runs)]
    return sum(each.low <= truth <= each.high for each in intervals) / runs


@pytest.mark.parametrize(("a", "b"), [(1, 1), (0.3, 0.3), (3, 0.15), (0.2, 2)])
@pytest.mark.parametrize("samples", [1, 5])
def test_intervals_of_30_problems_cover_the_truth_at_least_nine_times_in_ten(a, b, samples):
    def draw(rng):
        rates = [rng.betavariate(a, b) for _ in range(30)]
        return [sum(rng.random() < rate for _ in range(samples)) for rate in rates]

    covered = coverage(draw, lambda hits: proportion(hits, [samples] * 30, 30 * samples), a / (a + b))
    assert covered >= 0.90


@pytest.mark.parametrize("samples", [1, 5])
def test_paired_intervals_of_40_problems_cover_the_true_gap_at_least_nine_times_in_ten(samples):
    def draw(rng):
        rates = [rng.random() for _ in range(40)]
        easy = [sum(rng.random() < rate for _ in range(samples)) for rate in rates]
        hard = [sum(rng.random() < rate**2 for _ in range(samples)) for rate in rates]
        return [(x - y) / samples for x, y in zip(easy, hard, strict=True)]

    assert coverage(draw, lambda gaps: mean_difference(gaps, 40 * samples), 1 / 2 - 1 / 3) >= 0.90


def test_counting_samples_as_independent_would_not_cover():
    """The reason for clustering: the naive interval of 30 problems with 20 equal samples each mostly misses."""

    def draw(rng):
        return [float(rng.random() < 0.5) for _ in range(30)]

    def naive(hits):
        each = [hit for hit in hits for _ in range(20)]
        return proportion(each, [1.0] * len(each), len(each))

    assert coverage(draw, naive, 0.5) < 0.5
    assert coverage(draw, lambda hits: proportion(hits, [1.0] * 30, 600), 0.5) >= 0.90
