"""The reward with its programs on the nodes of a Ray cluster, which is loopback here."""

import pytest

from tarot_bench.training.reward.limits import RewardLimits
from tarot_bench.training.reward.tier_reward import TierReward
from tests.sandbox.backends.ray.test_sandbox import NODE, cluster  # noqa: F401  # a fixture
from tests.training.problems import COUNT, fenced, passing


@pytest.mark.slow
def test_a_batch_with_loops_gets_the_same_rewards_on_two_nodes_as_here(cluster, monkeypatch, sandbox):  # noqa: F811
    cluster.add_node(**NODE)
    monkeypatch.setenv("RAY_ADDRESS", cluster.address)
    late = "n = int(input())\nwhile n == 14:\n    pass\nfor i in range(n + 1):\n    print(i + 1)"
    texts = [fenced(COUNT.solution), fenced(late), passing(), "no code"] * 3
    rewards = {}
    for name, where in {"here": sandbox, "there": "ray"}.items():
        reward = TierReward("static", "fraction", where, problems=[COUNT], limits=RewardLimits(cpu_s=0.5))
        rewards[name] = reward(texts, problem_id=["count"] * len(texts))
        reward.close()
    assert rewards["here"] == rewards["there"] == [1.0, 0.25, 0.0, 0.0] * 3
