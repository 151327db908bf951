"""The report of the miniature: tables with intervals, and the differences that they show."""

import math
from collections.abc import Sequence
from typing import Any

from tarot_bench.errors import RunError
from tarot_bench.metrics.intervals import t_quantile
from tarot_bench.problem import TIERS, Frozen
from tarot_bench.training.miniature.experiment import Cell, cell_name
from tarot_bench.training.miniature.miniature_recipe import MiniatureRecipe

MEASURES = (*(tier.value for tier in TIERS), "all")


class Mean(Frozen):
    """A mean over seeds with its 95 % interval."""

    value: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        return f"{self.value:.2f} [{self.low:.2f}, {self.high:.2f}]"


class ReportRow(Frozen):
    """One curriculum on one level."""

    level: str
    curriculum: str
    after: dict[str, Mean]
    """Held-out pass rates by tier, and ``all``."""
    gain: dict[str, Mean]
    """After minus the baseline curriculum's with the same seed; empty for the baseline itself."""


class Report(Frozen):
    """All rows and each level's rates before training; only complete seeds count."""

    before: dict[str, dict[str, float]]
    rows: tuple[ReportRow, ...]
    seeds: tuple[int, ...]
    cpu_minutes: float


def mean_of(values: Sequence[float]) -> Mean:
    """Mean and Student's t interval, not clipped to [0, 1], so that the width of few seeds shows."""
    count = len(values)
    centre = math.fsum(values) / count
    if count == 1:
        return Mean(value=centre, low=-math.inf, high=math.inf, n=1)
    variance = math.fsum((value - centre) ** 2 for value in values) / (count - 1)
    half = t_quantile(count - 1) * math.sqrt(variance / count)
    return Mean(value=centre, low=centre - half, high=centre + half, n=count)


def report_of(recipe: MiniatureRecipe, cells: Sequence[Cell], learning_s: float) -> Report:
    """Summarise the cells.

    Args:
        recipe: of the experiment.
        cells: the finished ones.
        learning_s: CPU seconds of the levels' supervised training.
    """
    found = {(cell.level, cell.curriculum, cell.seed): cell.rates for cell in cells}
    seeds = complete_seeds(recipe, cells)
    rows = [
        _row(recipe.baseline, seeds, found, level.name, curriculum)
        for level in recipe.levels
        for curriculum in recipe.curricula
    ]
    before = {level.name: found[level.name, None, 0] for level in recipe.levels}
    minutes = (learning_s + math.fsum(cell.cpu_s for cell in cells)) / 60
    return Report(before=before, rows=tuple(rows), seeds=seeds, cpu_minutes=round(minutes, 1))


def complete_seeds(recipe: MiniatureRecipe, cells: Sequence[Cell]) -> tuple[int, ...]:
    """The seeds that are finished for every curriculum and level.

    Raises:
        RunError: there is none yet.
    """
    done = {cell.name for cell in cells}
    wanted = [(level.name, curriculum) for level in recipe.levels for curriculum in recipe.curricula]
    seeds = tuple(seed for seed in recipe.seeds if all(cell_name(*cell, seed) in done for cell in wanted))
    if not seeds:
        raise RunError("no seed is complete yet; continue with --resume")
    return seeds


def _row(
    baseline: str, seeds: Sequence[int], found: dict[Any, dict[str, float]], level: str, curriculum: str
) -> ReportRow:
    def over_seeds(measure: str, minus: str | None = None) -> Mean:
        return mean_of(
            [
                found[level, curriculum, seed][measure] - (found[level, minus, seed][measure] if minus else 0.0)
                for seed in seeds
            ]
        )

    gain = {} if curriculum == baseline else {name: over_seeds(name, baseline) for name in MEASURES}
    return ReportRow(level=level, curriculum=curriculum, after={name: over_seeds(name) for name in MEASURES}, gain=gain)


def to_markdown(recipe: MiniatureRecipe, report: Report) -> str:
    """Render the report as Markdown."""
    seeds = len(report.seeds)
    lines = [
        f"# {recipe.name}",
        "",
        f"Share of samples that pass all tests of a tier ({recipe.held_out} held-out problems, "
        f"{recipe.samples} samples each) after "
        f"{recipe.trainer.get('max_steps')} GRPO steps: mean of {seeds} seeds and its 95 % interval (Student's t over "
        f"seeds). {report.cpu_minutes:g} CPU minutes, the sandbox's own not counted. Every level makes "
        f"{len(MEASURES) * (len(recipe.curricula) - 1)} comparisons: one in twenty shows a difference by chance alone.",
    ]
    for level in recipe.levels:
        rows = [row for row in report.rows if row.level == level.name]
        lines += ["", f"## {level.name}", "", *_table(report.before[level.name], rows)]
        lines += ["", f"Difference from `{recipe.baseline}` with the same seed:", "", *_differences(rows)]
        lines += ["", *findings(recipe.baseline, rows)]
    return "\n".join(lines) + "\n"


def findings(baseline: str, rows: Sequence[ReportRow]) -> list[str]:
    """Differences from the baseline per tier, where the interval excludes 0."""
    said = []
    for row in rows:
        better = [name for name, gain in row.gain.items() if gain.low > 0]
        worse = [name for name, gain in row.gain.items() if gain.high < 0]
        if row.gain:
            claims = [f"better on {', '.join(better)}"] if better else []
            claims += [f"worse on {', '.join(worse)}"] if worse else []
            said.append(f"- `{row.curriculum}` against `{baseline}`: {'; '.join(claims) or 'no difference shown'}.")
    return said


def _table(before: dict[str, float], rows: Sequence[ReportRow]) -> list[str]:
    start = [f"| before | {' | '.join(f'{before[name]:.2f}' for name in MEASURES)} |"]
    return _header() + start + [_line(row.curriculum, row.after) for row in rows]


def _differences(rows: Sequence[ReportRow]) -> list[str]:
    return _header() + [_line(row.curriculum, row.gain) for row in rows if row.gain]


def _header() -> list[str]:
    return [f"| curriculum | {' | '.join(MEASURES)} |", "|---" * (len(MEASURES) + 1) + "|"]


def _line(name: str, means: dict[str, Mean]) -> str:
    return f"| {name} | {' | '.join(str(means[measure]) for measure in MEASURES)} |"
