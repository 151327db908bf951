"""The plots of a card. They need Altair, from the extra ``publish``; without it a card has none."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

from tarot_bench.charts import shapes
from tarot_bench.charts.figure import Figure, Row, can_draw
from tarot_bench.dataset import Entry
from tarot_bench.problem import TIERS
from tarot_bench.publishing.statistics import FunnelStage, measured

HOW_TO = "without plots: pip install 'tarot-bench[publish]' draws them"
_AXES = (
    ("input_chars", "characters of the input", True),
    ("steps", "lines that the gold executes", True),
    ("kill_rate", "share of mutants that the test fails", False),
)


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot of the card.

    Attributes:
        path: relative to the root of the dataset.
        caption: one sentence.
    """

    path: str
    caption: str


def draw(entries: Sequence[Entry], funnel: Sequence[FunnelStage], folder: Path) -> list[Plot]:
    """Draw the plots of the available measurements into ``folder/assets``; none without Altair."""
    if not can_draw():
        return []
    taken = [axis for axis in _AXES if any(measured(entries, tier, axis[0]) for tier in TIERS)]
    figures = ([_funnel(funnel)] if funnel else []) + ([_tiers(entries, taken)] if taken else [])
    plots = [Plot(f"assets/{figure.name}.png", figure.summary) for figure in figures]
    for figure, plot in zip(figures, plots, strict=True):
        (folder / plot.path).parent.mkdir(exist_ok=True)
        figure.save(folder / plot.path)
    return plots


def _funnel(funnel: Sequence[FunnelStage]) -> Figure:
    rows = [{"stage": stage.stage, "value": stage.kept} for stage in funnel]
    caption = "Problems that each stage of the factory kept."
    return Figure("funnel", "Funnel", caption, rows, shapes.amounts(rows, "stage", "problems kept"))


def _tiers(entries: Sequence[Entry], taken: Sequence[tuple[str, str, bool]]) -> Figure:
    panels, rows = [], []
    for name, title, logarithmic in taken:
        values = {tier.value: measured(entries, tier, name) for tier in TIERS}
        drawn = [{"tier": tier, "measure": name, **_spread(found)} for tier, found in values.items() if found]
        panels.append(shapes.boxes(drawn, "tier", title, logarithmic=logarithmic))
        rows += drawn
    caption = "What was measured of the tests, by tier; boxes span the quartiles, lines the 5th to 95th percentile."
    return Figure("tiers", "Measurements by tier", caption, rows, shapes.beside(panels))


def _spread(values: Sequence[float]) -> Row:
    """The percentiles of a box."""
    if len(values) == 1:
        return dict.fromkeys(("low", "lower", "median", "upper", "high"), values[0])
    cuts = quantiles(values, n=20, method="inclusive")
    return {"low": cuts[0], "lower": cuts[4], "median": median(values), "upper": cuts[14], "high": cuts[18]}
