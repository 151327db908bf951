"""``tarot-bench train``."""

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from tarot_bench.training.kinds import TrainingJob
    from tarot_bench.training.launch.prepare import Prepared


def train(
    recipe: Annotated[
        str,
        typer.Option(
            "--recipe", "-r", help="Follow this recipe: a file, or a shipped name in training_baselines/recipes/."
        ),
    ],
    settings: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[KEY=VALUE]...", help="Set any setting, as in trainer.learning_rate=2.0e-6.", show_default=False
        ),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            "--model",
            "-m",
            help="Train this model: a file, or a shipped name in training_baselines/models/; the recipe's by default.",
        ),
    ] = None,
    curriculum: Annotated[
        str | None,
        typer.Option(
            "--curriculum",
            "-c",
            help="Train under this curriculum: a file, a shipped name, or a plug-in's; the recipe's by default.",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="Write the run to this directory; by default its name is derived from recipe, model and curriculum.",
        ),
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Continue the run from its last checkpoint.")] = False,
    launch: Annotated[
        str | None,
        typer.Option(
            help="Start the training under accelerate (single, multi, zero2, zero3, fsdp), or write a job file for "
            "dstack, skypilot or slurm."
        ),
    ] = None,
    gpus: Annotated[
        int | None, typer.Option(min=1, help="Use this many GPUs; by default what the recipe needs.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the commands and files without running or writing them.")
    ] = False,
) -> None:
    """Train a model with GRPO on the tiers' tests under a curriculum; a resumed run continues the same curve."""
    from tarot_bench.training.kinds import open_job
    from tarot_bench.training.launch.commands import Invocation

    job = open_job(Invocation(recipe, model, curriculum, tuple(settings or ()), output, resume))
    if launch or dry_run:
        _launch(job.prepare(launch, gpus), dry_run)
    else:
        _run(job)


def _run(job: "TrainingJob") -> None:
    from tarot_bench.cli.interrupts import keep
    from tarot_bench.evaluation.prompts import Prompt

    keep(job.output)
    _quiet()
    lines = job.run(lambda name: Prompt(name).render, _tell)
    if os.environ.get("RANK", "0") == "0":  # the first of several processes reports for all
        typer.echo("\n".join(lines))


def _launch(prepared: "Prepared", dry_run: bool) -> None:
    import subprocess

    from tarot_bench.atomic import write_atomically

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


def _quiet() -> None:
    """Silence the progress bars and deprecation warnings of transformers."""
    import warnings

    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    warnings.filterwarnings("ignore", category=FutureWarning, module="transformers")
    with suppress(ImportError):
        from transformers.utils import logging

        logging.disable_progress_bar()


def _tell(line: str) -> None:
    from tarot_bench.cli.terminal import say_line

    say_line(line, err=True)
