"""What the verbs share: progress, tables, thresholds, CI reports, the run's address."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import cast, get_args

import typer
from rich.console import Console

from tarot_bench.cli.terminal import plain_console, say_line
from tarot_bench.errors import RecipeError
from tarot_bench.harness import Evaluation, Summary
from tarot_bench.harness.settings import SandboxKind
from tarot_bench.reporting.junit import Case, cases_of, write_junit
from tarot_bench.reporting.progress import Bar
from tarot_bench.reporting.terminal import Title, render, render_rating
from tarot_bench.reporting.thresholds import Threshold, failed
from tarot_bench.runs import Run
from tarot_bench.verdict import Grade


@contextmanager
def working() -> Iterator[Bar]:
    """A progress bar on standard error, so that standard output holds results alone."""
    with Bar(Console(stderr=True)) as bar:
        yield bar


def default_output(settings: Evaluation) -> Path:
    """A new directory below ``runs/``, named after the suite, the model and the time."""
    model = re.sub(r"[^\w.-]+", "-", settings.model).strip("-.")[:60]
    return Path("runs") / f"{settings.name}-{model}-{datetime.now():%Y%m%d-%H%M%S}"


def sandbox_kind(argument: str) -> SandboxKind:
    """What ``--sandbox`` names; where that isolates nothing, a warning says so aloud.

    Raises:
        RecipeError: there is no such kind; lists the kinds.
    """
    if argument not in get_args(SandboxKind):
        raise RecipeError(f"--sandbox {argument}: there are {', '.join(get_args(SandboxKind))}")
    unsafe_warning(argument)
    return cast("SandboxKind", argument)


def unsafe_warning(sandbox: str) -> None:
    """Say aloud that programs run without isolation."""
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
    """Print one table per benchmark, write the CI report, and tell which thresholds were missed.

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


def _missed(summaries: Sequence[Summary], thresholds: Sequence[Threshold]) -> list[str]:
    """Judge each threshold on every benchmark that has its rate.

    Raises:
        UserError: no benchmark of the run has that rate; a threshold that nothing is held to must not pass.
    """
    lines = []
    for threshold in thresholds:
        judging = [s for s in summaries if threshold.name.removesuffix("@1") in s.metrics.named()] or summaries[:1]
        lines += [f"{s.benchmark}: {line}" for s in judging for line in failed([threshold], s.metrics)]
    return lines


def title_of(summary: Summary) -> Title:
    """What stands above a summary's table."""
    return Title(
        model=summary.model,
        benchmark=summary.benchmark,
        revision=summary.setting["revision"].removeprefix("sha256:")[:12],
        samples=summary.setting["samples"],
        sandbox=summary.setting["sandbox"]["level"],
        compat=summary.setting["compat"],
        extraction=summary.setting.get("extraction", "answer"),
        forgeable=summary.setting["forgeable_tests"],
    )


def _cases(summaries: Sequence[Summary], run: Path) -> list[Case]:
    cases: list[Case] = []
    for summary in summaries:
        records = Run.open(run).records(f"{summary.benchmark}/grades.jsonl", Grade)
        latest = {(made.problem_id, made.index): made for made in records}
        made = cases_of(latest.values())
        several = len(summaries) > 1
        cases += [replace(c, problem_id=f"{summary.benchmark}.{c.problem_id}") for c in made] if several else made
    return cases


def exit_status(summaries: Sequence[Summary], missed: Sequence[str]) -> int:
    """0 when all is well, 1 when a threshold was missed, 3 when samples are ungraded and so still owed."""
    if any(summary.metrics.counts.ungraded for summary in summaries):
        return 3
    return 1 if missed else 0


def announce(run: Path) -> None:
    """Where the run is, and what can be done with it next."""
    typer.echo(f"run: {run}  (summary.json; next: tarot-bench explain {run} PROBLEM, tarot-bench regrade {run})")
