"""The curves of trainings: figures, and a page with all of them."""

import html
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from tarot_bench.atomic import replacing
from tarot_bench.charts import shapes
from tarot_bench.charts.figure import Figure, Row, check_names, require
from tarot_bench.errors import UserError
from tarot_bench.pages.page import Markup, figure, page, paragraph, section, table
from tarot_bench.problem import TIERS

NAMES = ("reward", "tier-pass-rate", "held-out-pass-rate", "dead-groups", "lengths", "step-time")
"""Of all figures; a page has those that its trainings have the numbers for."""

_PARTS = ("generate", "grade", "learn")
_LENGTHS = {
    "mean": "completions/mean_length",
    "shortest": "completions/min_length",
    "longest": "completions/max_length",
}


@dataclass(frozen=True, slots=True)
class TrainingCurves:
    """The log of one training.

    Attributes:
        label: names the training in charts.
        path: of its run directory.
        finished: whether it has ended.
        steps: the metrics of each logged step, with its ``step``, oldest first.
        held_out: the metrics of each evaluation on held-out problems, likewise.
    """

    label: str
    path: str
    finished: bool
    steps: Sequence[Mapping[str, Any]]
    held_out: Sequence[Mapping[str, Any]]


def write_page(trainings: Sequence[TrainingCurves], path: Path) -> None:
    """Write the page, one HTML file.

    Raises:
        UserError: the charting libraries are not installed.
        RunError: the file cannot be written.
    """
    require()
    title = f"Training of {', '.join(training.label for training in trainings)}"
    about = "Rewards, pass rates and dead groups are those of the completions that were trained on, step by step."
    drawn = "".join(figure(made).html for made in figures_of(trainings))
    body = [
        section("Trainings", paragraph(about), _summary(trainings)),
        Markup(f"<section aria-label=Charts><div class=figures>{drawn}</div></section>\n"),
    ]
    with replacing(path) as file:
        file.writelines(page(title, body))


def save_figures(trainings: Sequence[TrainingCurves], paths: Sequence[Path]) -> None:
    """Write figures to files; the stem of a file names the figure, its suffix the format.

    Raises:
        UserError: there is no such figure or format, these trainings lack the numbers for it, or the charting
            libraries are not installed.
    """
    require()
    check_names(paths, NAMES)
    drawn = {made.name: made for made in figures_of(trainings)}
    for path in paths:
        if path.stem not in drawn:
            raise UserError(f"these trainings have no numbers for the figure {path.stem}")
        drawn[path.stem].save(path)


def figures_of(trainings: Sequence[TrainingCurves]) -> list[Figure]:
    """Draw everything that these trainings have the numbers for."""
    drawn = (
        _rewards(trainings),
        _tiers(trainings, held_out=False),
        _tiers(trainings, held_out=True),
        _dead(trainings),
        _lengths(trainings),
        _times(trainings),
    )
    return [made for made in drawn if made is not None]


def _rewards(trainings: Sequence[TrainingCurves]) -> Figure | None:
    rows = list(_rows(trainings, "reward"))
    title = "Mean reward of a step's completions"
    return _figure(NAMES[0], title, rows, partial(_lines, value_title="mean reward"))


def _tiers(trainings: Sequence[TrainingCurves], *, held_out: bool) -> Figure | None:
    prefix = "eval_" if held_out else ""
    rows = [
        row | {"tier": tier.value}
        for tier in TIERS
        for row in _rows(trainings, f"{prefix}tiers/{tier}/pass_rate", held_out=held_out)
    ]
    of_what = "held-out problems" if held_out else "a step's completions"
    title = f"Share of each tier's tests that pass, {of_what}"
    draw = partial(_lines, value_title="share of tests", share=True, panel="tier")
    return _figure(NAMES[2 if held_out else 1], title, rows, draw)


def _dead(trainings: Sequence[TrainingCurves]) -> Figure | None:
    rows = list(_rows(trainings, "reward/dead_groups"))
    title = "Dead groups: all rewards are equal, and nothing is learned"
    return _figure(NAMES[3], title, rows, partial(_lines, value_title="share of groups", share=True))


def _lengths(trainings: Sequence[TrainingCurves]) -> Figure | None:
    rows = [row | {"length": name} for name, key in _LENGTHS.items() for row in _rows(trainings, key)]
    return _figure(NAMES[4], "Length of completions", rows, partial(_lines, value_title="tokens", panel="length"))


def _times(trainings: Sequence[TrainingCurves]) -> Figure | None:
    rows = [row | {"part": part} for part in _PARTS for row in _rows(trainings, f"time/{part}")]
    draw = partial(shapes.stacks, x="step", x_title="step", value_title="wall seconds", part="part")
    return _figure(NAMES[5], "What the time of a step goes to", rows, draw)


def _lines(rows: Sequence[Row], value_title: str, *, share: bool = False, panel: str | None = None) -> Any:
    return shapes.lines(rows, "step", "step", value_title, share=share, panel=panel)


def _rows(trainings: Sequence[TrainingCurves], key: str, *, held_out: bool = False) -> Iterator[dict[str, Any]]:
    """One metric of all trainings, without the steps that have no number for it."""
    for training in trainings:
        for entry in training.held_out if held_out else training.steps:
            value = entry.get(key)
            if isinstance(value, int | float) and math.isfinite(value):
                yield {"run": training.label, "step": entry["step"], "value": value}


def _figure(name: str, title: str, rows: Sequence[Row], draw: Callable[[Sequence[Row]], Any]) -> Figure | None:
    """The figure, or None if no training has a number for it."""
    if not rows:
        return None
    steps = [row["step"] for row in rows]
    summary = f"{title}: steps {min(steps)} to {max(steps)}; the numbers are in the table below the chart."
    return Figure(name, title, summary, rows, draw(rows))


def _summary(trainings: Sequence[TrainingCurves]) -> Markup:
    columns = ("training", "directory", "steps", "reward, first and last fifth", "dead groups", "tokens/s", *_PARTS)
    return table(columns, [_summary_row(training) for training in trainings])


def _summary_row(training: TrainingCurves) -> list[str]:
    steps = training.steps
    fifth = max(1, len(steps) // 5)
    ends = [_mean(part, "reward") for part in (steps[:fifth], steps[-fifth:])]
    times = [_mean(steps, f"time/{part}") for part in _PARTS]
    whole = sum(time for time in times if time is not None)
    state = "" if training.finished else ", under way or stopped"
    return [
        training.label,
        training.path,
        f"{steps[-1]['step']}{state}",
        " → ".join(_told(end, ".3f") for end in ends),
        _told(_mean(steps, "reward/dead_groups"), ".0%"),
        _told(_mean(steps, "time/tokens_per_second"), ",.0f"),
        *(_told(time / whole if time is not None and whole else None, ".0%") for time in times),
    ]


def _mean(steps: Sequence[Mapping[str, Any]], key: str) -> float | None:
    values = [entry[key] for entry in steps if isinstance(entry.get(key), int | float) and math.isfinite(entry[key])]
    return sum(values) / len(values) if values else None


def _told(value: float | None, form: str) -> str:
    return "–" if value is None else html.escape(format(value, form))
