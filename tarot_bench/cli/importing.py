"""``tarot-bench import``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from tarot_bench.evaluation.importers import Agreement

_SHOWN = 10


def import_results(
    file: Annotated[
        Path,
        typer.Argument(help="Results of lm-eval, inspect_ai, evalplus, LiveCodeBench or evalchemy."),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="Write the run to this directory.")],
    form: Annotated[
        str | None,
        typer.Option(
            "--format",
            help="Read the file as lm-eval, inspect, evalplus, livecodebench or evalchemy; detected by default.",
        ),
    ] = None,
    benchmark: Annotated[
        str | None, typer.Option("--benchmark", "-b", help="Take the problems of this benchmark of ours.")
    ] = None,
    data: Annotated[
        str | None, typer.Option("--data", "-d", help="Read the problems from a Hub id, a folder or a file.")
    ] = None,
    split: Annotated[str | None, typer.Option(help="Take this split of the data.")] = None,
    model: Annotated[
        str | None, typer.Option("--model", "-m", help="Report the results under this model name.")
    ] = None,
    k: Annotated[list[int] | None, typer.Option("--k", min=1, help="Report pass@k; may be repeated.")] = None,
    sandbox: Annotated[
        str, typer.Option(help="Run programs in this sandbox: local, cold, or unsafe-subprocess (no isolation).")
    ] = "local",
    packages: Annotated[
        str | None, typer.Option(help="Let programs import these installed packages, as in numpy,sortedcontainers.")
    ] = None,
) -> None:
    """Import completions recorded by another harness, grade them with our grader, and show where the two disagree."""
    from tarot_bench import evaluation
    from tarot_bench.cli.interrupts import keep
    from tarot_bench.cli.output import announce, exit_status, package_list, report_all, sandbox_kind, working
    from tarot_bench.cli.terminal import say_line
    from tarot_bench.evaluation import importers

    kind = sandbox_kind(sandbox)
    keep(output, ["regrade", str(output)])
    found = importers.import_results(
        file, output, form=form, benchmark=benchmark, data=data, split=split, model=model, ks=k or ()
    )
    left_out = f"; {found.left_out} samples without an answer are left out" if found.left_out else ""
    say_line(f"{found.format}: {found.samples} completions of {found.problems} problems of {found.benchmark}{left_out}")
    with working() as progress:
        summaries = evaluation.regrade(output, sandbox=kind, packages=package_list(packages), progress=progress)
    report_all(summaries, output)
    _report(importers.agreement(output, found.benchmark))
    announce(output)
    raise typer.Exit(exit_status(summaries, ()))


def _report(agreement: "Agreement") -> None:
    """Print how many of the file's claims our grades confirm, and the first ones that they contradict."""
    from tarot_bench.cli.terminal import say_line

    if not agreement.compared:
        typer.echo("The file does not say which completions passed.")
        return
    agreed = agreement.compared - len(agreement.disagreements)
    typer.echo(f"Agreement with the file: {agreed} of {agreement.compared} ({agreed / agreement.compared:.2%})")
    for one in agreement.disagreements[:_SHOWN]:
        theirs = "passed" if one.claim.passed[one.scope] else "failed"
        ours = f"{one.verdict} {one.detail}" if one.verdict else "PASSED"
        say_line(f"  {one.claim.problem_id}, sample {one.claim.index}, {one.scope}: {theirs} there, here {ours}")
    if len(agreement.disagreements) > _SHOWN:
        typer.echo(f"  and {len(agreement.disagreements) - _SHOWN} more")
