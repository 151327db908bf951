"""The shell script of a remote machine: install, then launch there as on this machine."""

import shlex
from dataclasses import replace
from pathlib import Path

from tarot_bench.training.launch.commands import train_command
from tarot_bench.training.launch.install import Source
from tarot_bench.training.launch.plan import LaunchPlan
from tarot_bench.training.launch.preflight import wanted_packages

KEYS = ("HF_TOKEN", "WANDB_API_KEY", "E2B_API_KEY")
"""Environment variables that a training may need; only their names are written to files."""
_PACKAGES = {
    "vllm": ["trl[vllm]"],  # the versions that TRL supports
    "deepspeed": ["deepspeed>=0.18.6"],
    "flash-attn": ["--no-build-isolation", "flash-attn"],
}
"""Words for pip, for packages that no extra of ours contains."""


def script(plan: LaunchPlan, source: Source) -> list[str]:
    """The lines of the script, for bash.

    The last one is ``train --launch``, which checks the machine, starts and watches the server, and trains.
    """
    return ["set -euo pipefail", *_install(plan, source), *_launch(plan)]


def keys(plan: LaunchPlan) -> tuple[str, ...]:
    """The names of the environment variables that this training may need."""
    recipe = plan.training.recipe
    wanted = {
        "HF_TOKEN": True,  # gated models, private data
        "WANDB_API_KEY": "wandb" in recipe.report_to,
        "E2B_API_KEY": recipe.reward.sandbox == "e2b",
    }
    return tuple(name for name in KEYS if wanted[name])


def _install(plan: LaunchPlan, source: Source) -> list[str]:
    wanted = [words for package, words in _PACKAGES.items() if package in wanted_packages(plan)]
    plain = [word for words in wanted if len(words) == 1 for word in words]
    lines = [["python", "-m", "pip", "install", source.with_extras("train"), *plain]]
    lines += [["python", "-m", "pip", "install", *words] for words in wanted if len(words) > 1]
    return [shlex.join(words) for words in lines]


def _launch(plan: LaunchPlan) -> list[str]:
    invocation = plan.invocation
    if plan.volume and invocation.output is None:
        invocation = replace(invocation, output=Path(plan.volume[1]) / plan.training.output)
    command = [*train_command(invocation), "--launch", plan.accelerate, "--gpus", str(plan.gpus)]
    if invocation.suite is not None:
        command += ["--then", "evaluate", "--suite", invocation.suite]
    return [f"exec {shlex.join(command)}"]
