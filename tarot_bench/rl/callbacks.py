"""What happens beside the steps of a training: the curve on disk, the reward's state in every checkpoint."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from tarot_bench.problem import TIERS
from tarot_bench.runs import write_atomically

REWARD_STATE = "reward_state.json"
"""In a checkpoint: what the reward has learned of the tests so far."""

_CLOCK = ("runtime", "per_second", "step_time", "total_flos", "duration")
"""Metrics that tell of the machine, not of the training."""


class Stateful(Protocol):
    """Something whose state belongs into a checkpoint."""

    def state_dict(self) -> dict[str, Any]:
        """The state, as JSON."""
        ...

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from a state."""
        ...


def curve_of(history: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """A trainer's log without its clocks: two runs of one recipe and seed have the same curve.

    Args:
        history: ``TrainerState.log_history``.
    """
    return [
        {key: value for key, value in entry.items() if not any(word in key for word in _CLOCK)} for entry in history
    ]


def tier_rates(metrics: dict[str, Any]) -> dict[str, float]:
    """Held-out pass rates per tier, in [0, 1], from the metrics of an evaluation; empty where there are none."""
    rates = {tier.value: metrics.get(f"eval_tiers/{tier}/pass_rate") for tier in TIERS}
    return {tier: rate for tier, rate in rates.items() if rate is not None}


def make_callbacks(run: Path, reward: Stateful) -> list[Any]:
    """The callbacks of a training.

    Args:
        run: the run directory; ``curve.jsonl`` is kept up to date in it.
        reward: its state is saved with every checkpoint and comes back from the one that training resumes from.
    """
    from transformers import TrainerCallback

    class Curve(TrainerCallback):
        """Writes the curve whenever there is something new that a reader may wait for."""

        def on_log(self, args: Any, state: Any, control: Any, **given: Any) -> None:
            if state.is_world_process_zero:
                lines = (json.dumps(entry, sort_keys=True) for entry in curve_of(state.log_history))
                write_atomically(run / "curve.jsonl", "".join(f"{line}\n" for line in lines))

    class RewardState(TrainerCallback):
        """Keeps the reward's state with the weights it belongs to."""

        def on_save(self, args: Any, state: Any, control: Any, **given: Any) -> None:
            if state.is_world_process_zero:
                checkpoint = Path(args.output_dir) / f"checkpoint-{state.global_step}"
                write_atomically(checkpoint / REWARD_STATE, json.dumps(reward.state_dict()))

    return [Curve(), RewardState()]


def restore(reward: Stateful, checkpoint: Path) -> None:
    """Give a reward the state that a checkpoint holds."""
    reward.load_state_dict(json.loads((checkpoint / REWARD_STATE).read_text(encoding="utf-8")))


def last_checkpoint(folder: Path) -> Path | None:
    """The newest whole checkpoint: what is written last, the reward's state, is there; None if none is."""
    found = [path.parent for path in folder.glob(f"checkpoint-*/{REWARD_STATE}")]
    return max(found, key=lambda path: int(path.name.rpartition("-")[2]), default=None)
