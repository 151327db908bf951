"""Run a launch on this machine: start the vLLM server, wait until it is ready, train, and stop everything."""

import queue
import time
import urllib.request
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from tarot_bench.errors import ModelError
from tarot_bench.training.launch.children import Child
from tarot_bench.training.launch.commands import accelerate_command, accelerate_config, serve_command
from tarot_bench.training.launch.machine import Gpu, find_program
from tarot_bench.training.launch.plan import LaunchPlan
from tarot_bench.training.launch.preflight import require

_POLL_S = 1.0
Tell = Callable[[str], None]
"""Takes a line for the user; called from several threads."""


def run_here(plan: LaunchPlan, output: Path, tell: Tell) -> int:
    """Check this machine, then run a plan to its end: the server takes the first GPUs, the training those after it.

    Args:
        plan: what to launch.
        output: the run directory.
        tell: takes the lines of both logs, and what happens.

    Returns:
        The exit status of the training.

    Raises:
        RecipeError: something is missing; nothing was started.
        ModelError: the server ended, or was not ready in time; one line with its last words.
    """
    gpus = require(plan, output)
    ended: queue.Queue[Child] = queue.Queue()
    with ExitStack() as stack:
        server = None
        if plan.serving:
            server = Child("vllm", _program(serve_command(plan.training)), server_variables(plan, gpus), tell, ended)
            stack.callback(server.stop)
            _wait_until_ready(server, plan, ended, tell)
        config = str(accelerate_config(plan.accelerate))
        command = _program(accelerate_command(plan.invocation, config, plan.processes))
        training = Child("train", command, training_variables(plan, gpus), tell, ended)
        stack.callback(training.stop)
        if ended.get() is server:
            raise ModelError(
                f"the vLLM server ended during the training ({_ending(server)}); checkpoints are kept in {output}: "
                "go on with --resume"
            )
    if training.status:
        tell(f"the training ended with {_ending(training)}")
    return training.status or 0


def server_variables(plan: LaunchPlan, gpus: Sequence[Gpu]) -> dict[str, str]:
    """Environment variables of the server; the endpoints through which TRL sends weights are vLLM's dev mode."""
    return {"VLLM_SERVER_DEV_MODE": "1", **_devices(gpus[: plan.serving])}


def training_variables(plan: LaunchPlan, gpus: Sequence[Gpu]) -> dict[str, str]:
    """Environment variables of the training."""
    if plan.on_cpu:
        return {"ACCELERATE_USE_CPU": "true", "CUDA_VISIBLE_DEVICES": ""}
    return _devices(gpus[plan.serving : plan.gpus])


def _devices(gpus: Sequence[Gpu]) -> dict[str, str]:
    return {"CUDA_VISIBLE_DEVICES": ",".join(gpu.index for gpu in gpus)}


def _program(command: list[str]) -> list[str]:
    return [find_program(command[0]) or command[0], *command[1:]]


def _wait_until_ready(server: Child, plan: LaunchPlan, ended: "queue.Queue[Child]", tell: Tell) -> None:
    """Poll the server's ``/health``: a large model loads for minutes.

    Raises:
        ModelError: the server ended, or the recipe's time is over.
    """
    vllm = plan.training.recipe.vllm
    host = "127.0.0.1" if vllm.host in ("0.0.0.0", "") else vllm.host
    start = time.monotonic()
    while time.monotonic() < start + vllm.timeout_s:
        if _is_healthy(f"http://{host}:{vllm.port}/health"):
            tell(f"vLLM is ready after {time.monotonic() - start:.0f} s")
            return
        try:
            ended.get(timeout=_POLL_S)
        except queue.Empty:
            continue
        raise ModelError(f"the vLLM server ended before it was ready ({_ending(server)})")
    raise ModelError(
        f"the vLLM server was not ready after {vllm.timeout_s:.0f} s (its last line: {server.last_words}): "
        "set vllm.timeout_s to wait longer"
    )


def _is_healthy(url: str) -> bool:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _ending(child: Child | None) -> str:
    return "" if child is None else f"exit status {child.status}: {child.last_words}"
