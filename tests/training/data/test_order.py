"""What the order of the data learns from the reward while training goes on."""

from types import SimpleNamespace

import pytest

from tarot_bench.training.data.order import _running_rates
from tarot_bench.training.reward.tier_reward import TierReward
from tests.training.made import one_each


@pytest.fixture
def trainer():
    reward = TierReward("hard_focus")
    reward.statistics.update([one_each("1111", "easy"), one_each("0001", "hard")])
    rows = {"problem_id": ["hard", "new", "easy"]}
    return SimpleNamespace(reward_funcs=[reward], accelerator=SimpleNamespace(num_processes=1), train_dataset=rows)


def test_rows_have_the_solve_rates_that_the_reward_has_seen(trainer):
    rates = _running_rates(trainer)
    assert [rates(row) for row in range(3)] == [0.0, None, 1.0]
    trainer.reward_funcs[0].statistics.update([one_each("1111", "new")])
    assert rates(1) == 1.0


def test_processes_that_would_disagree_have_none(trainer):
    trainer.accelerator.num_processes = 2
    assert _running_rates(trainer) is None


def test_a_reward_of_somebody_elses_has_none(trainer):
    trainer.reward_funcs = [len]
    assert _running_rates(trainer) is None
