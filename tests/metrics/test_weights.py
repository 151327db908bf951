"""The range of places over all weights of the tiers is that of a fine grid of weights."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tarot_bench.metrics.ranking import rank
from tarot_bench.metrics.weights import place_ranges
from tarot_bench.problem import TIERS

STEPS = 24


def grid(tiers: int) -> np.ndarray:
    points = np.stack(np.meshgrid(*[np.arange(STEPS + 1)] * tiers, indexing="ij"), axis=-1).reshape(-1, tiers)
    return points[points.sum(axis=1) == STEPS] / STEPS


def places_on_the_grid(rates: np.ndarray) -> list[tuple[int, int]]:
    scores = rates @ grid(rates.shape[1]).T
    places = [1 + np.sum(scores - one > 1e-9, axis=0) for one in scores]
    return [(int(place.min()), int(place.max())) for place in places]


tables = st.tuples(st.integers(1, 6), st.integers(1, 4)).flatmap(
    lambda shape: arrays(float, shape, elements=st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0]))
)


@settings(max_examples=60, deadline=None)
@given(tables)
def test_the_range_is_that_of_a_grid_that_is_fine_enough_for_these_rates(rates):
    assert place_ranges(rates) == places_on_the_grid(rates)


@settings(max_examples=40, deadline=None)
@given(arrays(float, (5, 4), elements=st.floats(0, 1)))
def test_no_weights_of_a_grid_give_a_place_outside_the_range(rates):
    for found, seen in zip(place_ranges(rates), places_on_the_grid(rates), strict=True):
        assert found[0] <= seen[0]
        assert seen[1] <= found[1]


def test_a_place_that_only_a_narrow_cone_of_weights_gives_is_found():
    # First only where both others are behind: by 1 % of the weight around (1/2, 1/2, 0, 0).
    rates = np.array([[0.5, 0.5, 0.0, 0.0], [0.99, 0.0, 0.0, 0.0], [0.0, 0.99, 0.0, 0.0]])
    assert place_ranges(rates)[0] == (1, 2)


def test_equal_models_share_their_places_and_a_better_one_on_every_tier_is_always_first():
    rates = np.array([[0.9] * 4, [0.5, 0.4, 0.3, 0.2], [0.5, 0.4, 0.3, 0.2], [0.1] * 4])
    assert place_ranges(rates) == [(1, 1), (2, 2), (2, 2), (4, 4)]


def test_ranking_takes_the_tiers_that_all_models_have():
    rates = {"a": {"p": 1.0}, "b": {"p": 0.0}}
    specialists = {"a": dict(zip(TIERS, (0.9, 0.8, 0.7, 0.1), strict=True)), "b": {TIERS[0]: 0.8, TIERS[3]: 0.2}}
    assert [each.weighted_ranks for each in rank(rates, specialists)] == [(1, 2), (1, 2)]
    assert [each.weighted_ranks for each in rank(rates, {"a": {TIERS[0]: 0.9}, "b": {}})] == [None, None]
    assert [each.weighted_ranks for each in rank(rates)] == [None, None]
