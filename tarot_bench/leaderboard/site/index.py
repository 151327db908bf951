"""The start page of a leaderboard: all entries, by group."""

from collections.abc import Iterable, Iterator, Sequence

from tarot_bench.charts import shapes
from tarot_bench.charts.figure import Figure
from tarot_bench.leaderboard.entries import Entry, Folder
from tarot_bench.leaderboard.site import compare
from tarot_bench.leaderboard.site.columns import columns_of, table_of
from tarot_bench.leaderboard.site.parts import ASSETS, link
from tarot_bench.leaderboard.site.standing import Group, address
from tarot_bench.pages.page import Markup, figure, page, paragraph, section, table, trail
from tarot_bench.texts import inline

_TITLE = "tarot-bench leaderboard"
_CHARTED = 5
"""Entries of a group in its chart."""


def page_of(folder: Folder, groups: Sequence[Group]) -> Iterable[str]:
    """Yield the start page in pieces."""
    styles = [ASSETS / "site.css", ASSETS / "index.css"]
    return page(_TITLE, _body(folder, groups), scripts=[ASSETS / "index.js"], styles=styles)


def _body(folder: Folder, groups: Sequence[Group]) -> Iterator[Markup]:
    yield Markup(
        "<p>Verified entries were graded again from their raw answers. Rates are pass@1 with 95 % intervals; the bars "
        "show both. Models of one band cannot be told apart from their neighbours.</p>\n"
    )
    yield trail(
        {
            "Two models side by side": compare.NAME,
            "JSON": "leaderboard.json",
            "CSV": "leaderboard.csv",
            "Feed": "feed.xml",
        }
    )
    yield from (paragraph(inline(remark)) for remark in folder.remarks)
    yield Markup("<div id=filters></div>\n")
    for number, group in enumerate(groups):
        yield section(group.title, *_group(group, number), name=f"group-{number}")
    if folder.refused:
        yield section("Refused", _refused(folder), name="refused")


def _group(group: Group, number: int) -> Iterator[Markup]:
    if group.verified:
        columns = columns_of(group, verified=True)
        yield table_of(columns, group.verified, f"Verified entries of {group.title}", "verified")
    else:
        yield paragraph("No entry is verified yet.")
    if group.stated:
        yield Markup("<h3>Not verified</h3>\n")
        yield paragraph("Only the submitters state these numbers; they have no rank.")
        columns = columns_of(group, verified=False)
        yield table_of(columns, group.stated, f"Other entries of {group.title}", "stated")
    yield from _chart(group.verified[:_CHARTED], number)


def _refused(folder: Folder) -> Markup:
    rows = [
        [
            link(inline(found.model), address(found.model, each.digest)),
            ", ".join(dict.fromkeys(finding.check for finding in found.findings)),
            inline(each.path.name),
        ]
        for each in folder.submissions
        if each.refused and (found := each.verification)
    ]
    return table(["model", "failed checks", "file"], rows)


def _chart(entries: Sequence[Entry], number: int) -> Iterator[Markup]:
    rows = [
        {
            "tier": tier.value,
            "run": f"{place}. {inline(entry.model)[:60]}",
            "value": rate.value,
            "low": rate.low,
            "high": rate.high,
        }
        for place, entry in enumerate(entries, start=1)
        for tier, tiers in entry.metrics.tiers.items()
        if (rate := tiers.pass_at.get(1))
    ]
    if not rows:
        return
    best = ", ".join(f"{row['run']} {100 * row['value']:.0f} % on {row['tier']}" for row in rows[:4])
    yield figure(
        Figure(
            name=f"tiers-{number}",
            title=f"pass@1 by tier of the best {len(entries)}" if len(entries) > 1 else "pass@1 by tier",
            summary=f"pass@1 by tier with 95 % intervals: {best}.",
            rows=rows,
            chart=shapes.intervals(rows, "tier", "Tier", "pass@1"),
        )
    )
