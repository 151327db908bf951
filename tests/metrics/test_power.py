"""The difference that problems can find, and the problems that a difference needs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarot_bench.metrics.intervals import mean_difference
from tarot_bench.metrics.power import Spread, detectable, gap_of, problems_for, spread_of

SPREADS = st.builds(Spread, st.floats(0, 0.2), st.floats(0.01, 0.5))


@given(SPREADS, st.floats(0.005, 0.5), st.integers(1, 20))
def test_the_problems_for_a_gap_find_it_and_one_fewer_do_not(spread, gap, samples):
    needed = problems_for(spread, gap, samples)
    assert gap_of(spread, needed, samples) <= gap * (1 + 1e-9)
    if needed > 1:
        assert gap_of(spread, needed - 1, samples) >= gap * (1 - 1e-9)


@given(SPREADS, st.integers(2, 500))
def test_more_samples_never_find_less(spread, problems):
    assert gap_of(spread, problems, 10) <= gap_of(spread, problems, 1)


def test_problems_without_spread_say_nothing_about_what_they_could_find():
    assert detectable([0.5]) is None
    assert detectable([0.0, 0.0, 0.0]) is None
    assert detectable([0.4 - 0.1, 0.7 - 0.4]) is None, "equal, but not as floats"
    assert detectable([0.0, 1.0]) == pytest.approx(2.8015852 * 0.5)


def test_a_gap_is_found_about_as_often_as_the_power_says():
    rng = np.random.default_rng(7)
    rates = rng.beta(1, 1, 400)
    gap, samples = 0.05, 8
    spread = spread_of({str(i): rng.binomial(samples, rate) / samples for i, rate in enumerate(rates)}, samples, gap)
    problems = problems_for(spread, gap, samples)
    found = 0
    for _ in range(300):
        first = rng.beta(1, 1, problems)
        second = np.clip(first + gap * first * (1 - first) * 6, 0, 1)  # p (1 - p) is 1/6 on average
        changes = (rng.binomial(samples, second) - rng.binomial(samples, first)) / samples
        estimate = mean_difference(list(changes), 2 * samples * problems)
        found += estimate is not None and estimate.low > 0
    assert 0.72 <= found / 300 <= 0.88


def test_one_sample_per_problem_gives_an_upper_bound():
    spread = spread_of({"a": 0.0, "b": 1.0}, 1, 0.1)
    assert (spread.between, spread.within) == (0.0, 0.5)
