"""The figures of a report, for one benchmark and any number of runs."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from tarot_bench.charts import shapes
from tarot_bench.charts.figure import Figure, Row, check_names
from tarot_bench.errors import UserError
from tarot_bench.metrics.intervals import Estimate
from tarot_bench.reporting.report.reported import ReportedRun
from tarot_bench.verdict import Verdict

NAMES = ("tier-profile", "conditional-funnel", "verdicts", "first-failing-tier", "pass-at-k", "cost")
"""Of all figures; a report has those that its runs have the numbers for."""


def figures_of(runs: Sequence[ReportedRun]) -> list[Figure]:
    """Draw everything that these runs have the numbers for.

    Args:
        runs: of one benchmark, in the order of the legend.
    """
    drawn = (_profile(runs), _funnel(runs), _verdicts(runs), _first_failing(runs), _pass_at_k(runs), _cost(runs))
    return [figure for figure in drawn if figure is not None]


def save_figures(runs: Sequence[ReportedRun], paths: Sequence[Path]) -> list[Path]:
    """Write figures to files; the stem of a file names the figure, its suffix the format.

    Args:
        runs: of one or several benchmarks; with several, the benchmark's name is added to the stem.
        paths: as in ``plots/tier-profile.svg``.

    Returns:
        The files that were written.

    Raises:
        UserError: there is no such figure or format, or these runs lack the numbers for it.
    """
    check_names(paths, NAMES)
    benchmarks = list(dict.fromkeys(run.benchmark for run in runs))
    written = []
    for benchmark in benchmarks:
        drawn = {figure.name: figure for figure in figures_of([run for run in runs if run.benchmark == benchmark])}
        for path in paths:
            if path.stem not in drawn:
                raise UserError(f"these runs of {benchmark} have no numbers for the figure {path.stem}")
            written.append(path if len(benchmarks) == 1 else path.with_stem(f"{path.stem}-{benchmark}"))
            drawn[path.stem].save(written[-1])
    return written


def _profile(runs: Sequence[ReportedRun]) -> Figure | None:
    rows = []
    for run in runs:
        rates = {tier.value: group.pass_at[1] for tier, group in run.metrics.tiers.items()}
        rates["strict"] = run.metrics.strict.get(1)
        if run.metrics.original:
            rates["original"] = run.metrics.original.pass_at[1]
        rows += [_row(run, "tier", name, rate) for name, rate in rates.items() if rate]
    if not rows:
        return None
    title = "pass@1 by tier, with 95 % intervals"
    return Figure(NAMES[0], title, _in_words(title, rows, "tier"), rows, shapes.intervals(rows, "tier", "", "pass@1"))


def _funnel(runs: Sequence[ReportedRun]) -> Figure | None:
    rows = [
        {"run": run.label, "tier": tier.value, "value": group.given_earlier.value, "of": group.given_earlier.n}
        for run in runs
        for tier, group in run.metrics.tiers.items()
        if group.given_earlier and len(run.metrics.tiers) > 1
    ]
    if not rows:
        return None
    title = "Share that passes a tier, of the samples that passed all earlier tiers"
    chart = shapes.bars(rows, "tier", "", "share of those left", share=True)
    return Figure(NAMES[1], title, _in_words(title, rows, "tier"), rows, chart)


def _verdicts(runs: Sequence[ReportedRun]) -> Figure | None:
    rows = list(_verdict_rows(runs))
    if not rows:
        return None
    title = "Verdicts by tier, share of tests"
    return Figure(NAMES[2], title, _in_words(title, rows, "tier"), rows, shapes.heat(rows, "verdict", "tier"))


def _verdict_rows(runs: Sequence[ReportedRun]) -> Iterator[Row]:
    tables = {}
    for run in runs:
        tables[run.label] = {tier.value: group.verdicts for tier, group in run.metrics.tiers.items()}
        if run.metrics.original:
            tables[run.label]["original"] = run.metrics.original.verdicts
    seen = {v for groups in tables.values() for verdicts in groups.values() for v, count in verdicts.items() if count}
    if seen == {Verdict.UNGRADED}:
        return
    for label, groups in tables.items():
        for name, verdicts in groups.items():
            total = sum(verdicts.values())
            for verdict in Verdict:
                if verdict in seen and total:
                    count = verdicts.get(verdict, 0)
                    yield {"run": label, "tier": name, "verdict": verdict.value, "value": count / total, "tests": count}


def _first_failing(runs: Sequence[ReportedRun]) -> Figure | None:
    rows = []
    for run in runs:
        counts = run.metrics.first_failing_tier
        total = sum(counts.values())
        rows += [
            {"run": run.label, "tier": str(tier), "value": count / total, "samples": count}
            for tier, count in counts.items()
            if total
        ]
    if not rows:
        return None
    title = "First tier that a sample fails"
    chart = shapes.bars(rows, "tier", "", "share of samples", share=True)
    return Figure(NAMES[3], title, _in_words(title, rows, "tier"), rows, chart)


def _pass_at_k(runs: Sequence[ReportedRun]) -> Figure | None:
    rates = [
        (run, run.metrics.strict or (run.metrics.original.pass_at if run.metrics.original else {})) for run in runs
    ]
    rows = [_row(run, "k", k, rate) for run, by_k in rates for k, rate in by_k.items() if rate]
    if len({row["k"] for row in rows}) < 2:
        return None
    title = "pass@k on all tests, with 95 % intervals"
    return Figure(NAMES[4], title, _in_words(title, rows, "k"), rows, shapes.curves(rows, "k", "k", "pass@k"))


def _cost(runs: Sequence[ReportedRun]) -> Figure | None:
    rows = []
    for run in runs:
        rate = run.metrics.strict.get(1) or (run.metrics.original and run.metrics.original.pass_at[1])
        if run.usd is not None and rate:
            rows.append({"run": run.label, "x": run.usd, "value": rate.value})
    if not rows:
        return None
    title = "Score against cost"
    return Figure(NAMES[5], title, _in_words(title, rows, "x"), rows, shapes.scatter(rows, "USD", "pass@1"))


def _row(run: ReportedRun, column: str, place: object, rate: Estimate) -> Row:
    return {"run": run.label, column: place, "value": rate.value, "low": rate.low, "high": rate.high}


def _in_words(title: str, rows: Sequence[Row], column: str) -> str:
    """The chart as a sentence, for at most a dozen marks; the numbers are also in a table below it."""
    said = [f"{row['run']}, {row[column]}: {100 * row['value']:.0f} %" for row in rows[:12]]
    more = f"; and {len(rows) - 12} more" if len(rows) > 12 else ""
    return f"{title}. {'; '.join(said)}{more}."
