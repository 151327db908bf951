"""Informative groups with and without dynamic sampling: ``python -m tests.bench.sampling [--mode fraction]``.

A model of 0.1M parameters is taught 32 procedural problems with faults, and then trained with GRPO: 24 steps of 8
groups of 8 (six epochs) under `static`. A group is informative if its rewards differ. Steps of the first epoch, in
which no problem was seen before, are left out. Differences are paired by seed; the interval is Student's t over seeds.
"""

import argparse
import os
import tempfile
from pathlib import Path
from statistics import fmean

from tarot_bench.dataset.synthetic.small import small_family
from tarot_bench.sandbox import open_sandbox
from tarot_bench.training.data.rows import HeldOutSplit
from tarot_bench.training.miniature.report import mean_of
from tests.training.taught import teach, training

COUNT, STEPS, FIRST_EPOCH = 32, 24, 4
TRAINER = {
    "max_steps": STEPS,
    "num_generations": 8,
    "per_device_train_batch_size": 64,
    "learning_rate": 1e-4,
    "save_strategy": "no",
}


def informative(spec, folder, sandbox, order, seed, mode):
    """The share of informative groups of one training, and its last rewards."""
    from tarot_bench.training.trainer.train import train

    made = training(
        spec,
        data={"order": order},
        reward={"mode": mode},
        evaluation={},
        trainer=TRAINER,
        curriculum="static",
        seed=seed,
    )
    data = HeldOutSplit(train=small_family()[:COUNT], held_out=())
    curve = train(made, folder, lambda problem: problem.statement, sandbox=sandbox, data=data).curve
    steps = [entry for entry in curve if "loss" in entry][FIRST_EPOCH:]
    return 1 - fmean(step["reward/dead_groups"] for step in steps), fmean(step["reward"] for step in steps[-4:])


def main():
    """Measure and print."""
    import torch

    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--mode", default="all_or_nothing")
    asked = parser.parse_args()
    torch.set_num_threads(1)
    differences = []
    with tempfile.TemporaryDirectory() as folder, open_sandbox(workers=1) as sandbox:
        spec = teach(Path(folder) / "taught", COUNT)
        for seed in range(asked.seeds):
            shares = {
                order: informative(spec, Path(folder) / f"{order}-{seed}", sandbox, order, seed, asked.mode)
                for order in ("shuffled", "dynamic")
            }
            differences.append(shares["dynamic"][0] - shares["shuffled"][0])
            told = ", ".join(
                f"{order} {share:.3f} (last rewards {last:.3f})" for order, (share, last) in shares.items()
            )
            print(f"seed {seed}: informative {told}", flush=True)
    found, spent = mean_of(differences), os.times()
    print(f"difference {found.value:+.3f} [{found.low:+.3f}, {found.high:+.3f}], {asked.mode}")
    print(f"{spent.user + spent.children_user:.0f} CPU seconds")


if __name__ == "__main__":
    main()
