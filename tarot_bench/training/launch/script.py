"""The shell script of a remote machine: install, serve, wait until ready, train."""

import shlex
from dataclasses import dataclass

from tarot_bench import __version__
from tarot_bench.errors import RecipeError
from tarot_bench.training.launch.commands import AccelerateKind, Invocation, accelerate_command, serve_command
from tarot_bench.training.recipe import Training

KEYS = ("HF_TOKEN", "WANDB_API_KEY", "E2B_API_KEY")
"""Environment variables that a training may need; only their names are written to files."""


@dataclass(frozen=True, slots=True)
class LaunchPlan:
    """A training on one machine.

    Attributes:
        training: what to train.
        invocation: the arguments of ``train``.
        accelerate: the kind of accelerate configuration.
        gpus: of the machine.
    """

    training: Training
    invocation: Invocation
    accelerate: AccelerateKind
    gpus: int

    @property
    def serving(self) -> int:
        """GPUs that the vLLM server takes, the first ones of the machine."""
        vllm = self.training.recipe.vllm
        return vllm.tensor_parallel if vllm.mode == "server" else 0

    @property
    def processes(self) -> int:
        """Training processes: one for every other GPU.

        Raises:
            RecipeError: no GPU is left to train on.
        """
        left = self.gpus - self.serving
        if left < 1:
            raise RecipeError(
                f"{self.gpus} GPUs, of which the vLLM server takes {self.serving}: none is left for training"
            )
        return left


def script(plan: LaunchPlan) -> list[str]:
    """The lines of the script, for bash."""
    return ["set -euo pipefail", *_install(plan), *(_serve(plan) if plan.serving else []), *_train(plan)]


def keys(plan: LaunchPlan) -> tuple[str, ...]:
    """The names of the environment variables that this training may need."""
    recipe = plan.training.recipe
    wanted = {
        "HF_TOKEN": True,  # gated models, private data
        "WANDB_API_KEY": "wandb" in recipe.report_to,
        "E2B_API_KEY": recipe.reward.sandbox == "e2b",
    }
    return tuple(name for name in KEYS if wanted[name])


def _install(plan: LaunchPlan) -> list[str]:
    extra = "train,vllm" if plan.training.recipe.vllm.mode != "none" else "train"
    deepspeed = ' "deepspeed>=0.18.6"' if plan.accelerate.startswith("zero") else ""
    return [
        f'python -m pip install "tarot-bench[{extra}]=={__version__}"{deepspeed}',
        f"tarot-bench recipes copy training_baselines/accelerate/{plan.accelerate}.yaml accelerate.yaml",
    ]


def _serve(plan: LaunchPlan) -> list[str]:
    """Start the server and poll it: a large model loads for minutes, and a dead server must end the job."""
    vllm = plan.training.recipe.vllm
    address = f"http://{vllm.host}:{vllm.port}/health"
    devices = ",".join(str(gpu) for gpu in range(plan.serving))
    command = f"VLLM_SERVER_DEV_MODE=1 {shlex.join(serve_command(plan.training))}"
    return [
        f"CUDA_VISIBLE_DEVICES={devices} {command} > vllm.log 2>&1 &",
        "server=$!",
        "trap 'kill $server' EXIT",
        f"deadline=$((SECONDS + {vllm.timeout_s:.0f}))",
        f"until curl --silent --fail --output /dev/null {address}; do",
        "  kill -0 $server || { tail -n 50 vllm.log; exit 1; }",
        '  [ $SECONDS -lt $deadline ] || { echo "vLLM was not ready in time"; exit 1; }',
        "  sleep 2",
        "done",
    ]


def _train(plan: LaunchPlan) -> list[str]:
    devices = ",".join(str(gpu) for gpu in range(plan.serving, plan.gpus))
    command = shlex.join(accelerate_command(plan.invocation, "accelerate.yaml", plan.processes))
    return [f"CUDA_VISIBLE_DEVICES={devices} {command}"]
