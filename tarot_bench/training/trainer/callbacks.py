"""Trainer callbacks: write the curve, show progress, and save our own state in every checkpoint."""

import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from transformers import TrainerCallback

from tarot_bench.atomic import write_atomically
from tarot_bench.progress import Progress
from tarot_bench.reading import parse_json
from tarot_bench.texts import beginning
from tarot_bench.training.trainer.curve import curve_of, progress_line, time_shares, times_of
from tarot_bench.training.trainer.observed import Sample

STATE = "tarot_state.json"
"""File in a checkpoint with the state that TRL does not know of."""
SAMPLE_EVERY_S = 60.0
"""Seconds between the completions that are shown."""


class Stateful(Protocol):
    """An object with a state that checkpoints save."""

    def state_dict(self) -> dict[str, Any]:
        """The state, as JSON."""
        ...

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore a state."""
        ...


class Curve(TrainerCallback):  # type: ignore[misc]  # transformers has no types
    """Writes ``curve.jsonl`` and ``times.jsonl`` of the run.

    Args:
        run: the run directory.
    """

    def __init__(self, run: Path) -> None:
        self._run = run

    def on_log(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        """Write both whole; after a resume they start with the entries of the checkpoint."""
        if state.is_world_process_zero:
            self._write("curve.jsonl", curve_of(state.log_history))
            self._write("times.jsonl", times_of(state.log_history))

    def _write(self, name: str, entries: list[dict[str, Any]]) -> None:
        lines = (json.dumps(entry, sort_keys=True) for entry in entries)
        write_atomically(self._run / name, "".join(f"{line}\n" for line in lines))


class Shown(TrainerCallback):  # type: ignore[misc]
    """Reports progress: the step, where its time went, rewards and rates, and now and then a completion.

    Args:
        progress: where to.
        sample: gives a completion of the latest batch.
    """

    def __init__(self, progress: Progress, sample: Callable[[], Sample | None]) -> None:
        self._progress, self._sample = progress, sample
        self._next_sample = 0.0

    def on_train_begin(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        """Start to count, after a resume from the checkpoint's step."""
        if state.is_world_process_zero:
            self._progress.begin("training", state.max_steps, done=state.global_step)

    def on_step_end(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        """Count the step."""
        if state.is_world_process_zero:
            self._progress.step()

    def on_log(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        """Show what the log has of progress."""
        if not state.is_world_process_zero:
            return
        entry = state.log_history[-1]
        if told := time_shares(entry):
            self._progress.facts(told)
        if told := progress_line(state.global_step, state.max_steps, entry):
            self._progress.note(told)
            self._show_sample()

    def on_train_end(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        """Stop to count."""
        if state.is_world_process_zero:
            self._progress.end()

    def _show_sample(self) -> None:
        sample = self._sample() if time.monotonic() >= self._next_sample else None
        if sample:
            self._next_sample = time.monotonic() + SAMPLE_EVERY_S
            self._progress.note(f"a completion, reward {sample.reward:.2f}: {beginning(sample.text, 200, 8)}")


class TrainingState(TrainerCallback):  # type: ignore[misc]
    """Saves our own state in each checkpoint; written last, it marks a checkpoint as complete.

    Args:
        parts: what has a state, by name.
    """

    def __init__(self, parts: Mapping[str, Stateful]) -> None:
        self._parts = parts

    def on_save(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        """Add the state to the new checkpoint."""
        if state.is_world_process_zero:
            checkpoint = Path(args.output_dir) / f"checkpoint-{state.global_step}"
            states = {name: part.state_dict() for name, part in self._parts.items()}
            write_atomically(checkpoint / STATE, json.dumps(states))


def restore(parts: Mapping[str, Stateful], checkpoint: Path) -> None:
    """Restore the states of a checkpoint."""
    states = parse_json((checkpoint / STATE).read_text(encoding="utf-8"))
    for name, part in parts.items():
        part.load_state_dict(states[name])


def last_checkpoint(folder: Path) -> Path | None:
    """The newest complete checkpoint, which has our own state; None if there is none."""
    found = [path.parent for path in folder.glob(f"checkpoint-*/{STATE}")]
    return max(found, key=lambda path: int(path.name.rpartition("-")[2]), default=None)
