"""What a completion that loops costs a batch: one time limit, and never its neighbours' rewards."""

import logging

import pytest
from pydantic import ValidationError

from tarot_bench.problem import Tier
from tarot_bench.sandbox import open_sandbox
from tarot_bench.training.reward.limits import RewardLimits
from tarot_bench.training.reward.tier_reward import TierReward
from tarot_bench.verdict import Verdict
from tests.training.problems import COUNT, fenced
from tests.training.reward.test_tier_reward import GOLD, rewarded

LOOP_LATE = fenced("n = int(input())\nwhile n == 14:\n    pass\nfor i in range(n + 1):\n    print(i + 1)")
SHORT = RewardLimits(cpu_s=0.2)


@pytest.mark.parametrize("workers", [1, 2])
def test_tests_after_a_time_out_are_time_limit_and_labelled(workers):
    reward = TierReward("static", "fraction", "local", workers=workers, limits=SHORT)
    metrics, table = {}, {}
    earned = rewarded(reward, LOOP_LATE, GOLD, log_metric=metrics.__setitem__, log_extra=table.__setitem__)
    assert earned == [0.25, 1.0]
    assert table["verdicts"][0] == "basic=PASSED intermediate=TIME_LIMIT complex=TIME_LIMIT edge=TIME_LIMIT"
    assert metrics[f"verdicts/{Verdict.TIME_LIMIT}"] == 3 / 8
    (grade,) = reward._grader.grade([SHORT.applied_to(COUNT)], [LOOP_LATE]).grades
    assert [result.detail.partition(" after")[0] for result in grade.results_at(Tier.INTERMEDIATE)] == ["stopped"]
    assert [result.detail for result in grade.results_at(Tier.EDGE)] == [
        "not run: the program exceeded its time limit on an earlier test"
    ]
    reward.close()


def test_limits_lower_those_of_a_problem_and_never_raise_them():
    lowered = RewardLimits(cpu_s=1, memory_mib=256).applied_to(COUNT).limits
    assert (lowered.cpu_s, lowered.wall_s, lowered.memory_mib) == (1, 10, 256)
    assert RewardLimits(cpu_s=4).applied_to(COUNT).limits.wall_s == 16
    assert RewardLimits(cpu_s=50, memory_mib=10_000).applied_to(COUNT) is COUNT
    assert RewardLimits().applied_to(COUNT) is COUNT
    with pytest.raises(ValidationError):
        RewardLimits(cpu_s=0)


def test_a_memory_limit_of_the_reward_holds():
    with open_sandbox(workers=1) as sandbox:
        greedy = fenced(f"x = bytearray(300 << 20)\n{COUNT.solution}")
        assert rewarded(TierReward("static", "fraction", sandbox), greedy) == [1.0]
        limited = TierReward("static", "fraction", sandbox, limits=RewardLimits(memory_mib=128))
        assert rewarded(limited, greedy, GOLD) == [0.0, 1.0]


@pytest.mark.slow
def test_rewards_that_are_not_known_in_time_are_none_and_logged(caplog):
    with open_sandbox(workers=1) as sandbox:
        reward = TierReward("static", "fraction", sandbox, problems=[COUNT], wall_s=1.0)
        metrics = {}
        loops = [fenced(f"while True:\n    pass  # {number}") for number in range(6)]
        names = ["count"] * 7
        with caplog.at_level(logging.WARNING):
            earned = reward([GOLD, *loops], problem_id=names, log_metric=metrics.__setitem__)
        assert earned[0] == 1.0  # it was first, and the machine would have to stand still for a second
        assert earned[-1] is None
        assert metrics["reward/late"] == earned.count(None) / 7 > 0
        assert "completions have no reward: grading them took more than reward.step_wall_s=1" in caplog.text
        assert reward([GOLD], problem_id=["count"]) == [1.0]  # the next batch has its own time
