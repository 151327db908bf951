"""Show a run's metrics as tables that fit 60 columns and need no colour."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rich.box import SIMPLE_HEAD
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.measure import Measurement
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from tarot_bench.metrics.intervals import Estimate
from tarot_bench.metrics.tiers import Counts, GroupMetrics, Metrics, TierMetrics
from tarot_bench.problem import TIERS, Tier
from tarot_bench.reporting.header import Title, header
from tarot_bench.reporting.tables import Columns
from tarot_bench.texts import inline, printable
from tarot_bench.verdict import Verdict

_BAR_WIDTH = 36
_BESIDE_BAR = 28
"""Columns of a row of `_first_failing` without its bar."""
_CELL = len("99.8-100.0")
_UNBOUNDED = 10_000
_NAMED = 5
"""Problems that are named where a pass@k leaves some out; ``summary.json`` has them all."""
_LADDER = ("Through", "P(tier |\nbefore)")
Buckets = Mapping[str, tuple[int, float]]


def render(title: Title, metrics: Metrics) -> RenderableType:
    """Lay out the metrics for a rich console; plain text in a file or a pipe."""
    return _Report(title, metrics)


def render_rating(estimate: tuple[float, float, float], counts: tuple[int, int], buckets: Buckets) -> RenderableType:
    """Lay out a rating from the difficulty of the problems that were solved.

    Args:
        estimate: the rating, and the ends of its 95 % interval.
        counts: how many problems it rests on, and how many have no rating.
        buckets: by range of problem ratings, how many problems and the share solved, in [0, 1].
    """
    value, low, high = estimate
    rated, unrated = counts
    table = _table("Problem rating", "Problems", "Solved")
    for name, (problems, share) in buckets.items():
        table.add_row(inline(name), str(problems), f"{100 * share:.1f}")
    headline = Text.assemble("Elo-style rating ", (f"{value:.0f}", "bold"), f" [{low:.0f}, {high:.0f}]")
    basis = f"from {rated} rated problems ({unrated} unrated left out); CodeElo's sense, not its contests"
    return Group(Text(), headline, Text(basis, style="dim"), Text(), table)


@dataclass(frozen=True, slots=True)
class _Report:
    """A rich renderable that adapts to the available width."""

    title: Title
    metrics: Metrics

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width, several = options.max_width, len(self.metrics.tiers) > 1
        whole = _main_table(self.metrics, ladder=several)
        fits = Measurement.get(console, options.update(width=_UNBOUNDED), whole).maximum <= width
        narrow = (_main_table(self.metrics, ladder=False), Text(), _ladder_table(self.metrics))
        yield from header(self.title)
        yield Text()
        yield from (whole,) if fits or not several else narrow
        yield from _below(self.metrics, width)


def _below(metrics: Metrics, width: int) -> Iterator[RenderableType]:
    """Yield everything beneath the main table."""
    if len(metrics.counts.left_out) > 1:
        yield Text()
        yield _pass_at_table(metrics)
    yield Text("percent; beneath each rate its 95 % interval, clustered by problem", style="dim")
    if {Tier.BASIC, Tier.EDGE} <= set(metrics.tiers):
        yield Text()
        yield _gap(metrics.robustness_gap)
    if len(metrics.tiers) > 1:
        yield Text()
        yield _first_failing(metrics, width)
    yield Text()
    yield from _counts(metrics.counts)


def _main_table(metrics: Metrics, ladder: bool) -> Table:
    """One row per tier or group of tests; with the columns of `_ladder_table` if these fit."""
    table = _table("Tier" if metrics.tiers else "Tests", "Pass rate", "pass@1", *(_LADDER if ladder else ()))
    table.add_column("Main failure", no_wrap=True)
    for tier, group in metrics.tiers.items():
        table.add_row(*_group_cells(tier, group), *(_ladder(group) if ladder else ()), _main_failure(group))
    blank = (Text(),) * len(_LADDER) if ladder else ()
    if len(metrics.tiers) > 1:
        table.add_section()
        label = "all tiers" if len(metrics.tiers) == len(TIERS) else ",\n".join(metrics.tiers)
        cells = (Text.assemble(("strict", "bold"), "\n", (label, "dim")), "", _percent(metrics.strict[1]))
        table.add_row(*cells, *blank)
    for name, tests in {**metrics.groups, "original": metrics.original}.items():
        if tests:
            table.add_row(*_group_cells(name, tests), *blank, _main_failure(tests))
    return table


def _ladder_table(metrics: Metrics) -> Table:
    """The rates of tiers relative to the earlier ones, as a separate table for narrow terminals."""
    table = _table("Tier", *_LADDER)
    for tier, group in metrics.tiers.items():
        table.add_row(Text(tier, style="bold"), *_ladder(group))
    return table


def _ladder(group: TierMetrics) -> tuple[Text, Text]:
    return _percent(group.through), _percent(group.given_earlier)


def _pass_at_table(metrics: Metrics) -> Columns:
    columns = {tier.value: group.pass_at for tier, group in metrics.tiers.items()}
    if len(metrics.tiers) > 1:
        columns["strict"] = metrics.strict
    columns |= {name: group.pass_at for name, group in metrics.groups.items()}
    if metrics.original:
        columns["original"] = metrics.original.pass_at
    table = Columns("pass@k", *columns, least=_CELL)
    for k in metrics.counts.left_out:
        table.add_row(Text(f"k={k}", style="bold"), *(_percent(pass_at[k]) for pass_at in columns.values()))
    return table


def _table(first: str, *numbers: str) -> Table:
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
    table.add_column(first, no_wrap=True)
    for name in numbers:
        table.add_column(Text(printable(name)), justify="right", min_width=_CELL, no_wrap=True)
    return table


def _group_cells(name: str, group: GroupMetrics) -> tuple[Text, Text, Text]:
    label = Text.assemble((inline(name), "bold"), "\n", (f"{group.tests} tests", "dim"))
    return label, _percent(group.pass_rate), _percent(group.pass_at[1])


def _percent(estimate: Estimate | None) -> Text:
    if estimate is None:
        return Text("-")
    interval = f"{100 * estimate.low:.1f}-{100 * estimate.high:.1f}"
    return Text.assemble((f"{100 * estimate.value:.1f}", "bold"), "\n", (interval, "dim"))


def _main_failure(group: GroupMetrics) -> Text:
    passing = {Verdict.PASSED, Verdict.UNGRADED}
    failures = {verdict: count for verdict, count in group.verdicts.items() if verdict not in passing}
    if not failures:
        return Text("-")
    verdict = max(failures, key=lambda verdict: failures[verdict])
    share = f"{100 * failures[verdict] / sum(failures.values()):.0f} % of fails"
    return Text.assemble(verdict.lower().replace("_", " "), "\n", (share, "dim"))


def _gap(gap: Estimate | None) -> Text:
    label = "Robustness gap (basic - edge): "
    if gap is None:
        return Text(f"{label}-")
    interval = f" [{100 * gap.low:+.1f}, {100 * gap.high:+.1f}]"
    return Text.assemble(label, (f"{100 * gap.value:+.1f} pp", "bold"), interval)


def _first_failing(metrics: Metrics, width: int) -> Table:
    samples = sum(metrics.first_failing_tier.values())
    table = Table.grid(padding=(0, 2, 0, 0))
    table.title, table.title_justify, table.title_style = f"First tier failed ({samples} samples)", "left", "bold"
    for tier, count in metrics.first_failing_tier.items():
        bar = ProgressBar(total=max(samples, 1), completed=count, width=min(_BAR_WIDTH, width - _BESIDE_BAR))
        share = f"{100 * count / samples:.1f} %" if samples else "-"
        label = "none: solved" if tier == "none" else tier
        table.add_row(label, bar, Text(str(count), justify="right"), Text(share, justify="right"))
    return table


def _counts(counts: Counts) -> Iterator[Text]:
    yield Text(
        f"{counts.problems} problems, {counts.samples} samples, {counts.tests} tests; "
        f"NO_CODE {counts.no_code}, TRUNCATED {counts.truncated}, UNGRADED {counts.ungraded}"
    )
    if counts.ungraded:
        warning = (
            f"!! UNGRADED: {counts.ungraded} of {counts.samples} samples have no verdict, for reasons that are not "
            "the model's. Every number above leaves them out. "
            "--resume tries again, except what a service refused or filtered."
        )
        yield Text(warning, style="bold red")
    for k, problems in counts.left_out.items():
        if problems:
            named = ", ".join(counts.left_out_ids[k][:_NAMED])
            named += f" and {problems - _NAMED} more" if problems > _NAMED else ""
            few = f"fewer than {k} graded samples" if k > 1 else "no graded samples"
            said = f"pass@{k} leaves out {problems} of {counts.problems} problems with {few}: {named}"
            yield Text(inline(said))
