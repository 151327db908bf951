"""The report of an audit as one HTML file: numbers by part, charts with intervals, findings, and every problem."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from tarot_bench.atomic import replacing
from tarot_bench.charts import shapes
from tarot_bench.charts.figure import Figure, Row, require
from tarot_bench.generation.audit.report import AuditReport, Finding, PartReport, ProblemPart, ProblemReport
from tarot_bench.metrics.intervals import Estimate
from tarot_bench.pages.page import Markup, figure, page, paragraph, section, table
from tarot_bench.texts import inline

_SHARES = ("TPR", "TNR", "DR", "VAcc", "exclusion", "mutation", "redundant", "constant", "flaky")
_DRAWN = _SHARES[:6]
_COUNTS = ("unique rejections", "gold fails", "margin", "repeated", "in statement")


def write_page(report: AuditReport, path: Path) -> None:
    """Write the page of an audit.

    Args:
        report: of the audit.
        path: the HTML file; its folder is there.

    Raises:
        UserError: the charting libraries are not installed.
        RunError: the file cannot be written.
    """
    require()
    with replacing(path) as file:
        file.writelines(page(f"Audit of {inline(report.data)}", _body(report)))


def _body(report: AuditReport) -> Iterator[Markup]:
    yield section("Tests", *_overview(report), _parts(report))
    figures = [drawn for drawn in (_quality(report), _orders(report)) if drawn]
    yield section("Charts", *map(figure, figures)) if figures else Markup("")
    counted = ", ".join(f"{reason} {count}" for reason, count in report.reasons.items())
    rows = [_finding(found) for found in report.findings]
    columns = ("problem", "part", "test", "reason", "detail")
    yield section("Findings", paragraph(counted or "none"), *([table(columns, rows)] if rows else []))
    yield section("Problems", paragraph(_LEGEND), _problems(report))


_LEGEND = (
    "For each part: tests; correct programs accepted; wrong programs rejected; killable mutants killed. A dash means "
    "that there is nothing to measure."
)


def _overview(report: AuditReport) -> Iterator[Markup]:
    known = ", ".join(f"{kind} {count}" for kind, count in report.programs.items()) or "none"
    yield paragraph(inline(f"{report.problems} problems, {report.tests} tests, revision {report.revision}"))
    yield paragraph(
        f"Programs known to be correct or wrong: {known}; mutants: {report.mutants}, {report.killable} killable."
    )
    for count, what in ((report.without_gold, "Problems without a gold"), (report.malformed, "Malformed tests")):
        if count:
            yield paragraph(f"{what}: {count}")
    if report.skipped:
        left_out = ", ".join(f"{reason} {count}" for reason, count in report.skipped.items())
        yield paragraph(inline(f"Rows left out: {left_out}"))


def _parts(report: AuditReport) -> Markup:
    rows = [(inline(name), part.tests, *_cells(part)) for name, part in report.parts.items()]
    return table(("part", "tests", *_SHARES, *_COUNTS), rows)


def _cells(part: PartReport) -> Iterator[object]:
    yield from map(_interval, shares_of(part).values())
    margin = f"{part.margin.ratio:.0f}x" if part.margin else "–"
    yield from (part.unique_rejections, part.gold_failures, margin, part.duplicates, part.leaked_tests)


def shares_of(part: PartReport) -> dict[str, Estimate | None]:
    """The shares of a part, by the heading of their column."""
    rates = part.detection
    found = (rates.tpr, rates.tnr, rates.dr, rates.vacc, part.exclusion, part.mutation_score)
    return dict(zip(_SHARES, (*found, part.redundant, part.constant, part.flaky), strict=True))


def _quality(report: AuditReport) -> Figure | None:
    estimates = {
        (name, inline(part)): shares_of(known)[name] for name in _DRAWN for part, known in report.parts.items()
    }
    return _drawn("quality", "What the tests accept and reject, with 95 % intervals", "part", estimates)


def _orders(report: AuditReport) -> Figure | None:
    estimates = {
        (what, measure): estimate
        for measure, order in report.orders.items()
        for what, estimate in (("rising", order.rising), ("not falling", order.not_falling))
    }
    return _drawn("orders", "Problems on which a measure rises from basic to complex", "measure", estimates)


def _drawn(name: str, title: str, place: str, estimates: Mapping[tuple[str, str], Estimate | None]) -> Figure | None:
    """A chart of estimates by (what, place); None where there are none."""
    rows: list[Row] = [
        {"what": what, place: where, "value": made.value, "low": made.low, "high": made.high}
        for (what, where), made in estimates.items()
        if made
    ]
    if not rows:
        return None
    marks = [{"run" if key == "what" else key: value for key, value in row.items()} for row in rows]
    words = "; ".join(f"{row['what']}, {row[place]}: {100 * row['value']:.0f} %" for row in rows)
    return Figure(name, title, f"{title}. {words}.", rows, shapes.intervals(marks, place, "", "share"))


def _finding(found: Finding) -> tuple[object, ...]:
    number = found.number or ""
    return inline(found.problem), inline(found.part or ""), number, found.reason, inline(found.detail)


def _problems(report: AuditReport) -> Markup:
    names = [name for name in report.parts if any(name in detail.parts for detail in report.details)]
    rows = [_problem(detail, names) for detail in report.details]
    return table(("problem", *map(inline, names), "rising", "ambiguous"), rows)


def _problem(detail: ProblemReport, names: list[str]) -> tuple[object, ...]:
    parts = [_counts(detail.parts[name]) if name in detail.parts else "–" for name in names]
    orders = ", ".join(f"{measure} {order}" for measure, order in detail.orders.items())
    return (inline(detail.id), *parts, orders or "–", inline(detail.ambiguous))


def _counts(part: ProblemPart) -> str:
    pairs = ((part.accepted, part.correct), (part.rejected, part.wrong), (part.killed, part.killable))
    return "; ".join([str(part.tests), *(f"{count}/{total}" if total else "–" for count, total in pairs)])


def _interval(estimate: Estimate | None) -> str:
    if estimate is None:
        return "–"
    return f"{100 * estimate.value:.1f} [{100 * estimate.low:.0f}, {100 * estimate.high:.0f}]"
