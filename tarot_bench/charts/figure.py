"""A chart with its title, a text alternative and the numbers it shows, and its rendering to files."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tarot_bench.atomic import write_atomically
from tarot_bench.errors import UserError, did_you_mean

if TYPE_CHECKING:
    import altair

Row = Mapping[str, Any]

SUFFIXES = (".svg", ".png", ".pdf", ".json")
"""File types of `Figure.save`; ``.json`` is the Vega-Lite specification."""
COLORS = ("#3b78c2", "#d9822b", "#2f9e77", "#b5559c", "#8a6d3b", "#5c6bc0", "#c0504d", "#5a8f29")
"""Of runs, in order; legible on light and on dark ground."""
_PNG_SCALE = 2.0


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart.

    Attributes:
        name: short, as in ``tier-profile``; names files.
        title: one line.
        summary: what the chart shows, in words, for readers who do not see it.
        rows: the numbers in the chart, one mapping per mark.
        chart: an Altair chart without title and colours of its own.
    """

    name: str
    title: str
    summary: str
    rows: Sequence[Row]
    chart: "altair.TopLevelMixin"

    def spec(self, ink: str = "#222222") -> dict[str, Any]:
        """Return the Vega-Lite specification.

        Args:
            ink: colour of text, axes and grid. ``currentColor`` takes that of the page.
        """
        made: dict[str, Any] = self.chart.to_dict()
        return made | {"description": self.summary, "config": _config(ink)}

    def svg(self, ink: str = "currentColor") -> str:
        """Render as SVG with a transparent background."""
        import vl_convert

        return str(vl_convert.vegalite_to_svg(self.spec(ink)))

    def save(self, path: Path) -> None:
        """Write the figure in the format that the file's suffix names.

        Raises:
            UserError: an unknown suffix.
        """
        import vl_convert

        spec = self.spec()
        match path.suffix:
            case ".svg":
                content = self.svg("#222222").encode()
            case ".png":
                content = vl_convert.vegalite_to_png(spec | {"background": "white"}, scale=_PNG_SCALE)
            case ".pdf":
                content = vl_convert.vegalite_to_pdf(spec)
            case ".json":
                content = json.dumps(spec, indent=1).encode() + b"\n"
            case other:
                raise UserError(
                    f"cannot write a figure as {other or 'a file without suffix'}; use {', '.join(SUFFIXES)}"
                )
        write_atomically(path, content)


def check_names(paths: Sequence[Path], names: Sequence[str]) -> None:
    """Check that the stems of the files that figures shall be saved to are names of figures.

    Raises:
        UserError: one is not; lists the names.
    """
    for path in paths:
        if path.stem not in names:
            known = ", ".join(names)
            raise UserError(
                f"there is no figure {path.stem!r}; the figures are {known}{did_you_mean(path.stem, names)}"
            )


def _config(ink: str) -> dict[str, Any]:
    text = {"labelColor": ink, "titleColor": ink, "labelFontSize": 12, "titleFontSize": 12}
    lines = {"tickColor": ink, "domainColor": ink, "gridColor": ink, "gridOpacity": 0.15}
    return {
        "background": "transparent",
        "font": "system-ui, sans-serif",
        "view": {"stroke": None},
        "axis": text | lines,
        "legend": text,
        "header": text,
        "title": {"color": ink, "fontSize": 13},
        "text": {"color": ink},
        "rule": {"color": ink},
        "range": {"category": list(COLORS)},
    }


def can_draw() -> bool:
    """Whether Altair and vl-convert are installed."""
    from importlib.util import find_spec

    return find_spec("altair") is not None and find_spec("vl_convert") is not None


def require() -> None:
    """Check that charts can be drawn.

    Raises:
        UserError: Altair or vl-convert is not installed.
    """
    if not can_draw():
        raise UserError("drawing charts needs altair and vl-convert: pip install 'tarot-bench[report]'")
