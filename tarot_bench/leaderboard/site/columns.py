"""The columns of a table of entries: cells as HTML that says everything without a script, with a value to sort by."""

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tarot_bench.leaderboard.entries import Entry
from tarot_bench.leaderboard.site.parts import SCOPES, places, points, rates_of
from tarot_bench.leaderboard.site.standing import Group, address
from tarot_bench.metrics.intervals import Estimate
from tarot_bench.pages.page import Markup
from tarot_bench.texts import inline

RATES, SIGNS, RUN = "Rates and ranks", "Contamination and errata", "Run and cost"
"""The views of a table: with a script, one of them is shown at a time."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: HTML, and what it is sorted by; "" where it is empty."""

    html: str = ""
    sort: float | str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column.

    Attributes:
        title: its heading.
        cell: makes the cell of an entry.
        view: that it belongs to; "" is every view.
        width: pixels at least.
        hint: what the numbers mean, for the heading.
    """

    title: str
    cell: Callable[[Entry], Cell]
    view: str = ""
    width: int = 96
    hint: str = ""


def columns_of(group: Group, *, verified: bool) -> list[Column]:
    """The columns of the verified entries of a group, or of the others; without those that are empty throughout."""
    entries = group.verified if verified else group.stated
    places = _places(group) if verified and group.ranks else []  # none without a problem that all entries have
    made = [*places[:1], Column("model", _model, width=150), *_rates(), *places[1:]]
    made += [*_signs(), *_run()]
    return [column for column in made if any(column.cell(entry).html for entry in entries)]


def _places(group: Group) -> list[Column]:
    models = len(group.ranks)

    def band(entry: Entry) -> Cell:
        number = group.ranks[entry.bundle].band
        return Cell(f"<span class=band data-odd={number % 2}>{number}</span>", number)

    def ranks(entry: Entry) -> Cell:
        return _range(group.ranks[entry.bundle].ranks, models)

    def weighted(entry: Entry) -> Cell:
        return _range(group.ranks[entry.bundle].weighted_ranks, models)

    return [
        Column("band", band, width=72, hint="Neighbours in a band cannot be told apart"),
        Column("ranks", ranks, RATES, hint="Places that the problems allow, with 95 % confidence"),
        Column("any weights", weighted, RATES, hint="Best and worst place over all weights of the tiers"),
    ]


def _rates() -> list[Column]:
    def of(scope: str) -> Callable[[Entry], Cell]:
        return lambda entry: rate_cell(rates_of(entry.metrics).get(scope))

    hints = {"strict": "Passes the tests of all tiers", "original": "Passes the tests that have no tier"}
    return [
        Column(
            scope,
            of(scope),
            "" if scope == "strict" else RATES,
            132 if scope == "intermediate" else 118,
            hints.get(scope, f"Passes the {scope} tests"),
        )
        for scope in SCOPES
    ]


def rate_cell(rate: Estimate | None) -> Cell:
    """A rate in [0, 1] with its interval, in words and as a bar."""
    if rate is None:
        return Cell()
    value, low, high = (100 * each for each in (rate.value, rate.low, rate.high))
    bar = f"--value:{value:.1f}%;--low:{low:.1f}%;--width:{high - low:.1f}%"
    text = f"<b>{value:.1f} %</b> <small>[{low:.1f}, {high:.1f}]</small>"
    return Cell(f'<span class=rate style="{bar}">{text}</span>', round(rate.value, 6))


def _range(found: tuple[int, int] | None, models: int) -> Cell:
    if found is None:
        return Cell()
    best, worst = found
    bar = f"--low:{100 * (best - 1) / models:.1f}%;--width:{100 * (worst - best + 1) / models:.1f}%"
    return Cell(f'<span class=range style="{bar}">{places(found)}</span>', best + worst / 1000)


def _difference(estimate: Estimate | None) -> Cell:
    if estimate is None:
        return Cell()
    shown = points(estimate).partition(" [")
    return Cell(f"<b>{shown[0]}</b> <small>[{shown[2]}</small>", round(estimate.value, 6))


def _signs() -> list[Column]:
    def original(entry: Entry) -> Cell:
        return _difference(entry.contamination.original_minus_tiers if entry.contamination else None)

    def before(entry: Entry) -> Cell:
        return rate_cell(entry.contamination.before if entry.contamination else None)

    def after(entry: Entry) -> Cell:
        return rate_cell(entry.contamination.after if entry.contamination else None)

    def change(entry: Entry) -> Cell:
        return _difference(entry.contamination.before_minus_after if entry.contamination else None)

    def suspicions(entry: Entry) -> Cell:
        found = ", ".join(f"{count} {name}" for name, count in entry.suspicions.items())
        return Cell(html.escape(found), sum(entry.suspicions.values()))

    gap = (
        "Rate on the original tests minus that on all tiers, on the same problems. "
        "Larger than for other models: it may have seen the original tests"
    )
    return [
        Column("original minus tiers", original, SIGNS, 140, gap),
        Column("before cut-off", before, SIGNS, 116, "On problems published before the cut-off date"),
        Column("after cut-off", after, SIGNS, 116, "On problems published on that day or later"),
        Column("before minus after", change, SIGNS, 140, "Larger than for other models: it may have seen old problems"),
        Column(
            "errata",
            _errata,
            SIGNS,
            150,
            "Change of the strict rate, changed tests, and samples in no rate until they are graded again",
        ),
        Column("suspicions", suspicions, SIGNS, 150, "Findings of the verifier that a person should look at"),
    ]


def _errata(entry: Entry) -> Cell:
    found = entry.rescored
    if found is None:
        return Cell()
    was, now = found.before.strict.get(1), entry.metrics.strict.get(1)
    change = now.value - was.value if was and now else 0.0
    tests = found.retracted + found.corrected
    unknown = f", {found.unknown} to re-grade" if found.unknown else ""
    said = f"<b>{100 * change:+.1f} pp</b> <small>{tests} test{'s' if tests != 1 else ''}{unknown}</small>"
    return Cell(said, round(change, 6))


def _run() -> list[Column]:
    def number(value: Callable[[Entry], float | None], form: str) -> Callable[[Entry], Cell]:
        def cell(entry: Entry) -> Cell:
            found = value(entry)
            return Cell() if found is None else Cell(format(found, form), found)

        return cell

    def word(value: Callable[[Entry], str]) -> Callable[[Entry], Cell]:
        return lambda entry: Cell(html.escape(inline(value(entry))), inline(value(entry)))

    return [
        Column("date", word(lambda entry: entry.created[:10]), RUN, 104, "Of the run, as its submitter says"),
        Column("size (B)", number(lambda entry: entry.about.parameters_b, "g"), RUN, 84, "Parameters in billions"),
        Column("weights", word(lambda entry: _said(entry.about.open_weights, "open", "closed")), RUN, 96),
        Column("reasoning", word(lambda entry: _said(entry.about.reasoning, "yes", "no")), RUN, 112),
        Column("USD", number(lambda entry: entry.usd, ",.2f"), RUN, 84, "Cost of the answers, by the run's prices"),
        Column("tokens out", number(lambda entry: entry.output_tokens, ",d"), RUN, 110),
        Column("tokens in", number(lambda entry: entry.input_tokens, ",d"), RUN, 110),
        Column("problems", number(lambda entry: entry.problems, ",d"), RUN, 108),
        Column("samples", number(lambda entry: entry.samples, ",d"), RUN, 96),
        Column("ungraded", number(lambda entry: entry.metrics.counts.ungraded or None, ",d"), RUN, 100),
        Column("graded again", word(lambda entry: entry.note), RUN, 150),
    ]


def _said(known: bool | None, yes: str, no: str) -> str:
    return "" if known is None else yes if known else no


def _model(entry: Entry) -> Cell:
    name = inline(entry.model)
    place = html.escape(address(entry.model, entry.bundle))
    return Cell(f'<a href="{place}" title="{html.escape(name)}">{html.escape(name)}</a>', name.lower())


def filtered_by(entry: Entry) -> dict[str, object]:
    """What the page's script filters an entry by."""
    return {
        "search": inline(f"{entry.model} {entry.file}").lower(),
        "size": "" if entry.about.parameters_b is None else entry.about.parameters_b,
        "weights": _said(entry.about.open_weights, "open", "closed"),
        "reasoning": _said(entry.about.reasoning, "yes", "no"),
        "date": inline(entry.created[:10]),
    }


def table_of(columns: Sequence[Column], entries: Sequence[Entry], label: str, kind: str) -> Markup:
    """A table of entries as plain HTML, which the page's script makes sortable and searchable.

    Args:
        columns: from left to right.
        entries: from top to bottom.
        label: for readers who do not see the page.
        kind: ``verified`` or ``stated``.
    """
    head = "".join(
        f'<th scope=col data-view="{column.view}" data-width={column.width} title="{html.escape(column.hint)}">'
        f"{html.escape(column.title)}</th>"
        for column in columns
    )
    lines = []
    for entry in entries:
        kept = "".join(f' data-{name}="{html.escape(str(value))}"' for name, value in filtered_by(entry).items())
        cells = [column.cell(entry) for column in columns]
        shown = "".join(f'<td data-sort="{html.escape(str(cell.sort))}">{cell.html}</td>' for cell in cells)
        lines.append(f"<tr{kept}>{shown}</tr>")
    return Markup(
        f'<div class="scroll entries" data-kind={kind} tabindex=0 role=region aria-label="{html.escape(label)}"><table>'
        f"<thead><tr>{head}</tr></thead>\n<tbody>{chr(10).join(lines)}</tbody></table></div>\n"
    )
