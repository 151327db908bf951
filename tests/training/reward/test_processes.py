"""Two training processes on loopback (gloo): a group that is divided between them is one group."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tarot_bench.problem import Tier
from tarot_bench.training.reward.estimates import SolveEstimates
from tarot_bench.training.reward.tier_reward import TierReward
from tests.training.problems import COUNT, passing

ROOT = Path(__file__).parents[3]
TEXTS = [passing(Tier.BASIC, Tier.EDGE), passing(Tier.BASIC), passing(), passing(Tier.EDGE)]

RANK = """
import json, sys
from accelerate import PartialState
from accelerate.utils import gather_object
from tarot_bench.training.reward.estimates import SolveEstimates
from tarot_bench.training.reward.tier_reward import TierReward
from tests.training.problems import COUNT
from tests.training.reward.test_processes import TEXTS
state = PartialState(cpu=True)
metrics = {}
reward = TierReward(
    "static", "dense", "local", problems=[COUNT], workers=1, gather=gather_object, estimates=SolveEstimates()
)
mine = TEXTS[2 * state.process_index:][:2]
rewards = reward(mine, problem_id=["count"] * 2, log_metric=metrics.__setitem__)
reward.close()
with open(f"{sys.argv[1]}/{state.process_index}.json", "w") as file:
    json.dump([rewards, reward.state_dict(), metrics], file)
state.destroy_process_group()
"""


@pytest.mark.slow
def test_statistics_and_metrics_of_two_processes_are_those_of_the_whole_batch(tmp_path, sandbox):
    pytest.importorskip("accelerate", reason="the extra `train` is not installed")
    (tmp_path / "rank.py").write_text(RANK)
    launch = ["-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2"]
    subprocess.run(
        [sys.executable, *launch, str(tmp_path / "rank.py"), str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "ACCELERATE_USE_CPU": "true"},
        check=True,
        timeout=280,
    )
    ranks = [json.loads((tmp_path / f"{rank}.json").read_text()) for rank in (0, 1)]
    metrics, whole = {}, TierReward("static", "dense", sandbox, problems=[COUNT], estimates=SolveEstimates())
    rewards = whole(TEXTS, problem_id=["count"] * 4, log_metric=metrics.__setitem__)
    assert ranks[0][0] + ranks[1][0] == rewards
    assert ranks[0][1] == ranks[1][1] == whole.state_dict()
    assert ranks[0][2] == ranks[1][2] == pytest.approx(metrics)
    alone = TierReward("static", "dense", sandbox, problems=[COUNT])
    assert alone(TEXTS[:2], problem_id=["count"] * 2) != rewards[:2]


def test_a_reward_gathers_the_same_number_of_times_whatever_is_logged(sandbox):
    """A process that gathers less often than another would hang it."""
    counts = []
    for log in (None, {}.__setitem__):
        calls = []
        reward = TierReward("static", "dense", sandbox, gather=lambda items, calls=calls: calls.append(1) or items)
        reward([TEXTS[0]], problem=[COUNT.model_dump_json()], log_metric=log)
        counts.append(len(calls))
    assert counts[0] == counts[1]
