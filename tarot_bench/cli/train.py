"""``tarot-bench train``."""

from pathlib import Path
from typing import Annotated

import typer


def train(
    recipe: Annotated[
        str, typer.Option("--recipe", "-r", help="A file, or a shipped name in training_baselines/recipes/.")
    ],
    settings: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[KEY=VALUE]...", help="Any setting, as in trainer.learning_rate=2.0e-6.", show_default=False
        ),
    ] = None,
    model: Annotated[
        str | None, typer.Option("--model", "-m", help="A file, or a shipped name in training_baselines/models/.")
    ] = None,
    curriculum: Annotated[
        str | None, typer.Option("--curriculum", "-c", help="A file, a shipped name, or a plug-in's.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The run directory; derived if not given.")
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on from the last checkpoint of the run.")] = False,
) -> None:
    """Train a model with GRPO on tier tests, under a curriculum; the run resumes to the same curve."""
    from tarot_bench.rl.recipe import kind_of, resolve

    if kind_of(recipe) == "miniature":
        _miniature(recipe, tuple(settings or ()), output, resume)
        return
    from tarot_bench.harness.prompts import Prompt
    from tarot_bench.rl.trainer import train as run_training

    training = resolve(recipe, model, curriculum, tuple(settings or ()))
    output = output or training.output
    render = Prompt(training.recipe.data.prompt).render
    outcome = run_training(training, output, render, resume=resume, tell=_tell)
    typer.echo(f"run: {output}  ({outcome.steps} steps; model: {outcome.model})")


def _miniature(recipe: str, settings: tuple[str, ...], output: Path | None, resume: bool) -> None:
    from tarot_bench.config import load_yaml
    from tarot_bench.recipes import find
    from tarot_bench.rl.miniature.run import run_and_report
    from tarot_bench.rl.miniature.settings import MiniatureRecipe
    from tarot_bench.rl.recipe import RECIPES
    from tarot_bench.sandbox import open_sandbox

    wanted = load_yaml(MiniatureRecipe, find(recipe, RECIPES), settings)
    output = output or Path("runs") / "train" / wanted.name
    with open_sandbox() as sandbox:
        page = run_and_report(wanted, output, sandbox, resume=resume, tell=_tell)
    typer.echo(page.read_text(encoding="utf-8"))
    typer.echo(f"run: {output}  (report.md, curves.png, cells.jsonl)")


def _tell(line: str) -> None:
    typer.echo(line, err=True)
