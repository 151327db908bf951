"""``tarot-bench train``."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_args

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
            help="Train on this machine under accelerate (cpu, single, multi, zero2, zero3, fsdp), or write a job file "
            "for dstack, skypilot or slurm."
        ),
    ] = None,
    gpus: Annotated[
        int | None, typer.Option(min=1, help="Use this many GPUs; by default what the recipe needs.")
    ] = None,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Train so many models of a miniature at the same time.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the commands and files without running or writing them.")
    ] = False,
    then: Annotated[
        str | None,
        typer.Option(help="Write `evaluate` to evaluate the trained model and its base afterwards, and compare them."),
    ] = None,
    suite: Annotated[
        str, typer.Option("--suite", "-s", help="Evaluate on this suite: a file, or a shipped name in eval/suites/.")
    ] = "tarot",
) -> None:
    """Train a model with GRPO on the tiers' tests under a curriculum; a resumed run continues the same curve."""
    from tarot_bench.cli.then import suite_after, train_then_evaluate
    from tarot_bench.training.kinds import open_job
    from tarot_bench.training.launch.commands import Invocation
    from tarot_bench.training.launch.files import Cluster

    given = recipe, model, curriculum, tuple(settings or ()), output, resume, jobs
    job = open_job(Invocation(*given, suite_after(then, suite)))
    if then and launch not in get_args(Cluster):
        raise typer.Exit(train_then_evaluate(job, suite, launch, gpus, dry_run=dry_run))
    if launch or dry_run:
        _launch(job.prepare(launch, gpus), job.output, dry_run)
    else:
        _run(job)


def _run(job: "TrainingJob") -> None:
    from tarot_bench.cli.interrupts import keep
    from tarot_bench.cli.output import working
    from tarot_bench.cli.training import quiet
    from tarot_bench.evaluation.prompts import Prompt

    keep(job.output)
    quiet()
    with working() as bar:
        lines = job.run(lambda name: Prompt(name).render, bar)
    if os.environ.get("RANK", "0") == "0":  # the first of several processes reports for all
        typer.echo("\n".join(lines))


def _launch(prepared: "Prepared", output: Path, dry_run: bool) -> None:
    from tarot_bench.atomic import write_atomically
    from tarot_bench.cli.training import run_launch
    from tarot_bench.training.launch.install import build_wheel

    for line in prepared.notes:
        typer.echo(f"# {line}")
    for name, text in prepared.files.items():
        if dry_run:
            typer.echo(f"# --- {name}\n{text.rstrip()}\n# ---")
        else:
            write_atomically(Path(name), text)
            typer.echo(f"# wrote {name}")
    if prepared.wheel and not dry_run:
        build_wheel(prepared.wheel)
        typer.echo(f"# wrote {prepared.wheel}")
    typer.echo("\n".join(prepared.commands))
    if prepared.plan and not dry_run:
        raise typer.Exit(run_launch(prepared.plan, output))
