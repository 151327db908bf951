"""Running estimates of problems: right for a model that stays, quick for one that changes, and kept by a checkpoint."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tarot_bench.problem import TIERS, Tier
from tarot_bench.training.reward.estimates import SolveEstimates
from tests.training.made import grade_of, one_each

patterns = st.text("01?", min_size=4, max_size=4)


def test_nothing_is_known_of_a_new_problem_which_has_the_largest_signal():
    assert SolveEstimates().chance("new", Tier.EDGE) == 0.5
    assert SolveEstimates().signal("new", dict.fromkeys(TIERS, 1.0)) == 1.0


def test_a_batch_counts_completions_that_pass_a_whole_tier():
    estimates = SolveEstimates(decay=0.5)
    half = grade_of({Tier.BASIC: [True, False], Tier.EDGE: [True, True]})
    estimates.update([half, half])
    assert (estimates.chance("p", Tier.BASIC), estimates.chance("p", Tier.EDGE)) == (1 / 4, 3 / 4)
    estimates.update([grade_of({Tier.BASIC: [True], Tier.EDGE: [None]})])  # ungraded: as if it had not been written
    estimates.update([grade_of({Tier.BASIC: [True], Tier.EDGE: [True]})])
    assert estimates.chance("p", Tier.BASIC) == pytest.approx((1 + 1) / (2 + 1 + 1))
    assert estimates.chance("p", Tier.COMPLEX) == 0.5
    assert estimates.signal("p", {Tier.COMPLEX: 1.0}) == 0.0  # it was seen to have no such tier


def test_the_signal_is_largest_at_a_half_and_weighs_tiers():
    estimates = SolveEstimates(decay=1.0)
    estimates.update([one_each("1100"), one_each("1000")] * 50)
    signals = [estimates.signal("p", {tier: 1.0}) for tier in TIERS]
    assert signals == [pytest.approx(0.04, abs=0.01), 1.0, *[pytest.approx(0.04, abs=0.01)] * 2]
    assert estimates.signal("p", {Tier.BASIC: 1.0, Tier.INTERMEDIATE: 3.0}) == pytest.approx(0.76, abs=0.01)


def test_what_a_model_could_not_do_long_ago_is_forgotten():
    estimates = SolveEstimates(decay=0.5)
    for pattern in ["0000"] * 20 + ["1111"] * 5:
        estimates.update([one_each(pattern)] * 4)
    assert estimates.chance("p", Tier.EDGE) > 0.8


@settings(deadline=None)
@given(st.lists(st.lists(st.tuples(patterns, st.sampled_from("pq")), max_size=6), max_size=6), st.integers(0, 6))
def test_estimates_are_chances_and_go_on_from_a_checkpoint_whatever_the_order_within_a_batch(batches, at):
    straight, resumed = SolveEstimates(), SolveEstimates()
    made = [[one_each(pattern, problem) for pattern, problem in batch] for batch in batches]
    for batch in made:
        straight.update(batch)
    for batch in made[:at]:
        resumed.update(batch)
    state = json.loads(json.dumps(resumed.state_dict()))
    resumed = SolveEstimates()
    resumed.load_state_dict(state)
    for batch in made[at:]:
        resumed.update(reversed(batch))
    assert resumed.state_dict() == straight.state_dict()
    assert all(0 < straight.chance(problem, tier) < 1 for problem in "pq" for tier in TIERS)
