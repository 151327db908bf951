"""``tarot-bench train``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from tarot_bench.rl.launch.commands import Invocation


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
    from tarot_bench.rl.launch.commands import Invocation
    from tarot_bench.rl.recipe import kind_of, resolve

    pairs = tuple(settings or ())
    if kind_of(recipe) == "miniature":
        _miniature(recipe, pairs, output, resume)
        return
    if launch or dry_run:
        invocation = Invocation(recipe, model, curriculum, pairs, output, resume)
        _launch(invocation, launch, gpus, dry_run)
        return
    from tarot_bench.harness.prompts import Prompt
    from tarot_bench.rl.trainer import train as run_training

    training = resolve(recipe, model, curriculum, pairs)
    output = output or training.output
    render = Prompt(training.recipe.data.prompt).render
    outcome = run_training(training, output, render, resume=resume, tell=_tell)
    typer.echo(f"run: {output}  ({outcome.steps} steps; model: {outcome.model})")


def _launch(invocation: "Invocation", launch: str | None, gpus: int | None, dry_run: bool) -> None:
    import subprocess

    from tarot_bench.rl.launch.prepare import prepare

    prepared = prepare(invocation, launch, gpus)
    for line in prepared.notes:
        typer.echo(f"# {line}")
    for name, text in prepared.files.items():
        if dry_run:
            typer.echo(f"# --- {name}\n{text.rstrip()}\n# ---")
        else:
            Path(name).write_text(text, encoding="utf-8")
            typer.echo(f"# wrote {name}")
    typer.echo("\n".join(prepared.commands))
    if prepared.runs_here and not dry_run:
        raise typer.Exit(subprocess.run(prepared.arguments, check=False).returncode)


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
