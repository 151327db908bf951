"""``tarot-bench export``."""

from pathlib import Path
from typing import Annotated

import typer


def export(
    run: Annotated[Path, typer.Argument(help="A run directory of `evaluate` or `import`.")],
    to: Annotated[
        str,
        typer.Option(help="Write the format inspect, every-eval-ever, hub, lm-eval, parquet or csv."),
    ],
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", help="Write to this file (inspect, parquet, csv) or below this folder (others)."
        ),
    ],
    benchmark: Annotated[
        str | None, typer.Option("--benchmark", "-b", help="Export this benchmark, where the run has several.")
    ] = None,
    model_id: Annotated[
        str | None, typer.Option(help="Record every-eval-ever results for this model, as in DEVELOPER/NAME.")
    ] = None,
    dataset_id: Annotated[
        str | None, typer.Option(help="Record hub results for this benchmark dataset, as in you/name.")
    ] = None,
    push: Annotated[
        str | None, typer.Option(help="Push the hub results to this model repository, as in you/model.")
    ] = None,
) -> None:
    """Write a run for the tools of others: inspect view, Every Eval Ever, the Hub, lm-eval, tables."""
    from tarot_bench.cli.terminal import say_line
    from tarot_bench.errors import UserError
    from tarot_bench.integrations.exports.exporting import export as write

    if push is not None and to != "hub":
        raise UserError("--push is only for --to hub; leave it out")
    made = write(run, to, output, benchmark=benchmark, model_id=model_id, dataset_id=dataset_id)
    for path in made.files:
        say_line(f"{to}: {path}")
    say_line(f"{made.samples} samples in all")
    if made.ungraded:
        say_line(f"{made.ungraded} samples have no score; no rate counts them")
    if made.missing:
        say_line(f"{made.missing} samples are missing: not answered or not graded yet; --resume the run, export again")
    if push is not None:
        from tarot_bench.integrations.exports.hub import push as send

        say_line(f"pushed: {send(made.files[0], push)}")
