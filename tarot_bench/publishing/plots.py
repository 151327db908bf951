"""The plots of a card. They need matplotlib, from the extra ``publish``; without it a card has none."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from tarot_bench.dataset import Entry
from tarot_bench.problem import TIERS
from tarot_bench.publishing.statistics import FunnelStage, measured

if TYPE_CHECKING:
    from matplotlib.axes import Axes

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


def can_draw() -> bool:
    """Whether matplotlib is installed."""
    return find_spec("matplotlib") is not None


def draw(entries: Sequence[Entry], funnel: Sequence[FunnelStage], folder: Path) -> list[Plot]:
    """Draw the plots of the available measurements into ``folder/assets``; none without matplotlib."""
    if not can_draw():
        return []
    plots = []
    if funnel:
        plots.append(Plot("assets/funnel.png", "Problems that each stage of the factory kept."))
        _funnel(funnel, folder / plots[-1].path)
    taken = [axis for axis in _AXES if any(measured(entries, tier, axis[0]) for tier in TIERS)]
    if taken:
        plots.append(Plot("assets/tiers.png", "What was measured of the tests, by tier; boxes span the quartiles."))
        _tiers(entries, taken, folder / plots[-1].path)
    return plots


def _funnel(funnel: Sequence[FunnelStage], path: Path) -> None:
    figure, axes = _figure(1, (7, 0.4 * len(funnel) + 1))
    names = [stage.stage for stage in funnel]
    bars = axes[0].barh(names, [stage.kept for stage in funnel], color="#4477aa")
    axes[0].bar_label(bars, padding=3)
    axes[0].invert_yaxis()
    axes[0].set_xlabel("problems kept")
    axes[0].margins(x=0.12)
    _save(figure, path)


def _tiers(entries: Sequence[Entry], taken: Sequence[tuple[str, str, bool]], path: Path) -> None:
    figure, axes = _figure(len(taken), (3.6 * len(taken), 3))
    for place, (name, label, logarithmic) in zip(axes, taken, strict=True):
        values = {tier: measured(entries, tier, name) for tier in TIERS}
        shown = {tier: found for tier, found in values.items() if found}
        place.boxplot(list(shown.values()), tick_labels=[str(tier) for tier in shown], showfliers=False)
        place.set_title(label, fontsize=10)
        place.tick_params(axis="x", rotation=20)
        if logarithmic:
            place.set_yscale("symlog")
    _save(figure, path)


def _figure(columns: int, size: tuple[float, float]) -> "tuple[object, list[Axes]]":
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=size, layout="constrained")
    FigureCanvasAgg(figure)
    return figure, list(figure.subplots(1, columns, squeeze=False)[0])


def _save(figure: object, path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    # No date and no version of the program that drew it: the same entries give the same bytes.
    figure.savefig(path, dpi=110, metadata={"Software": None})  # type: ignore[attr-defined]
