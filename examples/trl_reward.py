"""Train with TRL's GRPO and a reward that follows a curriculum over the tiers.

    pip install "tarot-bench[train]"
    python examples/trl_reward.py Qwen/Qwen2.5-Coder-1.5B-Instruct 100

`TierReward` is all that TRL needs of this package. ``tarot-bench train`` adds recipes, checkpoints and the order of the
data.
"""

import sys

from datasets import Dataset
from trl import GRPOConfig, GRPOTrainer

import tarot_bench as tb


def main(model: str, steps: str = "1") -> None:
    """Train for some optimizer steps on the embedded problems."""
    problems = tb.load_problems()
    rows = [{"prompt": [{"role": "user", "content": p.statement}], "problem_id": p.id} for p in problems]
    trainer = GRPOTrainer(
        model=model,
        reward_funcs=tb.TierReward("hard_first", problems=problems),
        train_dataset=Dataset.from_list(rows),
        args=GRPOConfig("trained", max_steps=int(steps), num_generations=4, per_device_train_batch_size=4, bf16=False),
    )
    trainer.train()
    print({name: value for name, value in trainer.state.log_history[0].items() if name.startswith("tiers/")})


if __name__ == "__main__":
    if not sys.argv[1:]:
        sys.exit(__doc__)
    main(*sys.argv[1:])
