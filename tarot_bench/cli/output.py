"""Output shared by the verbs: progress, tables, thresholds, CI reports, next steps."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import typer
from rich.console import Console

from tarot_bench.cli.terminal import plain_console, say_line
from tarot_bench.errors import RecipeError, UserError
from tarot_bench.evaluation import Summary, failures, without_verdict
from tarot_bench.metrics.comparison import Comparison
from tarot_bench.reporting.comparison import named, table
from tarot_bench.reporting.header import Title
from tarot_bench.reporting.junit import Case, cases_of, write_junit
from tarot_bench.reporting.progress import Bar
from tarot_bench.reporting.terminal import render, render_rating
from tarot_bench.reporting.thresholds import Threshold, failed
from tarot_bench.runs.evaluation import EvaluationRun
from tarot_bench.sandbox.registry import known_kind


@contextmanager
def working(prices: tuple[float, float] | None = None) -> Iterator[Bar]:
    """Show a progress bar on standard error, so that standard output holds only results.

    Args:
        prices: USD per million input and output tokens, to show the cost so far.
    """
    with Bar(Console(stderr=True), prices) as bar:
        yield bar


def listed(given: Sequence[str] | None) -> tuple[str, ...]:
    """Split the values of a repeatable option that takes several values, separated by commas."""
    return tuple(value.strip() for text in given or () for value in text.split(",") if value.strip())


def sandbox_kind(argument: str) -> str:
    """The kind that ``--sandbox`` names; prints a warning for one without isolation.

    Raises:
        RecipeError: there is no such kind; lists the kinds.
    """
    try:
        known_kind(argument)
    except ValueError as error:
        raise RecipeError(f"--sandbox {argument}: {error}") from None
    unsafe_warning(argument)
    return argument


def package_list(argument: str | None) -> tuple[str, ...] | None:
    """The packages that ``--packages`` names, separated by commas; None if it was not given."""
    return None if argument is None else listed([argument])


def sources_of(given: Sequence[str] | None) -> dict[str, str]:
    """The sources that ``--data`` names, by benchmark.

    Raises:
        UserError: one is not of the form BENCHMARK=SOURCE.
    """
    found = {}
    for text in given or ():
        name, equals, source = text.partition("=")
        if not equals or not source:
            raise UserError(f"--data {text} is not of the form BENCHMARK=SOURCE, as in tarot=problems.jsonl")
        found[name] = source
    return found


def unsafe_warning(sandbox: str) -> None:
    """Warn that programs run without isolation."""
    if sandbox == "unsafe-subprocess":
        typer.echo(
            "WARNING: --sandbox unsafe-subprocess: programs written by a model run with all your rights on this "
            "machine, its files and its network. Only do this in a container that you can throw away.",
            err=True,
        )


def report_all(
    summaries: Sequence[Summary],
    run: Path,
    thresholds: Sequence[Threshold] = (),
    junit: Path | None = None,
) -> list[str]:
    """Print one table per benchmark, write the CI report, and return the missed thresholds.

    Args:
        summaries: of the run.
        run: its directory.
        thresholds: each judged on every benchmark that has its rate.
        junit: where to write a JUnit report.

    Returns:
        One line per missed threshold, already printed to standard error.
    """
    console = plain_console()
    for summary in summaries:
        console.print(render(title_of(summary), summary.metrics))
        for remark in summary.remarks:
            console.print(remark, highlight=False)
        if rating := summary.rating:
            estimate, counts = (rating.value, rating.low, rating.high), (rating.problems, rating.unrated)
            console.print(render_rating(estimate, counts, rating.buckets))
    if junit:
        write_junit(junit, "tarot-bench", _cases(summaries, run))
    missed = _missed(summaries, thresholds)
    for line in missed:
        say_line(f"tarot-bench: {line}", err=True)
    return missed


def show_failures(run: Path) -> None:
    """Print one line per problem of an evaluation run that some sample failed, and how many samples have no verdict."""
    found, (missing, asked) = failures(run), without_verdict(run)
    if missing < asked:
        say_line(f"Failed problems: {len(found)}" if found else "No problem failed.")
    for one in found:
        tier, verdict = one.result.tier or one.result.group or "original", one.result.verdict
        detail = f": {one.result.detail}" if one.result.detail else ""
        say_line(
            f"  {one.problem_id}  passed by {one.passed} of {one.graded}; sample {one.index}, {tier}: {verdict}{detail}"
        )
    if missing:
        say_line(f"{missing} of {asked} samples have no verdict: pending, or refused by the service")


def show_comparison(heading: str, comparison: Comparison) -> None:
    """Print a paired comparison: its table, and the problems that only one side solves better."""
    say_line(heading)
    plain_console().print(table(comparison))
    for line in named(comparison):
        say_line(line)


def _missed(summaries: Sequence[Summary], thresholds: Sequence[Threshold]) -> list[str]:
    """Judge each threshold on every benchmark that has its rate.

    Raises:
        UserError: no benchmark of the run has that rate; a threshold that applies to nothing must not pass.
    """
    lines = []
    for threshold in thresholds:
        judging = [s for s in summaries if threshold.name.removesuffix("@1") in s.metrics.named()] or summaries[:1]
        lines += [f"{s.benchmark}: {line}" for s in judging for line in failed([threshold], s.metrics)]
    return lines


def title_of(summary: Summary) -> Title:
    """The title of a summary's table."""
    setting = summary.setting
    asked = setting if setting["suite"] != "imported" else {"sampling": {}, "options": {}}  # unknown
    return Title(
        model=summary.model,
        benchmark=summary.benchmark,
        revision=setting["revision"].removeprefix("sha256:")[:12],
        samples=setting["samples"],
        fewest=setting["fewest_samples"],
        sandbox=setting["sandbox"]["level"],
        compat=setting["compat"],
        extraction=setting.get("extraction", "answer"),
        forgeable=setting["forgeable_tests"],
        data=setting["data"],
        tiers=tuple(setting["tiers"] or ()),
        limit=setting["limit"],
        ids=setting["ids"],
        sampling=asked["sampling"],
        options={key: value for key, value in asked["options"].items() if (key, value) != ("endpoint", "chat")},
    )


def _cases(summaries: Sequence[Summary], run: Path) -> list[Case]:
    cases: list[Case] = []
    for summary in summaries:
        records = EvaluationRun.open(run).benchmark(summary.benchmark).grades
        latest = {(made.problem_id, made.index): made for made in records}
        made = cases_of(latest.values())
        several = len(summaries) > 1
        cases += [replace(c, problem_id=f"{summary.benchmark}.{c.problem_id}") for c in made] if several else made
    return cases


def exit_status(summaries: Sequence[Summary], missed: Sequence[str]) -> int:
    """Return 0 on success, 1 if a threshold was missed, 3 if samples are ungraded and thus pending."""
    if any(summary.metrics.counts.ungraded for summary in summaries):
        return 3
    return 1 if missed else 0


def announce(run: Path) -> None:
    """Print the run's directory and the possible next commands."""
    typer.echo(f"run: {run}  (summary.json; next: tarot-bench explain {run} [PROBLEM], tarot-bench report {run})")
