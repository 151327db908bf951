"""``tarot-bench sweep``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from tarot_bench.training.sweep.results import SweepTable
    from tarot_bench.training.sweep.sweep import SweepPlan


def sweep(
    recipe: Annotated[
        str,
        typer.Option(
            "--recipe", "-r", help="Repeat this recipe: a file, or a shipped name in training_baselines/recipes/."
        ),
    ],
    grid: Annotated[
        list[str],
        typer.Argument(
            metavar="KEY=VALUE[,VALUE]...",
            help="Train every combination of these values, as in curriculum=static,hard_first seed=0,1.",
            show_default=False,
        ),
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Write the runs, and sweeps/ with the table, below this directory.")
    ] = Path("runs/train"),
    jobs: Annotated[int, typer.Option(min=1, help="Run this many trainings at a time.")] = 1,
    launch: Annotated[
        str | None, typer.Option(help="Launch every training like this; a cluster's name writes a job file for each.")
    ] = None,
    gpus: Annotated[int | None, typer.Option(min=1, help="Use this many GPUs for each training.")] = None,
    then: Annotated[
        str | None, typer.Option(help="Write `evaluate` to evaluate every trained model beside its base.")
    ] = None,
    suite: Annotated[
        str, typer.Option("--suite", "-s", help="Evaluate on this suite: a file, or a shipped name in eval/suites/.")
    ] = "tarot",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what is done and the commands of the rest, and run nothing.")
    ] = False,
) -> None:
    """Train every combination of settings, skip those that are done, and show one table of the results."""
    import sys

    from tarot_bench.cli.interrupts import keep
    from tarot_bench.cli.terminal import say_line
    from tarot_bench.cli.then import suite_after
    from tarot_bench.evaluation.settings import resolve
    from tarot_bench.training.sweep.sweep import plan_sweep

    given = {"--launch": launch, "--gpus": gpus, "--then": then, "--suite": suite_after(then, suite)}
    options = [word for flag, value in given.items() if value is not None for word in (flag, str(value))]
    plan = plan_sweep(recipe, grid, output, options, resolve("gold", suite).name if then else None)
    pending = plan.pending
    say_line(f"{len(plan.cells)} trainings, {len(plan.cells) - len(pending)} done", err=True)
    if dry_run:
        _show_commands(plan)
        return
    keep(plan.folder, sys.argv[1:])
    made = plan.run(jobs, lambda line: say_line(line, err=True))
    _show(made)
    say_line(f"table: {plan.folder}  (table.csv, table.json, table.html, logs/)")
    raise typer.Exit(1 if any(cell.state == "failed" for cell in made.cells) else 0)


def _show_commands(plan: "SweepPlan") -> None:
    import shlex

    pending = plan.pending
    for cell in plan.cells:
        if cell in pending:
            typer.echo(shlex.join(["tarot-bench", *plan.arguments(cell)]))
        else:
            typer.echo(f"# done: {cell.label}: {cell.run}")


def _show(made: "SweepTable") -> None:
    from tarot_bench.cli.terminal import plain_console, say_line
    from tarot_bench.reporting.tables import Columns
    from tarot_bench.training.sweep.write import cells_of, columns_of, explanation

    axes, measures = columns_of(made)
    table = Columns(" ".join(axes) or "all", "seeds", *measures)
    for row in made.rows:
        table.add_row(" ".join(f"{key}={value}" for key, value in row.axes.items()) or "all", *cells_of(row, measures))
    plain_console().print(table)
    say_line(explanation(made))
    if not measures and any(cell.state == "done" for cell in made.cells):
        say_line("nothing was measured: set data.held_out and evaluation.every, or add --then evaluate")
    for cell in made.cells:
        if cell.state != "done":
            label = " ".join(f"{key}={value}" for key, value in cell.axes.items())
            say_line(f"{cell.state}: {label}" + (f": {cell.why}" if cell.why else ""))
