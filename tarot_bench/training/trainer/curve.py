"""The curve of a training: the trainer's log without machine-dependent metrics; and the times of its steps."""

from collections.abc import Sequence
from typing import Any

from tarot_bench.problem import TIERS

GENERATE, GRADE, LEARN = "time/generate", "time/grade", "time/learn"
"""Metrics: wall seconds of an optimizer step. Learning is what generating and grading leave of it: losses, gradients,
the optimizer. Generating includes handing the weights to a server."""
TOKENS = "time/tokens_per_second"
"""Metric: tokens of prompts and completions per wall second of a step."""

_CLOCK = ("runtime", "per_second", "step_time", "total_flos", "duration", "train_loss", "time/")
"""Metrics that depend on the machine or on one process (``train_loss``: since its start)."""


def curve_of(history: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The trainer's log without timings: two runs of one recipe and seed have the same curve.

    Args:
        history: ``TrainerState.log_history``.
    """
    return [
        {key: value for key, value in entry.items() if not any(word in key for word in _CLOCK)} for entry in history
    ]


def times_of(history: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """What `curve_of` leaves out of the training steps: their `GENERATE`, `GRADE`, `LEARN` and `TOKENS`.

    Args:
        history: ``TrainerState.log_history``.
    """
    names = ("step", GENERATE, GRADE, LEARN, TOKENS)
    return [{name: entry[name] for name in names} for entry in history if GENERATE in entry]


def tier_rates(metrics: dict[str, Any]) -> dict[str, float]:
    """Held-out pass rates per tier, in [0, 1], from the metrics of an evaluation; empty if there are none."""
    rates = {tier.value: metrics.get(f"eval_tiers/{tier}/pass_rate") for tier in TIERS}
    return {tier: rate for tier, rate in rates.items() if rate is not None}


def time_shares(entry: dict[str, Any]) -> str | None:
    """Tokens per second and the shares of a step's time, for a progress bar; None for entries without them."""
    if GENERATE not in entry:
        return None
    whole = sum(entry[part] for part in (GENERATE, GRADE, LEARN)) or 1.0
    shares = (f"{part.removeprefix('time/')} {entry[part] / whole:.0%}" for part in (GENERATE, GRADE, LEARN))
    return f"{entry[TOKENS]:,.0f} tokens/s, {', '.join(shares)}"


def progress_line(step: int, steps: int, entry: dict[str, Any]) -> str | None:
    """A line of progress for a log entry: reward, loss and pass rates per tier; None for other entries.

    Args:
        step: optimizer steps done.
        steps: of the whole training.
        entry: of ``TrainerState.log_history``.
    """
    held_out = tier_rates(entry)
    if held_out:
        return f"step {step}/{steps}: held out " + ", ".join(f"{tier} {rate:.2f}" for tier, rate in held_out.items())
    if entry.get("reward") is None or entry.get("loss") is None:
        return None
    rates = {tier: entry.get(f"tiers/{tier}/pass_rate") for tier in TIERS}
    shown = ", ".join(f"{tier} {rate:.2f}" for tier, rate in rates.items() if rate is not None)
    return f"step {step}/{steps}: reward {entry['reward']:.3f}, loss {entry['loss']:.4f}, {shown}"
