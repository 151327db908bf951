"""What the order of the data learns from the reward while training goes on."""

from tarot_bench.training.data.order import sampler_for
from tarot_bench.training.data.sampler import DealtBlocks
from tarot_bench.training.recipe import DataSettings
from tarot_bench.training.reward.estimates import SolveEstimates
from tarot_bench.training.reward.tier_reward import TierReward
from tests.training.made import one_each

IDS = [f"p{number}" for number in range(8)]


def sampler(order, reward):
    make = sampler_for(DataSettings(order=order), reward.curriculum, IDS, reward, DealtBlocks())
    return make(batch_size=2, blocks=40, seed=0)


def test_the_hardest_problems_are_those_that_the_reward_saw_fail():
    reward = TierReward("hard_focus")
    made = sampler("curriculum", reward)
    assert made.pool(0.7) == [6, 7]
    reward.statistics.update([one_each("1111", "p6"), one_each("0001", "p3"), one_each("1111", "p7")])
    assert made.pool(0.7) == [3, 5]


def test_an_adaptive_curriculum_opens_the_levels_of_its_next_stage_early():
    reward = TierReward("adaptive_forward")
    made = sampler("curriculum", reward)
    assert {row for number in range(4) for row in made.block(number)} == {0, 1}
    for step in range(3):
        reward.pace.observe([one_each("1111")] * 256, step / 40)
    assert [switch.stage for switch in reward.pace.switches] == [1]
    assert {row for number in range(4, 8) for row in made.block(number)} == {0, 1, 2, 3}


def test_dynamic_sampling_follows_the_active_tiers_of_the_problems_that_the_reward_saw():
    estimates = SolveEstimates()
    reward = TierReward("uniform", estimates=estimates)
    estimates.update([one_each("1000", "p0"), one_each("1100", "p0")] * 8)
    basic = TierReward("basic_only", estimates=estimates)
    assert reward.signal("p1", 0.0) == 1.0
    assert reward.signal("p0", 0.0) < 0.4  # basic alone, which it always solves
    assert 0.6 < reward.signal("p0", 0.2) < 0.75  # and intermediate, which it solves half of the time
    seen = [row for number in range(100, 200) for row in sampler("dynamic", basic).block(number)]
    assert seen.count(0) < min(seen.count(row) for row in range(1, 8))


def test_rows_that_keep_their_order_need_no_sampler():
    reward = TierReward("static")
    assert sampler_for(DataSettings(order="as_given"), reward.curriculum, IDS, reward, DealtBlocks()) is None
