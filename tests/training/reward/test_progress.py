"""Progress is one number with one meaning, given by hand or read from TRL's state."""

from types import SimpleNamespace

import pytest

from tarot_bench.errors import RecipeError
from tarot_bench.problem import Tier
from tarot_bench.training.reward.progress import progress_in_trl
from tarot_bench.training.reward.tier_reward import TierReward
from tests.training.problems import COUNT, fenced, passing

PROBLEM = [COUNT.model_dump_json()]


def state(step, steps=10):
    return SimpleNamespace(global_step=step, max_steps=steps)


def test_a_reward_is_the_same_whoever_tells_the_progress(sandbox):
    reward = TierReward("uniform", "fraction", sandbox)
    text = [passing(Tier.BASIC)]
    by_hand = [reward(text, problem=PROBLEM, progress=step / 10) for step in (0, 2, 10)]
    by_trl = [reward(text, problem=PROBLEM, trainer_state=state(step)) for step in (0, 2, 10)]
    assert by_hand == by_trl == [[1.0], [0.5], [0.25]]
    assert reward(text, problem=PROBLEM, progress=0.2, trainer_state=state(10)) == [0.5]


def test_a_training_of_no_steps_is_at_its_beginning_and_one_that_overran_at_its_end():
    assert progress_in_trl(state(0, 0)) == 0.0
    assert progress_in_trl(state(11, 10)) == 1.0


def test_without_progress_only_a_curriculum_that_never_changes_will_do(sandbox):
    gold = [fenced(COUNT.solution)]
    assert TierReward("static", "fraction", sandbox)(gold, problem=PROBLEM) == [1.0]
    with pytest.raises(RecipeError, match=r"'uniform' changes .*pass progress=") as caught:
        TierReward("uniform", "fraction", sandbox)(gold, problem=PROBLEM)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("progress", [-0.1, 1.5, 30, float("nan")])
def test_steps_or_percent_in_place_of_a_share_are_refused(sandbox, progress):
    with pytest.raises(RecipeError, match=r"share of training that is done, in \[0, 1\], not"):
        TierReward("static", "fraction", sandbox)(["no code"], problem=PROBLEM, progress=progress)
