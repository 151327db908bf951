"""``tarot-bench submit``."""

from pathlib import Path
from typing import Annotated

import typer


def submit(
    run: Annotated[Path, typer.Argument(help="A finished run directory of `evaluate`.")],
    to: Annotated[
        str,
        typer.Option(
            help="Write the bundle to this folder, or open a pull request on a dataset repository of the Hub, as in "
            "org/leaderboard (a new folder of that form is ./org/leaderboard)."
        ),
    ],
    model_card: Annotated[str | None, typer.Option(help="Link this address as the model's card.")] = None,
    parameters: Annotated[
        float | None, typer.Option(help="State the model's size in billions of parameters, as in 7.6.")
    ] = None,
    open_weights: Annotated[
        bool | None,
        typer.Option("--open-weights/--closed-weights", help="State whether anyone can download the weights."),
    ] = None,
    reasoning: Annotated[
        bool | None,
        typer.Option("--reasoning/--no-reasoning", help="State whether the model thinks before it answers."),
    ] = None,
) -> None:
    """Write a run's bundle for a leaderboard: raw answers, verdicts, settings, checksums."""
    from tarot_bench.api.leaderboard import submit as write
    from tarot_bench.config import build
    from tarot_bench.hub import is_repo
    from tarot_bench.leaderboard.bundle import About

    said = {"parameters_b": parameters, "open_weights": open_weights, "reasoning": reasoning}
    about = build(About, said, "submit")
    if not is_repo(to):
        typer.echo(f"bundle: {write(run, to, model_card=model_card, about=about)}  (next: tarot-bench verify BUNDLE)")
        return
    from tarot_bench.leaderboard.hub import propose

    made = write(run, run / "submitted", model_card=model_card, about=about)
    typer.echo(f"bundle: {made}")
    done = propose(made, to)
    typer.echo(f"pull request: {done.url}" if done.is_new else f"{to} has this bundle already: {done.url}")
