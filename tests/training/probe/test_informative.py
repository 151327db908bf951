"""Informative groups: the formula, its unbiased estimate, and the bound where there is none."""

import math
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tarot_bench.training.probe.informative import informative_share, mean_share

probabilities = st.floats(0, 1)


def binomial(n, k, p):
    return math.comb(n, k) * p**k * (1 - p) ** (n - k)


@settings(deadline=None)
@given(probabilities, st.integers(2, 6), st.integers(0, 6))
def test_from_enough_samples_the_estimate_is_right_on_average(p, group, more):
    """Summed over everything that n samples can be, weighted by how likely that is."""
    n = group + more
    mean = sum(binomial(n, k, p) * informative_share([True] * k + [False] * (n - k), group) for k in range(n + 1))
    assert mean == pytest.approx(1 - p**group - (1 - p) ** group, abs=1e-9)


@settings(deadline=None)
@given(probabilities, st.integers(3, 8), st.integers(2, 7))
def test_from_fewer_samples_it_is_too_low_on_average_never_too_high(p, group, n):
    if n >= group:
        return
    mean = sum(binomial(n, k, p) * informative_share([True] * k + [False] * (n - k), group) for k in range(n + 1))
    assert mean <= 1 - p**group - (1 - p) ** group + 1e-9


@settings(deadline=None)
@given(st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=4, max_size=9))
def test_of_many_outcomes_it_is_the_share_of_all_groups_that_could_be_drawn(rewards):
    drawn = list(combinations(rewards, 4))
    assert informative_share(rewards, 4) == pytest.approx(sum(len(set(g)) > 1 for g in drawn) / len(drawn), abs=1e-9)


def test_one_sample_says_nothing_of_groups():
    assert informative_share([1.0], 8) is None
    assert informative_share([], 8) is None


def test_the_mean_is_over_problems_that_say_something():
    found = mean_share({"a": 1.0, "b": 0.0, "c": 0.5, "d": None, "e": -1e-17}, 12)
    assert (found.value, found.problems, found.n) == (0.375, 4, 12)
    assert found.low < 0.375 < found.high
    assert mean_share({"d": None}, 1) is None
