"""Rank bands: models that the problems cannot tell apart share one."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tarot_bench.metrics.ranking import rank


def drawn(rng, gaps, problems=200, samples=4):
    base = rng.beta(0.6, 0.6, problems)
    rates = {}
    for place, gap in enumerate(gaps):
        passing = np.clip(base + gap * base * (1 - base), 0, 1)
        rates[f"m{place}"] = {f"p{i}": passed / samples for i, passed in enumerate(rng.binomial(samples, passing))}
    return rates


def test_models_that_differ_clearly_have_bands_of_their_own():
    rng = np.random.default_rng(1)
    ranked = rank(drawn(rng, [0.0, 3.0, -3.0]))
    assert [(each.name, each.band, each.ranks) for each in ranked] == [
        ("m1", 1, (1, 1)),
        ("m0", 2, (2, 2)),
        ("m2", 3, (3, 3)),
    ]


def test_equal_models_share_a_band():
    rng = np.random.default_rng(2)
    shared = 0
    for _ in range(20):
        bands = {each.name: each.band for each in rank(drawn(rng, [0.0, 0.0, 0.0, 2.5]))}
        shared += len({bands["m0"], bands["m1"], bands["m2"]}) == 1
    assert shared >= 18


def test_so_few_problems_that_chance_explains_any_difference_tell_no_models_apart():
    for count in (2, 3, 5):  # 2 / 2**5 is more than 5 %
        ranked = rank({"a": {str(i): 1.0 for i in range(count)}, "b": {str(i): 0.0 for i in range(count)}})
        assert [(each.name, each.band, each.ranks) for each in ranked] == [("a", 1, (1, 2)), ("b", 1, (1, 2))]


def test_only_problems_that_all_models_have_count():
    ranked = rank({"a": {"p": 1.0, "q": 0.0}, "b": {"p": 0.0, "r": 1.0}})
    assert [(each.name, each.rate, each.band) for each in ranked] == [("a", 1.0, 1), ("b", 0.0, 1)]
    assert rank({"a": {"p": 1.0}, "b": {"q": 1.0}}) == []
    assert rank({}) == []


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=6, max_size=6), min_size=1, max_size=4))
def test_bands_and_ranks_are_consistent(table):
    ranked = rank({f"m{i}": {f"p{j}": rate for j, rate in enumerate(rates)} for i, rates in enumerate(table)})
    assert [each.rate for each in ranked] == sorted((each.rate for each in ranked), reverse=True)
    bands = [each.band for each in ranked]
    assert bands[0] == 1
    assert all(later - earlier in (0, 1) for earlier, later in pairwise(bands))
    for place, each in enumerate(ranked, 1):
        assert 1 <= each.ranks[0] <= place <= each.ranks[1] <= len(ranked)
    assert pytest.approx(ranked[0].rate) == max(sum(rates) / 6 for rates in table)
