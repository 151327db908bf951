"""``tarot-bench audit``."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from tarot_bench.generation.audit.report import AuditReport
    from tarot_bench.metrics.intervals import Estimate

_SHOWN = 20


def audit(
    dataset: Annotated[
        str,
        typer.Argument(
            help="A file, a folder, a Hub id, a run of generate, a benchmark's name, embedded, or synthetic:N[@SEED]."
        ),
    ],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write the run to this directory.")] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Continue the run in --output: do only what is missing.")
    ] = False,
    revision: Annotated[str | None, typer.Option(help="Read this revision of a Hub dataset.")] = None,
    split: Annotated[str | None, typer.Option(help="Read this split, where there are several.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Take only the first N problems.")] = None,
    programs: Annotated[
        Path | None,
        typer.Option(help="Add the known programs of this file: rows with problem_id, program, correct (and name)."),
    ] = None,
    pool: Annotated[
        str | None,
        typer.Option(help="Take further valid inputs from this dataset or benchmark, to tell mutants from the gold."),
    ] = None,
    times: Annotated[int, typer.Option(min=1, max=10, help="Run the gold this many times on every test.")] = 3,
    mutants: Annotated[int, typer.Option(min=0, help="Run at most this many mutants of each gold.")] = 30,
    html: Annotated[Path | None, typer.Option("--html", help="Write the report to this HTML file, too.")] = None,
    format_: Annotated[
        Literal["table", "json"], typer.Option("--format", help="Print tables, or the report as JSON.")
    ] = "table",
    sandbox: Annotated[
        str,
        typer.Option(help="Run programs in this sandbox: local, cold, ray, e2b, or unsafe-subprocess (no isolation)."),
    ] = "local",
    packages: Annotated[
        str | None, typer.Option(help="Let programs import these installed packages, as in numpy,sortedcontainers.")
    ] = None,
) -> None:
    """Measure the tests of a dataset: what they accept, what they reject, and what is wrong with them."""
    from tarot_bench.charts.figure import require
    from tarot_bench.cli.interrupts import keep
    from tarot_bench.cli.output import package_list, sandbox_kind, working
    from tarot_bench.errors import RunError
    from tarot_bench.generation.audit import auditing
    from tarot_bench.generation.audit.measuring import Effort
    from tarot_bench.generation.audit.page import write_page

    if resume and output is None:
        raise RunError("--resume needs --output: the directory of the run to resume")
    settings = auditing.AuditSettings(
        data=dataset,
        revision=revision,
        split=split,
        limit=limit,
        programs=str(programs) if programs else None,
        pool=pool,
        effort=Effort(times=times, most_mutants=mutants),
        sandbox=sandbox_kind(sandbox),
        packages=package_list(packages),
    )
    if html:
        require()
        if not html.parent.is_dir():
            raise RunError(f"--html {html}: there is no folder {html.parent}; create it first")
    output = output or Path("runs") / f"audit-{datetime.now():%Y%m%d-%H%M%S}"
    keep(output)
    with working() as progress:
        report = auditing.audit(settings, output, progress, resume=resume)
    if html:
        write_page(report, html)
    if format_ == "json":
        typer.echo(report.model_dump_json(indent=2))
        return
    _show(report)
    page = f"; page: {html}" if html else ""
    typer.echo(f"run: {output}  (audit.json, columns.jsonl; errata.yaml: proposals to read before they are used){page}")


def _show(report: "AuditReport") -> None:
    from tarot_bench.cli.terminal import say_line

    known = ", ".join(f"{kind} {count}" for kind, count in report.programs.items()) or "none"
    say_line(f"{report.data}: {report.problems} problems, {report.tests} tests, revision {report.revision}")
    say_line(f"programs known to be correct or wrong: {known}; mutants: {report.mutants}, {report.killable} killable")
    for count, what in ((report.without_gold, "problems without a gold"), (report.malformed, "malformed tests")):
        if count:
            say_line(f"{what}: {count}")
    if report.skipped:
        say_line(f"rows left out: {', '.join(f'{reason} {count}' for reason, count in report.skipped.items())}")
    _show_parts(report)
    _show_orders(report)
    _show_findings(report)


def _show_parts(report: "AuditReport") -> None:
    from tarot_bench.cli.terminal import plain_console
    from tarot_bench.reporting.tables import Columns

    headings = ("tests", "TPR", "TNR", "DR", "VAcc", "exclusion", "mutation", "redundant", "constant", "flaky")
    table = Columns("part", *headings, "unique", "gold fails", "margin", "repeated", "in statement")
    same = report.parts.get("tiers") and report.parts["tiers"].tests == report.parts["all"].tests
    for name, part in report.parts.items():
        if name == "all" and same:
            continue
        rates = part.detection
        shares = (rates.tpr, rates.tnr, rates.dr, rates.vacc, part.exclusion, part.mutation_score)
        further = (part.redundant, part.constant, part.flaky)
        margin = f"{part.margin.ratio:.0f}x" if part.margin else "-"
        counts = (part.unique_rejections, part.gold_failures, margin, part.duplicates, part.leaked_tests)
        table.add_row(name, str(part.tests), *map(_interval, (*shares, *further)), *map(str, counts))
    plain_console().print(table)


def _show_orders(report: "AuditReport") -> None:
    from tarot_bench.cli.terminal import plain_console
    from tarot_bench.reporting.tables import Columns

    table = Columns("basic to complex", "rising", "not falling")
    for measure, order in report.orders.items():
        table.add_row(measure, _interval(order.rising), _interval(order.not_falling))
    plain_console().print(table)


def _show_findings(report: "AuditReport") -> None:
    from tarot_bench.cli.terminal import say_line

    counted = ", ".join(f"{reason} {count}" for reason, count in report.reasons.items())
    say_line(f"findings: {counted or 'none'}")
    for finding in report.findings[:_SHOWN]:
        where = f", {finding.part} test {finding.number}" if finding.part else ""
        say_line(f"{finding.problem}{where}: {finding.reason}{': ' if finding.detail else ''}{finding.detail}")
    if len(report.findings) > _SHOWN:
        say_line(f"… and {len(report.findings) - _SHOWN} more in audit.json")


def _interval(estimate: "Estimate | None") -> str:
    if estimate is None:
        return "-"
    return f"{100 * estimate.value:.1f} [{100 * estimate.low:.0f}, {100 * estimate.high:.0f}]"
