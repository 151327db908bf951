"""``tarot-bench evalchemy-command``."""

from typing import Annotated

import typer


def evalchemy_command(
    model: Annotated[str, typer.Option("--model", "-m", help="A Hub id or a local path.")],
    gpus: Annotated[int, typer.Option(min=1, help="GPUs that vLLM spreads the model over.")] = 1,
    batch_size: Annotated[int, typer.Option(min=1, help="Requests at once.")] = 16,
    output: Annotated[str, typer.Option("--output", "-o", help="Where evalchemy writes its results.")] = "logs",
) -> None:
    """Print the command that runs the paper's seven benchmarks in its own harness, from a checkout of evalchemy."""
    from tarot_bench.evaluation.evalchemy import command

    typer.echo(command(model, gpus, batch_size, output))
    typer.echo(
        "Its numbers are not comparable with ours: it shows CodeForces' editorials to the model and compares outputs "
        "loosely. `tarot-bench import` grades the LiveCodeBench and CodeForces programs in its result file again.",
        err=True,
    )
