"""Every shipped curriculum and every reward mode in real trainings of three steps."""

import math
from typing import get_args

import pytest

from tarot_bench.problem import TIERS
from tarot_bench.training.curriculum import shipped_curricula
from tarot_bench.training.reward.modes import RewardMode
from tests.training.taught import steps_of

SHORT = {"evaluation": {}, "trainer": {"max_steps": 3, "save_strategy": "no"}}


@pytest.mark.slow
@pytest.mark.parametrize("name", shipped_curricula())
def test_every_mode_trains_under_the_curriculum(run, name):
    curriculum = shipped_curricula()[name].reseeded(0)
    for mode in get_args(RewardMode):
        steps = steps_of(run(mode, curriculum=name, reward={"mode": mode}, **SHORT))
        active = [tuple(tier for tier in TIERS if step[f"tiers/{tier}/active"]) for step in steps]
        assert active == [curriculum.active(done / 3) for done in range(3)], mode
        assert all(step["reward"] >= 0 and math.isfinite(step["loss"]) for step in steps), mode
        assert mode == "weighted_sum" or all(step["reward"] <= 1 for step in steps), mode
