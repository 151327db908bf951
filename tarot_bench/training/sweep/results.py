"""What the trainings of a sweep measured, and the means over their seeds."""

from collections.abc import Mapping, Sequence
from typing import Literal

from pydantic import Field

from tarot_bench.metrics.means import Mean, mean_of
from tarot_bench.problem import Frozen
from tarot_bench.training.results import base_comparisons, finished
from tarot_bench.training.sweep.grid import SEED, SweepCell

HELD_OUT = "held-out pass rates at the last step"


class CellResult(Frozen):
    """One training of a sweep."""

    axes: dict[str, str]
    run: str
    state: Literal["done", "failed", "pending"]
    why: str = ""
    """The last words of a failed training."""
    measures: dict[str, float] = Field(default_factory=dict)
    """By name; rates and differences of rates, not percentages. Empty unless it is done."""


class SweepRow(Frozen):
    """All trainings that differ in nothing but the seed."""

    axes: dict[str, str]
    """Without the seed."""
    seeds: int
    """Trainings that are done."""
    measures: dict[str, Mean]
    """By name; with one seed there is no interval."""


class SweepTable(Frozen):
    """The results of a sweep.

    Attributes:
        measured: what the measures are.
        rows: in the order of the grid.
        cells: every training.
    """

    measured: str
    rows: tuple[SweepRow, ...]
    cells: tuple[CellResult, ...]


def table_of(cells: Sequence[SweepCell], suite: str | None, failed: Mapping[str, str]) -> SweepTable:
    """Read the results of a sweep.

    Args:
        cells: its trainings.
        suite: the name of the suite that the models are evaluated on; None takes the held-out curves.
        failed: last words of the trainings that failed, by label.
    """
    results = tuple(_result(cell, suite, failed.get(cell.label)) for cell in cells)
    grouped: dict[tuple[tuple[str, str], ...], list[CellResult]] = {}
    for result in results:
        key = tuple((name, value) for name, value in result.axes.items() if name != SEED)
        grouped.setdefault(key, []).append(result)
    measured = f"pass@1 on suite {suite}, and its difference from the base" if suite else HELD_OUT
    return SweepTable(measured=measured, rows=tuple(_row(dict(key), of) for key, of in grouped.items()), cells=results)


def is_done(cell: SweepCell, suite: str | None) -> bool:
    """Whether a training, and its evaluation on a suite, is done."""
    if finished(cell.training, cell.run) is None:
        return False
    return suite is None or bool(base_comparisons(cell.run, suite))


def _result(cell: SweepCell, suite: str | None, why: str | None) -> CellResult:
    if why is None and not is_done(cell, suite):
        return CellResult(axes=cell.axes, run=str(cell.run), state="pending")
    if why is not None:
        return CellResult(axes=cell.axes, run=str(cell.run), state="failed", why=why)
    measures = _held_out(cell) if suite is None else _evaluated(cell, suite)
    return CellResult(axes=cell.axes, run=str(cell.run), state="done", measures=measures)


def _held_out(cell: SweepCell) -> dict[str, float]:
    """The last point of the held-out curve; empty where nothing is held out."""
    summary = finished(cell.training, cell.run)
    last = summary.held_out[-1] if summary and summary.held_out else {}
    return {tier: rate for tier, rate in last.items() if tier != "step"}


def _evaluated(cell: SweepCell, suite: str) -> dict[str, float]:
    """For every benchmark, the rate of all tests together and of each tier, and what the training added to it."""
    measures: dict[str, float] = {}
    for benchmark, comparison in base_comparisons(cell.run, suite).items():
        for scope, found in comparison.differences.items():
            measures |= {f"{benchmark} {scope}": found.second, f"{benchmark} {scope} gain": found.difference.value}
    return measures


def _row(axes: dict[str, str], results: Sequence[CellResult]) -> SweepRow:
    done = [result for result in results if result.state == "done"]
    names = dict.fromkeys(name for result in done for name in result.measures)
    means = {name: mean_of([result.measures[name] for result in done if name in result.measures]) for name in names}
    return SweepRow(axes=axes, seeds=len(done), measures=means)
