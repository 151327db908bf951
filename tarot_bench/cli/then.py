"""``tarot-bench train --then evaluate``: train in a process of its own, then evaluate what it made beside its base."""

import subprocess
import sys
from typing import TYPE_CHECKING

import typer

from tarot_bench.errors import RecipeError

if TYPE_CHECKING:
    from tarot_bench.api.training import TrainedEvaluation
    from tarot_bench.training.kinds import TrainingJob
    from tarot_bench.training.launch.prepare import Prepared


def suite_after(then: str | None, suite: str) -> str | None:
    """The suite of ``--then evaluate``, known to exist; None without ``--then``.

    Raises:
        RecipeError: there is nothing else to do than to evaluate, or there is no such suite.
    """
    from tarot_bench.evaluation.settings import resolve

    if then is None:
        return None
    if then != "evaluate":
        raise RecipeError(f"--then {then}: unknown; write --then evaluate")
    resolve("gold", suite)
    return suite


def train_then_evaluate(job: "TrainingJob", suite: str, launch: str | None, gpus: int | None, *, dry_run: bool) -> int:
    """Train, unless that is done, and evaluate; returns the exit status.

    The training has a process of its own, so that it leaves no memory in use on the GPUs.

    Raises:
        RecipeError: the recipe trains no single model.
        UserError: as `tarot_bench.api.training.TrainedEvaluator`.
    """
    from tarot_bench.api.training import TrainedEvaluator
    from tarot_bench.cli.interrupts import keep
    from tarot_bench.cli.output import exit_status, working
    from tarot_bench.cli.training import quiet
    from tarot_bench.training.results import finished
    from tarot_bench.training.trainer.job import GrpoJob

    if not isinstance(job, GrpoJob):
        raise RecipeError(
            f"--then evaluate needs a recipe that trains one model, which {job.invocation.recipe} does not"
        )
    prepared = job.prepare(launch, gpus)
    evaluator = TrainedEvaluator(job.training, job.output, suite)
    if dry_run:
        typer.echo("\n".join([*(f"# {note}" for note in prepared.notes), *prepared.commands]))
        typer.echo(f"# then evaluate {job.output / 'model'} and its base on {suite}")
        return 0
    keep(job.output)
    if not (job.invocation.resume and finished(job.training, job.output)):
        status = _train(job, prepared)
        if status:
            return status
    quiet()
    with working() as progress:
        made = evaluator.run(progress)
    _show(made)
    return exit_status([*made.base.summaries, *made.trained.summaries], [])


def _train(job: "TrainingJob", prepared: "Prepared") -> int:
    from tarot_bench.cli.training import run_launch

    if prepared.plan:
        return run_launch(prepared.plan, job.output)
    return subprocess.run([sys.executable, "-m", "tarot_bench", *job.invocation.arguments], check=False).returncode


def _show(made: "TrainedEvaluation") -> None:
    from tarot_bench.cli.output import show_comparison
    from tarot_bench.cli.terminal import say_line

    for name, comparison in made.found.comparisons.items():
        show_comparison(f"{name}: base (first) and trained (second): pass@1, paired by problem", comparison)
        if seen := made.found.trained_on.get(name):
            say_line(f"!! the model was trained on {seen} of these problems: that is no held-out result")
    typer.echo(f"base: {made.base.path}")
    typer.echo(f"trained: {made.trained.path}")
    typer.echo(f"report: {made.report}  (comparison.json beside it)")
