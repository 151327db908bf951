"""What people read: a table, and a plot."""

from pathlib import Path
from statistics import median

from tests.bench.rows import Row
from tests.bench.timing import Measured

_BETTER_HIGH = "x"
_TICKS = (0.5, 1, 2, 5, 10, 20, 50, 100)


def line(row: Row, measured: Measured | None, why: str = "") -> list[str]:
    """A row's cells; where there are no numbers, the first word of why."""
    targets = [_shown(row.must, row.unit), _shown(row.aim, row.unit)]
    if measured is None:
        return [row.work, *targets, why.partition(":")[0], "", "", ""]
    by_cpu = _shown(median(measured.cpu_values), row.unit) if measured.cpu_values else ""
    return [
        row.work,
        *targets,
        spread(measured.values, row.unit),
        by_cpu,
        str(len(measured.values)),
        verdict(row, measured),
    ]


def verdict(row: Row, measured: Measured) -> str:
    """How the row stands to its marks. Ratios are held to their median, costs of memory to their worst."""
    if row.must is None:
        return ""
    value = median(measured.values)
    if row.unit == _BETTER_HIGH:
        reached = [value >= mark for mark in (row.must, row.aim) if mark is not None]
    else:
        value = max(map(abs, measured.values)) if row.unit == "MiB" else value
        reached = [value <= mark for mark in (row.must, row.aim) if mark is not None]
    return "aim" if all(reached) else "must" if reached[0] else "MISSED"


def spread(values: list[float], unit: str) -> str:
    """Median and range, as in ``6.31x [6.02-6.50]``."""
    return f"{_shown(median(values), unit)} [{_number(min(values))} to {_number(max(values))}]"


def table(lines: list[list[str]]) -> str:
    """Aligned columns."""
    head = ["work", "must", "aim", "measured median [min to max]", "by CPU", "n", "reached"]
    cells = [head, *lines]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    ruled = [head, ["-" * width for width in widths], *lines]
    return "\n".join(" | ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in ruled)


def plot(done: list[tuple[Row, Measured]], path: Path) -> None:
    """Bars of the ratios with whiskers from the smallest to the largest, and the marks.

    Raises:
        ImportError: matplotlib is not installed.
    """
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    shown = [(row, measured) for row, measured in done if row.unit == _BETTER_HIGH][::-1]
    figure, axes = pyplot.subplots(figsize=(11, 1.5 + 0.55 * len(shown)), layout="constrained")
    beside = axes.get_yaxis_transform()
    for place, (row, measured) in enumerate(shown):
        middle = median(measured.values)
        whiskers = [[middle - min(measured.values)], [max(measured.values) - middle]]
        axes.barh(place, middle - 1, left=1, height=0.6, color="#88bbdd")  # from 1, where both are equally fast
        axes.errorbar(middle, place, xerr=whiskers, color="black", capsize=4)
        axes.text(1.01, place, _shown(middle, row.unit), va="center", transform=beside)
    for mark, style, colour in (("must", "|", "#cc3311"), ("aim", "*", "#ee7733")):
        placed = [(getattr(row, mark), place) for place, (row, _) in enumerate(shown) if getattr(row, mark)]
        axes.scatter(
            *zip(*placed, strict=True) if placed else ([], []), marker=style, s=150, color=colour, label=mark, zorder=3
        )
    axes.set_xscale("log")
    axes.set_xticks(_TICKS, [f"{tick:g}" for tick in _TICKS])
    axes.minorticks_off()
    axes.axvline(1, color="black", linewidth=0.8)
    axes.set_yticks(range(len(shown)), [row.work for row, _ in shown])
    axes.set_xlabel("times faster (log scale); whiskers from the smallest to the largest repeat")
    figure.legend(loc="outside upper right", ncols=2)
    figure.savefig(path, dpi=120)
    pyplot.close(figure)


def _shown(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    return f"{_number(value)}{unit}" if unit == _BETTER_HIGH else f"{_number(value)} {unit}"


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
