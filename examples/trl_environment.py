"""Train with TRL's GRPO in an environment where the model hands its program in with a tool.

    pip install "tarot-bench[train]"
    python examples/trl_environment.py Qwen/Qwen3-0.6B 100

TRL's environments are experimental; the chat template of the model has to know tools.
"""

import sys

from datasets import Dataset
from trl import GRPOConfig, GRPOTrainer

import tarot_bench as tb
from tarot_bench.integrations.trl_environment import SubmissionReward, TierEnvironment


def main(model: str, steps: str = "1") -> None:
    """Train for some optimizer steps on the embedded problems."""
    problems = tb.load_problems()
    rows = [{"prompt": [{"role": "user", "content": p.statement}], "problem_id": p.id} for p in problems]
    trainer = GRPOTrainer(
        model=model,
        environment_factory=TierEnvironment,
        reward_funcs=SubmissionReward(tb.TierReward("hard_first", problems=problems)),
        train_dataset=Dataset.from_list(rows),
        args=GRPOConfig("trained", max_steps=int(steps), num_generations=4, per_device_train_batch_size=4, bf16=False),
    )
    trainer.train()
    logged = trainer.state.log_history[0]
    print({name: value for name, value in logged.items() if name.startswith(("tiers/", "tools/", "verdicts/"))})


if __name__ == "__main__":
    if not sys.argv[1:]:
        sys.exit(__doc__)
    main(*sys.argv[1:])
