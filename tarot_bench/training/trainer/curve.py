"""The curve of a training: the trainer's log without machine-dependent metrics."""

from collections.abc import Sequence
from typing import Any

from tarot_bench.problem import TIERS

_CLOCK = ("runtime", "per_second", "step_time", "total_flos", "duration", "train_loss")
"""Metrics that depend on the machine or on one process (``train_loss``: since its start)."""


def curve_of(history: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The trainer's log without timings: two runs of one recipe and seed have the same curve.

    Args:
        history: ``TrainerState.log_history``.
    """
    return [
        {key: value for key, value in entry.items() if not any(word in key for word in _CLOCK)} for entry in history
    ]


def tier_rates(metrics: dict[str, Any]) -> dict[str, float]:
    """Held-out pass rates per tier, in [0, 1], from the metrics of an evaluation; empty if there are none."""
    rates = {tier.value: metrics.get(f"eval_tiers/{tier}/pass_rate") for tier in TIERS}
    return {tier: rate for tier, rate in rates.items() if rate is not None}


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
