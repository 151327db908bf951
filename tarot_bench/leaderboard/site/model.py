"""The page of a submission: its numbers, then where they come from."""

import html
from collections.abc import Iterable, Iterator, Sequence

from tarot_bench.charts import shapes
from tarot_bench.charts.figure import Figure
from tarot_bench.leaderboard.entries import Entry, Folder, Submission
from tarot_bench.leaderboard.site import compare, provenance
from tarot_bench.leaderboard.site.columns import rate_cell
from tarot_bench.leaderboard.site.parts import ASSETS, outside, places, points, rates_of, terms
from tarot_bench.leaderboard.site.standing import Group
from tarot_bench.metrics.ranking import Ranked
from tarot_bench.metrics.tiers import Metrics
from tarot_bench.pages.page import Markup, figure, page, paragraph, section, table, trail
from tarot_bench.texts import inline
from tarot_bench.verdict import Verdict

SAMPLES = "samples.html"


def page_of(
    folder: Folder, submission: Submission, groups: Sequence[Group], samples: str | None = None
) -> Iterable[str]:
    """Yield the page of a submission in pieces.

    Args:
        folder: of the leaderboard.
        submission: whose page it is.
        groups: of the leaderboard.
        samples: "" where its samples are in `SAMPLES`, else why they are not; None says nothing about them.
    """
    body = [
        trail(_links(submission, samples == "")),
        _status(submission),
        *([paragraph(f"Its samples are not shown: {inline(samples)}.")] if samples else []),
        *(_benchmark(entry, groups) for entry in submission.entries),
        provenance.reproduction(submission),
        provenance.attestation(folder, submission),
        provenance.bundle(submission),
    ]
    title = inline(submission.said.model)
    return page(title, body, styles=[ASSETS / "site.css"], scripts=[ASSETS / "site.js"], libraries=False)


def _links(submission: Submission, samples: bool) -> dict[str, str]:
    comparable = [entry for entry in submission.entries if entry.verdicts]
    return {
        "Leaderboard": "../../index.html",
        **({"Problems and samples": SAMPLES} if samples else {}),
        **{f"Compare on {inline(e.benchmark)}": compare.address_of(e, above="../../") for e in comparable},
    }


def _status(submission: Submission) -> Markup:
    said = submission.said
    found = submission.verification
    if found is None:
        state = "<strong class=muted>Not verified</strong>: only the submitter states these numbers"
    elif found.verified:
        state = "<strong class=good>Verified</strong>: its answers were graded again"
    else:
        checks = ", ".join(dict.fromkeys(finding.check for finding in found.findings))
        state = f"<strong class=bad>Refused</strong>: {checks}"
    about = said.about
    known = terms(
        {
            "run of": said.created[:10],
            "parameters": f"{about.parameters_b:g} billion" if about.parameters_b else None,
            "weights": {True: "open", False: "closed", None: None}[about.open_weights],
            "reasoning": {True: "yes", False: "no", None: None}[about.reasoning],
            "model card": outside(said.model_card, said.model_card) if said.model_card else None,
        }
    )
    return Markup(f"<p class=status>{state}.</p>\n{known.html}")


def _benchmark(entry: Entry, groups: Sequence[Group]) -> Markup:
    group = next(group for group in groups if entry in group.entries)
    rates = [
        [scope, Markup(rate_cell(rate).html), f"{rate.problems:,}"] for scope, rate in rates_of(entry.metrics).items()
    ]
    beside = [table(["tests", "pass@1", "problems"], rates), terms(_counts(entry, group))]
    parts = "".join(part.html for part in beside)
    shown = Markup(f"<div class=sides>{''.join(part.html for part in _chart(entry))}<div>{parts}</div></div>\n")
    return section(group.title, shown, *_verdicts(entry.metrics), name=entry.benchmark)


def _counts(entry: Entry, group: Group) -> dict[str, object]:
    ranked = group.ranks.get(entry.bundle)
    found = entry.contamination
    gap = found.original_minus_tiers if found else None
    change = found.before_minus_after if found else None
    return {
        "rank": _place(ranked, len(group.ranks)) if ranked else "",
        "samples": f"{entry.samples:,}",
        "without a score": entry.metrics.counts.ungraded or "",
        "tokens": f"{entry.input_tokens:,} in, {entry.output_tokens:,} out",
        "cost": f"{entry.usd:,.2f} USD" if entry.usd is not None else "",
        "original minus tiers": points(gap) if gap else "",
        f"before minus after {found.cutoff if found else ''}": points(change) if change else "",
        "errata": str(entry.rescored.change_to(entry.metrics)) if entry.rescored else "",
    }


def _place(ranked: Ranked, models: int) -> str:
    said = f"band {ranked.band}; place {places(ranked.ranks)} of {models}"
    return said + (f"; {places(ranked.weighted_ranks)} over all weights of the tiers" if ranked.weighted_ranks else "")


def _chart(entry: Entry) -> Iterator[Markup]:
    rows = [
        {"run": "pass@1", "tests": scope, "value": rate.value, "low": rate.low, "high": rate.high}
        for scope, rate in rates_of(entry.metrics).items()
    ]
    if rows:
        said = "; ".join(f"{row['tests']} {100 * float(str(row['value'])):.0f} %" for row in rows)
        drawn = Figure(
            name=f"tiers-{entry.benchmark}",
            title="pass@1 by tier, with 95 % intervals",
            summary=f"pass@1 by tier: {said}.",
            rows=rows,
            chart=shapes.intervals(rows, "tests", "", "pass@1"),
        )
        yield figure(drawn)


def _verdicts(metrics: Metrics) -> Iterator[Markup]:
    groups = {tier.value: group.verdicts for tier, group in metrics.tiers.items()}
    if metrics.original:
        groups["original"] = metrics.original.verdicts
    seen = [verdict for verdict in Verdict if any(verdicts.get(verdict) for verdicts in groups.values())]
    rows: list[list[object]] = []
    for name, verdicts in groups.items():
        total = sum(verdicts.values())
        rows.append([name, *(_share(verdicts.get(verdict, 0), total) for verdict in seen)])
    yield Markup("<h3>Verdicts by tier</h3>\n")
    yield table(["tests", *(html.escape(verdict) for verdict in seen)], rows)


def _share(count: int, total: int) -> str:
    return f"{count:,} ({count / total:.0%})" if count else ""
