"""The kinds of charts, made from plain rows. `Figure` gives them a title and renders them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tarot_bench.charts.figure import Row

if TYPE_CHECKING:
    import altair

_HEIGHT = 220
_STEP = 24
_FEW = 8
_SHORT = 16
"""Characters of a name that fits beside others in a legend."""
_LABEL = 90
"""Pixels for a label of the horizontal axis, as in ``intermediate``."""


def intervals(rows: Sequence[Row], place: str, place_title: str, value_title: str) -> "altair.LayerChart":
    """Draw shares with intervals side by side.

    Args:
        rows: with ``run``, ``value``, ``low`` and ``high`` in [0, 1], and the column `place`.
        place: the column of the horizontal axis; its order is that of the rows.
        place_title: of the horizontal axis.
        value_title: of the vertical axis.
    """
    import altair as alt

    base = alt.Chart(alt.Data(values=rows)).encode(
        x=alt.X(f"{place}:N", sort=None, title=place_title, axis=alt.Axis(labelAngle=0)),
        xOffset=alt.XOffset("run:N", sort=None),
        color=_runs(rows),
    )
    share = alt.Y("value:Q", title=value_title, scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format=".0%"))
    marks = base.mark_rule(strokeWidth=2).encode(y=alt.Y("low:Q", title=value_title), y2="high:Q")
    points = base.mark_point(filled=True, size=70, opacity=1).encode(y=share)
    width = _width(rows, place)
    return alt.layer(marks, points).properties(width=width, height=_HEIGHT)


def curves(rows: Sequence[Row], x: str, x_title: str, value_title: str) -> "altair.LayerChart":
    """Draw shares with bands over a whole number.

    Args:
        rows: with ``run``, ``value``, ``low`` and ``high`` in [0, 1], and the number `x`.
        x: the column of the horizontal axis: whole numbers, each of which gets a tick.
        x_title: of the horizontal axis.
        value_title: of the vertical axis.
    """
    import altair as alt

    ticks = alt.Axis(values=sorted({row[x] for row in rows}), format="d")
    layers = _curves(rows, alt.X(f"{x}:Q", title=x_title, axis=ticks), value_title)
    return alt.layer(*layers, data=alt.Data(values=rows)).properties(width=320, height=_HEIGHT)


def curve_grid(
    rows: Sequence[Row], x: str, x_title: str, value_title: str, row: str, column: str
) -> "altair.FacetChart":
    """Draw `curves` in a grid of panels.

    Args:
        rows: as for `curves`, with the columns `row` and `column`.
        x: the column of the horizontal axis: numbers.
        x_title: of the horizontal axis.
        value_title: of the vertical axis.
        row: the column that gives a panel its row.
        column: the column that gives it its place in the row.
    """
    import altair as alt

    layers = _curves(rows, alt.X(f"{x}:Q", title=x_title), value_title)
    layered = alt.layer(*layers, data=alt.Data(values=rows)).properties(width=200, height=150)
    panel = {name: list(dict.fromkeys(each[name] for each in rows)) for name in (row, column)}
    return layered.facet(
        row=alt.Row(f"{row}:N", title=None, sort=panel[row]),
        column=alt.Column(f"{column}:N", title=None, sort=panel[column]),
    )


def _curves(rows: Sequence[Row], x: "altair.X", value_title: str) -> "tuple[altair.Chart, altair.Chart]":
    """The bands and lines of curves, without data."""
    import altair as alt

    base = alt.Chart().encode(x=x, color=_runs(rows))
    share = alt.Y("value:Q", title=value_title, scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format=".0%"))
    band = base.mark_area(opacity=0.15).encode(y=alt.Y("low:Q", title=value_title), y2="high:Q")
    return band, base.mark_line(point=True).encode(y=share)


def bars(rows: Sequence[Row], place: str, place_title: str, value_title: str, *, share: bool) -> "altair.Chart":
    """Draw bars, grouped by run.

    Args:
        rows: with ``run``, ``value`` and the column `place`.
        place: the column of the horizontal axis; its order is that of the rows.
        place_title: of the horizontal axis.
        value_title: of the vertical axis.
        share: whether values are shares, in [0, 1].
    """
    import altair as alt

    scale = alt.Scale(domain=[0, 1]) if share else alt.Scale()
    return (
        alt.Chart(alt.Data(values=rows))
        .mark_bar()
        .encode(
            x=alt.X(f"{place}:N", sort=None, title=place_title, axis=alt.Axis(labelAngle=0)),
            xOffset=alt.XOffset("run:N", sort=None),
            y=alt.Y("value:Q", title=value_title, scale=scale, axis=alt.Axis(format=".0%" if share else "~s")),
            color=_runs(rows),
        )
        .properties(width=_width(rows, place), height=_HEIGHT)
    )


def lines(
    rows: Sequence[Row], x: str, x_title: str, value_title: str, *, share: bool, panel: str | None = None
) -> "altair.Chart | altair.FacetChart":
    """Draw numbers over steps, one line per run; None leaves a gap.

    Args:
        rows: with ``run``, ``value``, the number `x` and, if there are panels, the column `panel`.
        x: the column of the horizontal axis.
        x_title: of the horizontal axis.
        value_title: of the vertical axis.
        share: whether values are shares, in [0, 1].
        panel: the column that gives a line its panel; panels stand side by side.
    """
    import altair as alt

    scale = alt.Scale(domain=[0, 1]) if share else alt.Scale()
    drawn = (
        alt.Chart(alt.Data(values=rows))
        .mark_line(point=True)
        .encode(
            x=alt.X(f"{x}:Q", title=x_title, axis=_whole(rows, x)),
            y=alt.Y("value:Q", title=value_title, scale=scale, axis=alt.Axis(format=".0%" if share else "~s")),
            color=_runs(rows),
        )
    )
    return _panels(drawn, rows, panel)


def stacks(rows: Sequence[Row], x: str, x_title: str, value_title: str, part: str) -> "altair.FacetChart":
    """Draw how amounts over steps divide into parts, one panel per run.

    Args:
        rows: with ``run``, ``value``, the number `x` and the column `part`, whose order is that of the rows.
        x: the column of the horizontal axis.
        x_title: of the horizontal axis.
        value_title: of the vertical axis.
        part: the column that names the parts.
    """
    import altair as alt

    parts = list(dict.fromkeys(row[part] for row in rows))
    drawn = (
        alt.Chart(alt.Data(values=[row | {"order": parts.index(row[part])} for row in map(dict, rows)]))
        .mark_bar()
        .encode(
            x=alt.X(f"{x}:O", title=x_title, axis=alt.Axis(labelAngle=0, labelOverlap=True)),
            y=alt.Y("value:Q", title=value_title),
            color=alt.Color(f"{part}:N", scale=alt.Scale(domain=parts), legend=alt.Legend(title=None, orient="bottom")),
            order="order:Q",
        )
    )
    return _panels(drawn, rows, "run")


def heat(rows: Sequence[Row], x: str, y: str) -> "altair.FacetChart | altair.LayerChart":
    """Draw a table of shares, one panel per run; every cell shows its share.

    Args:
        rows: with ``run``, ``value`` in [0, 1], and the columns `x` and `y`, whose orders are those of the rows.
        x: the column of the horizontal axis.
        y: the column of the vertical axis.
    """
    import altair as alt

    base = alt.Chart().encode(
        x=alt.X(f"{x}:N", sort=None, title=None, axis=alt.Axis(labelAngle=0, orient="top")),
        y=alt.Y(f"{y}:N", sort=None, title=None),
    )
    share = alt.Scale(domain=[0, 1], range=["#ffffff", "#3b78c2"], interpolate="rgb")
    cells = base.mark_rect().encode(color=alt.Color("value:Q", scale=share, legend=None))
    ink = alt.condition("datum.value > 0.55", alt.value("white"), alt.value("#222222"))
    text = base.mark_text(fontSize=11).encode(text=alt.Text("value:Q", format=".0%"), color=ink)
    size = {"width": alt.Step(_LABEL + 30), "height": alt.Step(_STEP)}
    layered = alt.layer(cells, text, data=alt.Data(values=rows)).properties(**size)
    if len({row["run"] for row in rows}) == 1:
        return layered
    return layered.facet(row=alt.Row("run:N", sort=None, title=None))


def scatter(rows: Sequence[Row], x_title: str, value_title: str) -> "altair.LayerChart":
    """Draw one labelled point for each run.

    Args:
        rows: with ``run``, ``x`` and ``value`` in [0, 1].
        x_title: of the horizontal axis.
        value_title: of the vertical axis.
    """
    import altair as alt

    base = alt.Chart(alt.Data(values=rows)).encode(
        x=alt.X("x:Q", title=x_title, axis=alt.Axis(format="~s"), scale=alt.Scale(domainMin=0)),
        y=alt.Y("value:Q", title=value_title, scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format=".0%")),
    )
    points = base.mark_point(filled=True, size=80, opacity=1).encode(color=_runs(rows))
    names = base.mark_text(align="left", dx=8).encode(text="run:N")
    return alt.layer(points, names).properties(width=320, height=_HEIGHT)


def amounts(rows: Sequence[Row], place: str, value_title: str) -> "altair.LayerChart":
    """Draw counts as bars from left to right, each with its number.

    Args:
        rows: with ``value`` and the column `place`, whose order from top to bottom is that of the rows.
        place: the column that names the bars.
        value_title: of the horizontal axis.
    """
    import altair as alt

    base = alt.Chart(alt.Data(values=rows)).encode(
        y=alt.Y(f"{place}:N", sort=None, title=None), x=alt.X("value:Q", title=value_title)
    )
    numbers = base.mark_text(align="left", dx=4).encode(text=alt.Text("value:Q", format=","))
    return alt.layer(base.mark_bar(), numbers).properties(width=480, height=alt.Step(_STEP))


def boxes(rows: Sequence[Row], place: str, title: str, *, logarithmic: bool) -> "altair.LayerChart":
    """Draw distributions: a box over the quartiles, a line over the outer percentiles, a tick at the median.

    Args:
        rows: with ``low``, ``lower``, ``median``, ``upper``, ``high`` and the column `place`.
        place: the column of the horizontal axis; its order is that of the rows.
        title: of the chart.
        logarithmic: whether the vertical axis is; it then also has 0.
    """
    import altair as alt

    scale, axis = alt.Scale(), alt.Axis(format="~s")
    if logarithmic:
        powers = [10**power for power in range(len(str(int(max(row["high"] for row in rows)))))]
        scale, axis = alt.Scale(type="symlog"), alt.Axis(format=",d", values=[0, *powers])
    base = alt.Chart(alt.Data(values=rows)).encode(
        x=alt.X(f"{place}:N", sort=None, title=None, axis=alt.Axis(labelAngle=-20))
    )
    lines = base.mark_rule().encode(y=alt.Y("low:Q", title=None, scale=scale, axis=axis), y2="high:Q")
    box = base.mark_bar(size=28).encode(y=alt.Y("lower:Q", title=None), y2="upper:Q")
    middle = base.mark_tick(color="#d9822b", thickness=3, size=28).encode(y=alt.Y("median:Q", title=None))
    return alt.layer(lines, box, middle).properties(title=title, width=alt.Step(60), height=_HEIGHT)


def beside(charts: "Sequence[altair.LayerChart]") -> "altair.HConcatChart":
    """Put charts side by side."""
    import altair as alt

    return alt.hconcat(*charts)


def _whole(rows: Sequence[Row], x: str) -> "altair.Axis":
    """An axis of whole numbers: of few, each gets a tick."""
    import altair as alt

    known = sorted({row[x] for row in rows})
    return alt.Axis(format="d", values=known) if len(known) <= _FEW else alt.Axis(format="~s")


def _panels(drawn: "altair.Chart", rows: Sequence[Row], panel: str | None) -> "altair.Chart | altair.FacetChart":
    """The chart, or one for each value of a column."""
    import altair as alt

    if panel is None:
        return drawn.properties(width=320, height=_HEIGHT)
    order = list(dict.fromkeys(row[panel] for row in rows))
    return drawn.properties(width=200, height=150).facet(column=alt.Column(f"{panel}:N", title=None, sort=order))


def _width(rows: Sequence[Row], place: str) -> int:
    """Pixels for all places of the horizontal axis with the marks of all runs side by side."""
    return len({row[place] for row in rows}) * max(_LABEL, _STEP * len({row["run"] for row in rows}))


def _runs(rows: Sequence[Row]) -> "altair.Color":
    """The colour of a run; without a legend where there is only one."""
    import altair as alt

    names = list(dict.fromkeys(row["run"] for row in rows))
    columns = 1 if max(map(len, names)) > _SHORT else 0  # long names would run into each other
    legend = alt.Legend(title=None, orient="bottom", symbolOpacity=1, columns=columns, labelLimit=420)
    return alt.Color("run:N", scale=alt.Scale(domain=names), legend=legend if len(names) > 1 else None)
