"""Plot the per-tier curves of the miniature: a row per level, a column per tier."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from tarot_bench.charts import shapes
from tarot_bench.charts.figure import Figure, Row, require
from tarot_bench.problem import TIERS
from tarot_bench.runs import RunDirectory
from tarot_bench.training.miniature.cells import CellKey, Work
from tarot_bench.training.miniature.measure import MiniatureSample, share_of_tests
from tarot_bench.training.miniature.miniature_recipe import MiniatureRecipe
from tarot_bench.training.miniature.report import Report


def plot_curves(recipe: MiniatureRecipe, run: RunDirectory, report: Report) -> Path:
    """Draw the share of held-out tests passed over steps, the mean of the runs and their range.

    A tier's tests count individually here, as in a training's log; the report counts samples that pass all of them.

    Args:
        recipe: of the experiment.
        run: its directory.
        report: its complete initialisations are drawn.

    Returns:
        The picture's path in the run directory.

    Raises:
        UserError: Altair is not installed.
    """
    require()
    before = {
        (level.name, start): _before(run, CellKey(level.name, start))
        for level in recipe.levels
        for start in report.initialisations
    }
    rows = [
        {"run": curriculum, "level": level.name, "tier": tier.value, **point}
        for level in recipe.levels
        for tier in TIERS
        for curriculum in recipe.curricula
        for point in _points(
            [
                [(0, before[level.name, start][tier]), *held_out_curve(Work(recipe, run.path, key).trained, tier)]
                for start in report.initialisations
                for key in (CellKey(level.name, start, curriculum, seed) for seed in recipe.seeds)
            ]
        )
    ]
    title = "Share of held-out tests passed over GRPO steps"
    chart = shapes.curve_grid(rows, "step", "GRPO step", "share of tests passed", "level", "tier")
    path = run.path / "curves.png"
    Figure("curves", title, f"{title}: the mean of the runs and their range.", rows, chart).save(path)
    return path


def held_out_curve(cell: Path, tier: str) -> list[tuple[int, float]]:
    """(step, pass rate) of every evaluation of a cell."""
    lines = (cell / "curve.jsonl").read_text(encoding="utf-8").rstrip("\n").split("\n")
    key = f"eval_tiers/{tier}/pass_rate"
    return [(entry["step"], entry[key]) for entry in map(json.loads, lines) if entry.get(key) is not None]


def _before(run: RunDirectory, start: CellKey) -> dict[str, float]:
    """The start of a model's curves."""
    return share_of_tests(list(run.records(f"samples/{start.name}.jsonl", MiniatureSample)))


def _points(curves: Sequence[list[tuple[int, float]]]) -> Iterator[Row]:
    """The mean and the range of several curves, by step."""
    for points in zip(*curves, strict=True):
        rates = [rate for _, rate in points]
        yield {"step": points[0][0], "value": sum(rates) / len(rates), "low": min(rates), "high": max(rates)}
