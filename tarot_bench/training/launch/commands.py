"""The commands of a training: in one process, under accelerate, and the vLLM server."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tarot_bench.errors import RecipeError
from tarot_bench.recipes import find
from tarot_bench.training.recipe import Training

ACCELERATE = "training_baselines/accelerate"
AccelerateKind = Literal["cpu", "single", "multi", "zero2", "zero3", "fsdp"]


@dataclass(frozen=True, slots=True)
class Invocation:
    """The arguments of ``train``.

    Attributes:
        recipe: as given.
        model: as given; None takes the recipe's.
        curriculum: likewise.
        overrides: ``key=value`` pairs.
        output: the run directory; None takes the derived one.
        resume: continue from the last checkpoint.
        jobs: models that are trained at the same time; None where the recipe trains one.
        suite: evaluate the trained model and its base on this suite afterwards; part of a job, not of the training.
    """

    recipe: str
    model: str | None = None
    curriculum: str | None = None
    overrides: tuple[str, ...] = ()
    output: Path | None = None
    resume: bool = False
    jobs: int | None = None
    suite: str | None = None

    @property
    def arguments(self) -> list[str]:
        """The arguments after ``tarot-bench``, for the training alone."""
        named = {
            "--recipe": self.recipe,
            "--model": self.model,
            "--curriculum": self.curriculum,
            "--output": None if self.output is None else str(self.output),
            "--jobs": None if self.jobs is None else str(self.jobs),
        }
        options = [word for flag, value in named.items() if value is not None for word in (flag, value)]
        return ["train", *options, *(["--resume"] if self.resume else []), *self.overrides]


def train_command(invocation: Invocation) -> list[str]:
    """The command for a training in one process."""
    return ["tarot-bench", *invocation.arguments]


def accelerate_command(invocation: Invocation, config: str, processes: int) -> list[str]:
    """The command for a training under ``accelerate launch``.

    Args:
        invocation: what to train.
        config: path of an accelerate configuration.
        processes: one per GPU.
    """
    launch = ["accelerate", "launch", "--config_file", config, "--num_processes", str(processes)]
    launch += ["--main_process_port", "0"]  # a free one
    return [*launch, "--module", "tarot_bench", *invocation.arguments]


def accelerate_config(kind: str) -> Path:
    """The path of an accelerate configuration, by its file or its shipped name.

    Raises:
        RecipeError: there is no such kind; lists them.
    """
    return find(kind, ACCELERATE)


def check_accelerate_config(path: Path) -> None:
    """Check that accelerate can read a configuration.

    Raises:
        RecipeError: accelerate is not installed, or it refuses the file.
    """
    try:
        from accelerate.commands.config.config_args import load_config_from_file
    except ImportError:
        raise RecipeError(
            'checking an accelerate configuration needs accelerate: pip install "tarot-bench[train]"'
        ) from None
    try:
        load_config_from_file(str(path))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RecipeError(f"{path}: accelerate refuses it: {' '.join(str(error).split())}") from None


def serve_command(training: Training) -> list[str]:
    """The command for the vLLM server of TRL 1.16, as the deprecated ``trl vllm-serve`` executes it.

    Raises:
        RecipeError: the recipe does not use a server, or the model has no weights to serve.
    """
    vllm, model = training.recipe.vllm, training.model
    if vllm.mode != "server":
        raise RecipeError(f"recipe {training.recipe.name!r} uses no server: set vllm.mode=server")
    if model.id is None:
        raise RecipeError(f"model {model.name!r} is randomly initialised: a vLLM server has no weights to load")
    length = training.recipe.max_prompt_tokens + training.recipe.max_completion_tokens
    settings = {
        "--host": vllm.host,
        "--port": str(vllm.port),
        "--tensor-parallel-size": str(vllm.tensor_parallel),
        "--max-model-len": str(length),
        "--weight-transfer-config": json.dumps({"backend": "nccl"}),
        "--logprobs-mode": "processed_logprobs",
        "--max-logprobs": "-1",
        **({"--revision": model.revision} if model.revision else {}),
    }
    return ["vllm", "serve", str(model.weights), *(word for pair in settings.items() for word in pair)]
