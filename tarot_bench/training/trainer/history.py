"""Read the log of a training, finished or under way."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tarot_bench.errors import RunError
from tarot_bench.reading import parse_json
from tarot_bench.runs import RunDirectory


@dataclass(frozen=True, slots=True)
class TrainingHistory:
    """What a training has logged so far.

    Attributes:
        run: its directory.
        finished: whether it has ended.
        steps: entries of the training steps (``curve.jsonl``) with their times (``times.jsonl``, which runs of earlier
            versions lack), oldest first.
        held_out: entries of the evaluations on held-out problems, oldest first.
    """

    run: Path
    finished: bool
    steps: list[dict[str, Any]]
    held_out: list[dict[str, Any]]


def history_of(path: Path) -> TrainingHistory:
    """Read the log of one training; nothing is written.

    Raises:
        RunError: no run of `train`, a run without a step so far, or a file that cannot be read; one line.
    """
    run = RunDirectory.open(path)
    if run.manifest.kind != "train":
        cells = sorted(path.glob("cells/*/curve.jsonl"))
        hint = f"; its trainings are {cells[0].parent} and its neighbours" if cells else ""
        raise RunError(f"{path} holds a run of `{run.manifest.kind}`, not of `train`{hint}")
    entries = _entries(path / "curve.jsonl")
    times = {entry["step"]: entry for entry in _entries(path / "times.jsonl")}
    steps = [entry | times.get(entry["step"], {}) for entry in entries if "loss" in entry]
    if not steps:
        raise RunError(f"{path} has no step yet: try again after the first one")
    held_out = [entry for entry in entries if any(key.startswith("eval_") for key in entry)]
    return TrainingHistory(path, (path / "summary.json").is_file(), steps, held_out)


def _entries(path: Path) -> list[dict[str, Any]]:
    """The entries of a log; empty where there is no file, as both are written whole."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        entries = [dict(parse_json(line)) for line in lines]
        return [entry for entry in entries if isinstance(entry["step"], int)]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise RunError(f"cannot read {path}: {error}") from None
