"""``tarot-bench validate``."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from tarot_bench.generation.validate.revalidate import Revalidation

_SHOWN = 20


def validate(
    dataset: Annotated[
        str, typer.Argument(help="A file, a folder, a Hub id, a run of generate, embedded, or synthetic:N[@SEED].")
    ],
    revision: Annotated[str | None, typer.Option(help="Read this revision of a Hub dataset.")] = None,
    split: Annotated[str | None, typer.Option(help="Read this split, where there are several.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Take only the first N problems.")] = None,
    times: Annotated[int, typer.Option(min=1, max=10, help="Run the gold this many times on every test.")] = 3,
    sandbox: Annotated[
        str,
        typer.Option(help="Run programs in this sandbox: local, cold, ray, e2b, or unsafe-subprocess (no isolation)."),
    ] = "local",
    packages: Annotated[
        str | None, typer.Option(help="Let programs import these installed packages, as in numpy,sortedcontainers.")
    ] = None,
) -> None:
    """Run the golds of a problem set on all their tests, and print errors tier by tier. Exit 1 if there are any."""
    from tarot_bench.cli.output import package_list, sandbox_kind, working
    from tarot_bench.dataset import load_entries
    from tarot_bench.generation.validate.revalidate import revalidate
    from tarot_bench.sandbox import open_sandbox

    entries = load_entries(dataset, revision=revision, split=split)[:limit]
    kind, allowed = sandbox_kind(sandbox), package_list(packages)
    with working() as progress, open_sandbox(kind, packages=allowed) as opened:
        made = revalidate(entries, opened, times, progress)
    _report(made, len(entries))
    if made.findings:
        raise typer.Exit(1)


def _report(made: "Revalidation", problems: int) -> None:
    from tarot_bench.cli.terminal import plain_console, say_line
    from tarot_bench.reporting.tables import Columns

    say_line(f"The golds of {problems} problems, run again")
    table = Columns("tests of", "run", "found wrong", texts=["found wrong"])
    for where in (*made.tests, "problem"):
        found = ", ".join(f"{reason} {count}" for reason, count in made.counted(where).items())
        table.add_row(where, str(made.tests[where]) if where in made.tests else "", found or "nothing")
    plain_console().print(table)
    for finding in made.findings[:_SHOWN]:
        say_line(f"{finding.problem}, {finding.where}: {finding.reason}: {finding.detail}")
    if len(made.findings) > _SHOWN:
        typer.echo(f"… and {len(made.findings) - _SHOWN} more")
    if made.margin:
        share, problem = made.margin
        say_line(f"slowest gold: {share:.1%} of its CPU limit ({problem})")
