"""A reward batch with endless loops or repeats in it: ``python -m tests.bench.loopers [--cpu-s 0.5] [--ray]``.

448 completions (64 problems, groups of 7) x 4 tests, on one and on two cores. 5 % loopers are 22 programs that never
end; ``every test`` runs all tests of each of them, as an evaluation does. CPU seconds are those of the process tree,
programs included; ratios are to ``all good`` on as many cores. ``--ray`` adds two nodes of one CPU each.
"""

import argparse
import os
import time

from tarot_bench.grading import grade_many
from tarot_bench.sandbox import open_sandbox
from tarot_bench.training.reward.limits import RewardLimits
from tarot_bench.training.reward.tier_reward import TierReward
from tests.bench.lane import tree_cpu_s
from tests.training.problems import COUNT, fenced

PROBLEMS = [COUNT.model_copy(update={"id": f"count-{number}"}) for number in range(64)]
GROUP, LOOPERS = 7, 22


def batch(kind):
    """Problem ids, and the texts of one batch."""
    names = [problem.id for problem in PROBLEMS for _ in range(GROUP)]
    good = [f"{COUNT.solution}\n# {number // 2 if kind == 'repeats' else number}" for number in range(len(names))]
    places = {len(good) * n // LOOPERS for n in range(LOOPERS)} if kind == "loopers" else ()
    return names, [fenced(f"while True:\n    pass\n{code}" if n in places else code) for n, code in enumerate(good)]


def measured(sandbox, kind, limits, every_test=False):
    """Wall and CPU seconds of one batch; checks the rewards."""
    names, texts = batch(kind)
    reward = TierReward("static", "fraction", sandbox, problems=PROBLEMS, limits=limits)
    known = {problem.id: limits.applied_to(problem) for problem in PROBLEMS}
    cpu, start = tree_cpu_s(), time.perf_counter()
    if every_test:
        rewards = [
            float(made.solved) for _, made in grade_many([*zip(map(known.get, names), texts, strict=True)], sandbox)
        ]
    else:
        rewards = reward(texts, problem_id=names)
    took = time.perf_counter() - start, tree_cpu_s() - cpu
    assert sum(rewards) == len(texts) - (LOOPERS if kind == "loopers" else 0), "a wrong reward"
    return took


def rows(sandbox, label, limits, skip_every_test):
    """Print a row for each kind of batch."""
    measured(sandbox, "good", limits)  # starts the jails
    base = measured(sandbox, "good", limits)
    cases = {"all good": ("good", False), "50 % repeats": ("repeats", False), "5 % loopers": ("loopers", False)}
    if not skip_every_test:
        cases["5 % loopers, every test"] = ("loopers", True)
    for name, (kind, every_test) in cases.items():
        wall_s, cpu_s = base if name == "all good" else measured(sandbox, kind, limits, every_test)
        ratios = f"{wall_s / base[0]:6.2f}x {cpu_s / base[1]:6.2f}x"
        print(f"{label:12} {name:24} {wall_s:7.1f} s wall {cpu_s:7.1f} s CPU  {ratios}", flush=True)


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--cpu-s", type=float, default=0.5, help="reward.limits.cpu_s")
    parser.add_argument("--ray", action="store_true")
    parser.add_argument("--no-every-test", action="store_true")
    asked = parser.parse_args()
    limits = RewardLimits(cpu_s=asked.cpu_s)
    cores = sorted(os.sched_getaffinity(0))
    print(f"reward.limits.cpu_s={asked.cpu_s:g}; load average {os.getloadavg()[0]:.0f}")
    for count in (1, 2)[: len(cores)]:
        os.sched_setaffinity(0, cores[:count])
        with open_sandbox(workers=count) as sandbox:
            rows(sandbox, f"{count} core{'s' * (count > 1)}", limits, asked.no_every_test)
    if asked.ray:
        ray_rows(limits)


def ray_rows(limits):
    """The same through Ray: the trainer's node has one CPU, and a second one joins."""
    from ray.cluster_utils import Cluster

    from tests.sandbox.backends.ray.test_sandbox import NODE

    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    cluster = Cluster(initialize_head=True, head_node_args=NODE)
    try:
        cluster.add_node(**NODE)
        os.environ["RAY_ADDRESS"] = cluster.address
        with open_sandbox("ray") as sandbox:
            rows(sandbox, "ray, 2 nodes", limits, skip_every_test=True)
    finally:
        cluster.shutdown()


if __name__ == "__main__":
    main()
