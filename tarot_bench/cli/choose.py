"""``tarot-bench choose``."""

from pathlib import Path
from typing import Annotated

import typer


def choose(
    run: Annotated[Path | None, typer.Option(help="Choose from this run of `evaluate` or `probe`.")] = None,
    size: Annotated[
        float | None,
        typer.Option(min=0.001, help="Choose by the model's size in billions of parameters; less reliable than a run."),
    ] = None,
    by: Annotated[
        str,
        typer.Option(
            help="Choose by rule (the capability law), signal (informative groups) or table (recorded gains)."
        ),
    ] = "rule",
    portfolio: Annotated[
        str,
        typer.Option(help="Choose from this portfolio: a file, or a shipped name in training_baselines/portfolios/."),
    ] = "default",
    mode: Annotated[
        str, typer.Option(help="Turn verdicts into a reward by fraction, weighted_sum, all_or_nothing, dense or min.")
    ] = "fraction",
    group_size: Annotated[int, typer.Option(min=2, help="Assume this many samples per group in training.")] = 8,
    json_output: Annotated[bool, typer.Option("--json", help="Print the choice as JSON.")] = False,
) -> None:
    """Choose a curriculum for a model by its measured capability, with the reason."""
    from typing import cast, get_args

    from tarot_bench.errors import RecipeError
    from tarot_bench.training.probe.choose import By, by_size
    from tarot_bench.training.probe.choose import choose as pick
    from tarot_bench.training.probe.portfolio import load_portfolio
    from tarot_bench.training.probe.probe import probe
    from tarot_bench.training.probe.samples import saved_grades
    from tarot_bench.training.reward.modes import mode_named

    if by not in get_args(By):
        raise RecipeError(f"--by {by} is unknown; choose one of {', '.join(get_args(By))}")
    if (run is None) == (size is None):
        raise RecipeError("give either --run RUN (see `tarot-bench probe`) or, as a fallback, --size BILLIONS")
    if run is None and by != "rule":
        raise RecipeError(f"--by {by} needs measured samples: give a run with --run")
    chosen = load_portfolio(portfolio)
    if run is None:
        choice = by_size(size or 0, chosen)
    else:
        choice = pick(probe(saved_grades(run), chosen.loaded, group_size, mode_named(mode)), chosen, cast("By", by))
    if json_output:
        typer.echo(choice.model_dump_json(indent=2))
        return
    typer.echo(choice.curriculum)
    typer.echo(f"{choice.by}: {choice.reason}")
