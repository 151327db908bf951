"""Trainer callbacks: write the curve, and save the reward's state in every checkpoint."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from transformers import TrainerCallback

from tarot_bench.atomic import write_atomically
from tarot_bench.reading import parse_json
from tarot_bench.training.trainer.curve import curve_of, progress_line

REWARD_STATE = "reward_state.json"
"""File in a checkpoint with the reward's state."""


class Stateful(Protocol):
    """An object with a state that checkpoints save."""

    def state_dict(self) -> dict[str, Any]:
        """The state, as JSON."""
        ...

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore a state."""
        ...


class Curve(TrainerCallback):  # type: ignore[misc]  # transformers has no types
    """Writes ``curve.jsonl`` of the run and reports progress.

    Args:
        run: the run directory.
        tell: called with a line of progress for relevant log entries.
    """

    def __init__(self, run: Path, tell: Callable[[str], None]) -> None:
        self._path = run / "curve.jsonl"
        self._tell = tell

    def on_log(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        """Write the whole curve; after a resume it starts with the entries of the checkpoint."""
        if state.is_world_process_zero:
            lines = (json.dumps(entry, sort_keys=True) for entry in curve_of(state.log_history))
            write_atomically(self._path, "".join(f"{line}\n" for line in lines))
            told = progress_line(state.global_step, state.max_steps, state.log_history[-1])
            if told:
                self._tell(told)


class RewardState(TrainerCallback):  # type: ignore[misc]
    """Saves the reward's state in each checkpoint; written last, it marks a checkpoint as complete."""

    def __init__(self, reward: Stateful) -> None:
        self._reward = reward

    def on_save(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        """Add the state to the new checkpoint."""
        if state.is_world_process_zero:
            checkpoint = Path(args.output_dir) / f"checkpoint-{state.global_step}"
            write_atomically(checkpoint / REWARD_STATE, json.dumps(self._reward.state_dict()))


def restore(reward: Stateful, checkpoint: Path) -> None:
    """Restore a reward's state from a checkpoint."""
    reward.load_state_dict(parse_json((checkpoint / REWARD_STATE).read_text(encoding="utf-8")))


def last_checkpoint(folder: Path) -> Path | None:
    """The newest complete checkpoint, which has the reward's state; None if there is none."""
    found = [path.parent for path in folder.glob(f"checkpoint-*/{REWARD_STATE}")]
    return max(found, key=lambda path: int(path.name.rpartition("-")[2]), default=None)
