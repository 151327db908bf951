"""Prepare ``train --launch`` and ``--dry-run``: notes, files and commands, checked."""

import shlex
from dataclasses import dataclass, field
from typing import cast, get_args

from tarot_bench.errors import RecipeError
from tarot_bench.training.launch.commands import (
    AccelerateKind,
    Invocation,
    accelerate_command,
    accelerate_config,
    check_accelerate_config,
    serve_command,
    train_command,
)
from tarot_bench.training.launch.files import FILE_NAMES, SUBMIT, Cluster, job_file
from tarot_bench.training.launch.script import LaunchPlan
from tarot_bench.training.lint.checks import lint_training
from tarot_bench.training.recipe import Training, resolve


@dataclass(frozen=True, slots=True)
class Prepared:
    """A launch that is ready.

    Attributes:
        notes: a description for the user.
        files: texts by file name.
        commands: the exact command lines, in order.
        arguments: of the last command.
        runs_here: whether `train` runs the last command; the user submits jobs.
    """

    notes: list[str]
    files: dict[str, str] = field(default_factory=dict)
    commands: list[str] = field(default_factory=list)
    arguments: list[str] = field(default_factory=list)
    runs_here: bool = False


def prepare(invocation: Invocation, launch: str | None, gpus: int | None) -> Prepared:
    """Prepare a launch.

    Args:
        invocation: what to train.
        launch: a kind of accelerate, a cluster, or None for this process.
        gpus: of the machine; None takes the number that the recipe needs.

    Raises:
        RecipeError: an unknown kind, or a recipe with an error that the linter finds.
    """
    training = resolve(invocation.recipe, invocation.model, invocation.curriculum, invocation.overrides)
    notes = [*_describe(training), *_linted(training)]
    if launch is None:
        command = train_command(invocation)
        return Prepared(notes, commands=[*_server(training), shlex.join(command)], arguments=command)
    plan = _plan(training, invocation, launch, gpus)
    if launch in get_args(Cluster):
        cluster = cast("Cluster", launch)
        name = FILE_NAMES[cluster].format(name=training.run_name)
        return Prepared(notes, {name: job_file(cluster, plan)}, [SUBMIT[cluster].format(file=shlex.quote(name))])
    config = accelerate_config(plan.accelerate)
    check_accelerate_config(config)
    command = accelerate_command(invocation, str(config), plan.processes)
    return Prepared(notes, {}, [*_server(training), shlex.join(command)], command, runs_here=True)


def _plan(training: Training, invocation: Invocation, launch: str, gpus: int | None) -> LaunchPlan:
    kinds, clusters = get_args(AccelerateKind), get_args(Cluster)
    if launch not in (*kinds, *clusters):
        raise RecipeError(f"--launch {launch}: unknown; choose one of {', '.join((*kinds, *clusters))}")
    processes = training.recipe.processes
    serving = training.recipe.vllm.tensor_parallel if training.recipe.vllm.mode == "server" else 0
    kind = launch if launch in kinds else "single" if processes == 1 else "zero2"
    plan = LaunchPlan(training, invocation, cast("AccelerateKind", kind), gpus or processes + serving)
    if plan.processes != processes:
        raise RecipeError(
            f"{plan.gpus} GPUs give {plan.processes} training processes, and the recipe's batches are meant for "
            f"{processes}: set processes={plan.processes}, then run `tarot-bench recipes lint`"
        )
    return plan


def _describe(training: Training) -> list[str]:
    recipe = training.recipe
    return [
        f"run {training.run_name}: {training.model.id or training.model.name} under {recipe.curriculum}",
        f"output {training.output}" + (f", pushed to {training.hub_id}" if recipe.hub.push else ""),
    ]


def _linted(training: Training) -> list[str]:
    """The linter's warnings.

    Raises:
        RecipeError: it finds an error.
    """
    found = list(lint_training(training))
    errors = [message for level, message in found if level == "error"]
    if errors:
        raise RecipeError("; ".join(errors))
    return [f"warning: {message}" for _, message in found]


def _server(training: Training) -> list[str]:
    """The command of the vLLM server, if the recipe uses one; the training waits until it answers."""
    if training.recipe.vllm.mode != "server":
        return []
    return [f"VLLM_SERVER_DEV_MODE=1 {shlex.join(serve_command(training))} &"]
