"""What people read: a table, and a plot."""

from pathlib import Path
from statistics import median

from tarot_bench.charts.figure import Figure
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
    """Bars of the ratios with whiskers from the smallest to the largest, and the marks."""
    import altair as alt

    rows = [
        {"work": row.work, "value": median(m.values), "low": min(m.values), "high": max(m.values), "equal": 1}
        | {"text": _shown(median(m.values), row.unit), "must": row.must, "aim": row.aim}
        for row, m in done
        if row.unit == _BETTER_HIGH
    ]
    title = "times faster (log scale); whiskers from the smallest to the largest repeat"
    axis = alt.Axis(values=list(_TICKS), format="~g")
    base = alt.Chart(alt.Data(values=rows)).encode(
        y=alt.Y("work:N", sort=None, title=None, axis=alt.Axis(labelLimit=500))
    )
    bars = base.mark_bar(color="#88bbdd").encode(
        x=alt.X("equal:Q", title=title, axis=axis, scale=alt.Scale(type="log")), x2="value:Q"
    )
    whiskers = base.mark_rule().encode(x="low:Q", x2="high:Q")
    numbers = base.mark_text(align="left", dx=6).encode(x=alt.value("width"), text="text:N")
    marks = base.transform_fold(["must", "aim"], ["mark", "placed"]).transform_filter("isValid(datum.placed)")
    marks = marks.mark_point(filled=True, size=90, opacity=1).encode(
        x="placed:Q", shape=alt.Shape("mark:N", title=None), color=alt.Color("mark:N", title=None)
    )
    chart = alt.layer(bars, whiskers, numbers, marks).properties(width=560, height=alt.Step(28))
    Figure("bench", title, title, rows, chart).save(path)


def _shown(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    return f"{_number(value)}{unit}" if unit == _BETTER_HIGH else f"{_number(value)} {unit}"


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
