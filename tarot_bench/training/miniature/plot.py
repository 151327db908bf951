"""Plot the per-tier curves of the miniature: a row per level, a column per tier."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tarot_bench.errors import UserError
from tarot_bench.problem import TIERS
from tarot_bench.runs import RunDirectory
from tarot_bench.training.miniature.experiment import cell_name
from tarot_bench.training.miniature.measure import MiniatureSample, share_of_tests
from tarot_bench.training.miniature.miniature_recipe import MiniatureRecipe
from tarot_bench.training.miniature.report import Report


def plot_curves(recipe: MiniatureRecipe, run: RunDirectory, report: Report) -> Path:
    """Draw the share of held-out tests passed over steps, the mean of the seeds and their range.

    A tier's tests count individually here, as in a training's log; the report counts samples that pass all of them.

    Args:
        recipe: of the experiment.
        run: its directory.
        report: its complete seeds are drawn.

    Returns:
        The picture's path in the run directory.

    Raises:
        UserError: matplotlib is not installed.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        raise UserError('drawing the curves needs matplotlib: pip install "tarot-bench[train]"') from None
    figure = Figure(figsize=(13, 3.2 * len(recipe.levels)), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(len(recipe.levels), len(TIERS), sharex=True, sharey=True, squeeze=False)
    for row, level in zip(axes, recipe.levels, strict=True):
        before = _before(run, level.name)
        for axis, tier in zip(row, TIERS, strict=True):
            for curriculum in recipe.curricula:
                cells = [run.path / "cells" / cell_name(level.name, curriculum, seed) for seed in report.seeds]
                start = (0, before[tier])
                curves = [[start, *held_out_curve(cell, tier)] for cell in cells]
                _draw(axis, curriculum, curves)
            axis.set_title(f"{level.name}: {tier}", fontsize=10)
        row[0].set_ylabel("share of held-out tests passed")
    for axis in axes[-1]:
        axis.set_xlabel("GRPO step")
    axes[0][0].legend(fontsize=8)
    path = run.path / "curves.png"
    figure.savefig(path, dpi=110)
    return path


def held_out_curve(cell: Path, tier: str) -> list[tuple[int, float]]:
    """(step, pass rate) of every evaluation of a cell."""
    lines = (cell / "curve.jsonl").read_text(encoding="utf-8").rstrip("\n").split("\n")
    key = f"eval_tiers/{tier}/pass_rate"
    return [(entry["step"], entry[key]) for entry in map(json.loads, lines) if entry.get(key) is not None]


def _before(run: RunDirectory, level: str) -> dict[str, float]:
    """The start of a level's curves."""
    return share_of_tests(list(run.records(f"samples/{cell_name(level, None, 0)}.jsonl", MiniatureSample)))


def _draw(axis: Any, label: str, curves: Sequence[list[tuple[int, float]]]) -> None:
    steps = [step for step, _ in curves[0]]
    values = [[rate for _, rate in points] for points in zip(*curves, strict=True)]
    (line,) = axis.plot(steps, [sum(at) / len(at) for at in values], marker="o", markersize=3, label=label)
    axis.fill_between(steps, [min(at) for at in values], [max(at) for at in values], alpha=0.12, color=line.get_color())
    axis.set_ylim(0, 1)
