"""``tarot-bench train``."""

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from tarot_bench.training.launch.commands import Invocation


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
    launch: Annotated[
        str | None,
        typer.Option(
            help="Start it under accelerate (single, multi, zero2, zero3, fsdp), or write a job file for "
            "dstack, skypilot or slurm."
        ),
    ] = None,
    gpus: Annotated[
        int | None, typer.Option(min=1, help="GPUs of the machine; by default what the recipe needs.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the exact commands and files; do nothing.")] = False,
) -> None:
    """Train a model with GRPO on tier tests, under a curriculum; the run resumes to the same curve."""
    from tarot_bench.training.launch.commands import Invocation
    from tarot_bench.training.recipe import kind_of

    invocation = Invocation(recipe, model, curriculum, tuple(settings or ()), output, resume)
    if kind_of(recipe) == "miniature":
        _miniature(invocation, launch, dry_run)
    elif launch or dry_run:
        _launch(invocation, launch, gpus, dry_run)
    else:
        _train(invocation)


def _train(invocation: "Invocation") -> None:
    from tarot_bench.cli.interrupts import keep
    from tarot_bench.evaluation.prompts import Prompt
    from tarot_bench.training.recipe import resolve
    from tarot_bench.training.trainer.train import train as run_training

    training = resolve(invocation.recipe, invocation.model, invocation.curriculum, invocation.overrides)
    output = invocation.output or training.output
    keep(output)
    render = Prompt(training.recipe.data.prompt).render
    _quiet()
    outcome = run_training(training, output, render, resume=invocation.resume, tell=_tell)
    if os.environ.get("RANK", "0") == "0":  # one of several processes says it for all
        typer.echo(f"run: {output}  ({outcome.steps} steps; model: {outcome.model})")


def _launch(invocation: "Invocation", launch: str | None, gpus: int | None, dry_run: bool) -> None:
    import subprocess

    from tarot_bench.runs import write_atomically
    from tarot_bench.training.launch.prepare import prepare

    prepared = prepare(invocation, launch, gpus)
    for line in prepared.notes:
        typer.echo(f"# {line}")
    for name, text in prepared.files.items():
        if dry_run:
            typer.echo(f"# --- {name}\n{text.rstrip()}\n# ---")
        else:
            write_atomically(Path(name), text)
            typer.echo(f"# wrote {name}")
    typer.echo("\n".join(prepared.commands))
    if prepared.runs_here and not dry_run:
        raise typer.Exit(subprocess.run(prepared.arguments, check=False).returncode)


def _miniature(invocation: "Invocation", launch: str | None, dry_run: bool) -> None:
    import shlex

    from tarot_bench.cli.interrupts import keep
    from tarot_bench.config import load_yaml
    from tarot_bench.errors import RecipeError
    from tarot_bench.recipes import find
    from tarot_bench.sandbox import open_sandbox
    from tarot_bench.training.launch.commands import train_command
    from tarot_bench.training.miniature.miniature_recipe import MiniatureRecipe
    from tarot_bench.training.miniature.run import run_and_report
    from tarot_bench.training.recipe import RECIPES

    if launch or invocation.model or invocation.curriculum:
        raise RecipeError("the miniature compares curricula on one CPU: it takes no --launch, --model or --curriculum")
    wanted = load_yaml(MiniatureRecipe, find(invocation.recipe, RECIPES), invocation.overrides)
    output = invocation.output or Path("runs") / "train" / wanted.name
    if dry_run:
        typer.echo(f"# output {output}\n{shlex.join(train_command(invocation))}")
        return
    _quiet()
    keep(output)
    with open_sandbox() as sandbox:
        page = run_and_report(wanted, output, sandbox, resume=invocation.resume, tell=_tell)
    typer.echo(page.read_text(encoding="utf-8"))
    typer.echo(f"run: {output}  (report.md, curves.png, cells.jsonl)")


def _quiet() -> None:
    """What the libraries say about every file and every deprecated default of each other's."""
    import warnings

    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    warnings.filterwarnings("ignore", category=FutureWarning, module="transformers")
    with suppress(ImportError):
        from transformers.utils import logging

        logging.disable_progress_bar()


def _tell(line: str) -> None:
    from tarot_bench.cli.terminal import say_line

    say_line(line, err=True)
