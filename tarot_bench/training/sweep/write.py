"""Write the table of a sweep as CSV, JSON and HTML."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from tarot_bench.atomic import replacing, write_atomically
from tarot_bench.metrics.means import Mean
from tarot_bench.pages.page import Markup, page, paragraph, section, table
from tarot_bench.training.sweep.results import SweepRow, SweepTable

FILES = ("table.csv", "table.json", "table.html")


def write_table(made: SweepTable, folder: Path, title: str) -> None:
    """Write `FILES` to a folder, which is there.

    Raises:
        RunError: a file cannot be written.
    """
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(_csv(made))
    write_atomically(folder / "table.csv", text.getvalue())
    write_atomically(folder / "table.json", made.model_dump_json(indent=2) + "\n")
    with replacing(folder / "table.html") as file:
        file.writelines(page(title, [_section(made)], libraries=False))


def columns_of(made: SweepTable) -> tuple[list[str], list[str]]:
    """The names of the varied keys without the seed, and of the measures."""
    axes = dict.fromkeys(name for row in made.rows for name in row.axes)
    return list(axes), list(dict.fromkeys(name for row in made.rows for name in row.measures))


def cells_of(row: SweepRow, measures: list[str]) -> list[str]:
    """The number of seeds and the measures of a row, as text; an interval only where there are several seeds."""
    return [str(row.seeds), *(shown(row.measures.get(name)) for name in measures)]


def shown(mean: Mean | None) -> str:
    """A mean, with its interval where it has one; empty for None."""
    if mean is None:
        return ""
    interval = f" [{mean.low:.3f}, {mean.high:.3f}]" if mean.n > 1 else ""
    return f"{mean.value:.3f}{interval}"


def explanation(made: SweepTable) -> str:
    """What the numbers are, in a sentence or two."""
    several = any(row.seeds > 1 for row in made.rows)
    interval = " Means over seeds with 95 % intervals (Student's t)." if several else " One seed each: no intervals."
    return f"Measured: {made.measured}.{interval}"


def _csv(made: SweepTable) -> Iterator[list[object]]:
    """Rows with value, low and high of every measure; the bounds are empty where there is one seed."""
    axes, measures = columns_of(made)
    yield [*axes, "seeds", *(f"{name}{suffix}" for name in measures for suffix in ("", " low", " high"))]
    for row in made.rows:
        yield [
            *(row.axes[name] for name in axes),
            row.seeds,
            *(cell for name in measures for cell in _bounds(row.measures.get(name))),
        ]


def _bounds(mean: Mean | None) -> tuple[object, object, object]:
    if mean is None:
        return "", "", ""
    return (mean.value, mean.low, mean.high) if mean.n > 1 else (mean.value, "", "")


def _section(made: SweepTable) -> Markup:
    axes, measures = columns_of(made)
    rows = [[*(row.axes[name] for name in axes), *cells_of(row, measures)] for row in made.rows]
    open_ = [
        paragraph(f"{cell.state}: {' '.join(f'{key}={value}' for key, value in cell.axes.items())}. {cell.why}")
        for cell in made.cells
        if cell.state != "done"
    ]
    return section("Results", paragraph(explanation(made)), table([*axes, "seeds", *measures], rows), *open_)
