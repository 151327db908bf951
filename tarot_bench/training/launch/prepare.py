"""Prepare ``train --launch`` and ``--dry-run``: notes, files and commands, checked."""

import shlex
from dataclasses import dataclass, field, replace
from pathlib import Path
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
from tarot_bench.training.launch.files import FILE_NAMES, Cluster, job_file, submit_command
from tarot_bench.training.launch.fit import RENTED, check_fit, describe, fits, named_bytes, plan_estimate, rented_gpu
from tarot_bench.training.launch.install import source_of
from tarot_bench.training.launch.local import server_variables, training_variables
from tarot_bench.training.launch.machine import Gpu, visible_gpus
from tarot_bench.training.launch.plan import LaunchPlan
from tarot_bench.training.lint.checks import linted
from tarot_bench.training.recipe import Training, resolve


@dataclass(frozen=True, slots=True)
class Prepared:
    """A launch that is ready.

    Attributes:
        notes: a description for the user.
        files: texts by file name.
        commands: the exact command lines, in order.
        plan: what `train` starts on this machine; None for a job, which the user submits.
        wheel: the wheel that a job installs, which is still to be built.
    """

    notes: list[str]
    files: dict[str, str] = field(default_factory=dict)
    commands: list[str] = field(default_factory=list)
    plan: LaunchPlan | None = None
    wheel: Path | None = None


def prepare(invocation: Invocation, launch: str | None, gpus: int | None) -> Prepared:
    """Prepare a launch.

    Args:
        invocation: what to train.
        launch: a kind of accelerate, a cluster, or None for this process.
        gpus: of the machine; None takes the number that the recipe needs.

    Raises:
        RecipeError: an unknown kind, a recipe with an error that the linter finds, or a model that does not fit.
    """
    training = resolve(invocation.recipe, invocation.model, invocation.curriculum, invocation.overrides)
    notes = [*_describe(training, invocation), *linted(training)]
    if launch is None:
        return Prepared(notes, commands=[*_server(training), shlex.join(train_command(invocation))])
    plan = _plan(training, invocation, launch, gpus)
    notes += [] if plan.on_cpu else describe(plan_estimate(plan))
    return _job(plan, notes) if launch in get_args(Cluster) else _local(plan, notes)


def _job(plan: LaunchPlan, notes: list[str]) -> Prepared:
    cluster, name = cast("Cluster", plan.launch), plan.training.run_name
    source = source_of(plan.training.recipe.install, name)
    file = FILE_NAMES[cluster].format(name=name)
    files = {file: job_file(cluster, plan, source)}
    return Prepared([*notes, source.note], files, [submit_command(cluster, plan, file)], wheel=source.wheel)


def _local(plan: LaunchPlan, notes: list[str]) -> Prepared:
    config = accelerate_config(plan.accelerate)
    check_accelerate_config(config)
    if not plan.on_cpu:
        _check_fit(plan)
    gpus = visible_gpus() or [Gpu(str(index), "", 0.0) for index in range(plan.gpus)]
    train = accelerate_command(plan.invocation, str(config), plan.processes)
    commands = [_line(training_variables(plan, gpus), train)]
    if plan.serving:
        commands.insert(0, f"{_line(server_variables(plan, gpus), serve_command(plan.training))} &")
    return Prepared(notes, {}, commands, plan)


def _line(variables: dict[str, str], command: list[str]) -> str:
    return " ".join([*(f"{key}={value}" for key, value in variables.items()), shlex.join(command)])


def _check_fit(plan: LaunchPlan) -> None:
    """Check the fit to the GPUs of this machine or, where it has too few, of one that could be rented.

    Raises:
        RecipeError: the training does not fit.
    """
    here = visible_gpus()[: plan.gpus]
    if len(here) == plan.gpus:
        check_fit(plan, min(gpu.memory for gpu in here))
    else:
        rented_gpu(plan)


def _plan(training: Training, invocation: Invocation, launch: str, gpus: int | None) -> LaunchPlan:
    kinds, clusters = get_args(AccelerateKind), get_args(Cluster)
    if launch not in (*kinds, *clusters):
        raise RecipeError(f"--launch {launch}: unknown; choose one of {', '.join((*kinds, *clusters))}")
    processes = training.recipe.processes
    kind = launch if launch in kinds else "single" if processes == 1 else "zero2"
    plan = LaunchPlan(
        training, invocation, cast("AccelerateKind", kind), gpus or processes + training.recipe.vllm.server_gpus, launch
    )
    if plan.processes != processes:
        raise RecipeError(
            f"{plan.gpus} GPUs give {plan.processes} training processes, and the recipe's batches are meant for "
            f"{processes}: set processes={plan.processes}, then run `tarot-bench recipes lint`"
        )
    if kind != launch and kind == "zero2" and not fits(plan_estimate(plan), named_bytes(RENTED[-1])):
        return replace(plan, accelerate="zero3")  # the other one if this one does not fit
    return plan


def _describe(training: Training, invocation: Invocation) -> list[str]:
    recipe = training.recipe
    return [
        f"run {training.run_name}: {training.model.id or training.model.name} under {recipe.curriculum}",
        f"output {invocation.output or training.output}"
        + (f", pushed to {training.hub_id}" if recipe.hub.push else ""),
    ]


def _server(training: Training) -> list[str]:
    """The command of the vLLM server, if the recipe uses one; the training waits until it answers."""
    if training.recipe.vllm.mode != "server":
        return []
    return [f"VLLM_SERVER_DEV_MODE=1 {shlex.join(serve_command(training))} &"]
