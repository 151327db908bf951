"""A run's metrics as a table that fits 80 columns and says everything without colour."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from tarot_bench.grading.intervals import Estimate
from tarot_bench.grading.metrics import Counts, GroupMetrics, Metrics
from tarot_bench.texts import inline, printable
from tarot_bench.verdict import Verdict

_BAR_WIDTH = 36
Buckets = Mapping[str, tuple[int, float]]


@dataclass(frozen=True, slots=True)
class Title:
    """What the numbers are numbers of.

    Attributes:
        model: full name, prefix included.
        benchmark: name of the suite or data set.
        revision: of the data; None where it has none.
        samples: drawn per problem.
        sandbox: isolation level, ``full``, ``landlock`` or ``none``.
        compat: the published grader that was reproduced, such as ``tarot``; None for our own.
        forgeable: how many tests are judged partly in the program's own process (`TestCase.forgeable`).
        extraction: how programs were taken out of texts; ``verbatim`` is a benchmark's official form.
    """

    model: str
    benchmark: str
    revision: str | None
    samples: int
    sandbox: str
    compat: str | None = None
    forgeable: int = 0
    extraction: str = "answer"


def render(title: Title, metrics: Metrics) -> RenderableType:
    """Lay out the metrics for a rich console; in a file or a pipe it is plain text."""
    return Group(*_parts(title, metrics))


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


def _parts(title: Title, metrics: Metrics) -> Iterator[RenderableType]:
    yield from _header(title)
    yield Text()
    yield _main_table(metrics)
    if len(metrics.counts.left_out) > 1:
        yield Text()
        yield _pass_at_table(metrics)
    yield Text("percent; beneath each rate its 95 % interval, clustered by problem", style="dim")
    if metrics.tiers:
        yield Text()
        yield _gap(metrics.robustness_gap)
        yield Text()
        yield _first_failing(metrics)
    yield Text()
    yield from _counts(metrics.counts)


def _header(title: Title) -> Iterator[Text]:
    yield Text.assemble((inline(title.model), "bold"), " on ", (inline(title.benchmark), "bold"))
    revision = f"data revision {title.revision}, " if title.revision else ""
    yield Text(f"{revision}n={title.samples} per problem, sandbox {title.sandbox}")
    if title.sandbox == "none":
        yield Text("!! sandbox none: the programs ran without isolation", style="bold red")
    if title.compat:
        label = f"compat={title.compat}: reproduces that published grader; not comparable with ours"
        yield Text(label, style="yellow")
    if title.extraction == "verbatim":
        yield Text("extraction=verbatim: prompt and text were run as they are, nothing was taken out", style="yellow")
    if title.forgeable:
        yield Text(f"forgeable: {title.forgeable} tests are judged partly in the program's own process", style="yellow")


def _main_table(metrics: Metrics) -> Table:
    table = _table("Tier", "Pass rate", "pass@1", *(("Through", "P(tier |\nbefore)") if metrics.tiers else ()))
    table.add_column("Main failure", no_wrap=True)
    for tier, group in metrics.tiers.items():
        ladder = (_percent(group.through), _percent(group.given_earlier))
        table.add_row(*_group_cells(tier, group), *ladder, _main_failure(group))
    if metrics.tiers:
        table.add_section()
        table.add_row(Text("strict\nall tiers"), "", _percent(metrics.strict[1]))
    ladder_gap = (Text(),) * 2 if metrics.tiers else ()
    for name, tests in {**metrics.groups, "original": metrics.original}.items():
        if tests:
            table.add_row(*_group_cells(name, tests), *ladder_gap, _main_failure(tests))
    return table


def _pass_at_table(metrics: Metrics) -> Table:
    columns = {tier.value: group.pass_at for tier, group in metrics.tiers.items()}
    if metrics.tiers:
        columns["strict"] = metrics.strict
    columns |= {name: group.pass_at for name, group in metrics.groups.items()}
    if metrics.original:
        columns["original"] = metrics.original.pass_at
    table = _table("pass@k", *columns)
    for k in metrics.counts.left_out:
        table.add_row(Text(f"k={k}", style="bold"), *(_percent(pass_at[k]) for pass_at in columns.values()))
    return table


def _table(first: str, *numbers: str) -> Table:
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
    table.add_column(first, no_wrap=True)
    for name in numbers:
        table.add_column(Text(printable(name)), justify="right", min_width=len("99.8-100.0"), no_wrap=True)
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


def _first_failing(metrics: Metrics) -> Table:
    samples = sum(metrics.first_failing_tier.values())
    table = Table.grid(padding=(0, 2, 0, 0))
    table.title, table.title_justify, table.title_style = f"First tier failed ({samples} samples)", "left", "bold"
    for tier, count in metrics.first_failing_tier.items():
        bar = ProgressBar(total=max(samples, 1), completed=count, width=_BAR_WIDTH)
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
            f"!! UNGRADED: {counts.ungraded} of {counts.samples} samples have no verdict, by trouble that is not the "
            "model's. Every number above leaves them out. Resume the run to grade them."
        )
        yield Text(warning, style="bold red")
    for k, problems in counts.left_out.items():
        if problems:
            yield Text(f"pass@{k} leaves out {problems} of {counts.problems} problems: too few graded samples")
