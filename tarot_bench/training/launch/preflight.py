"""Check a machine before a training starts: packages, GPUs, memory, ports and disk space."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from tarot_bench.checks import Check
from tarot_bench.errors import RecipeError
from tarot_bench.training.launch.estimate import GIB
from tarot_bench.training.launch.fit import plan_estimate
from tarot_bench.training.launch.machine import (
    Gpu,
    find_program,
    free_bytes,
    package_version,
    port_is_free,
    visible_gpus,
)
from tarot_bench.training.launch.plan import LaunchPlan
from tarot_bench.training.recipe import Training, VllmSettings
from tarot_bench.training.trainer.trl_arguments import trainer_settings

GROUP_PORT = 51216
"""TRL's default of ``vllm_group_port``, over which weights go to the server."""
_OURS = 'pip install "tarot-bench[train]"'
INSTALL = {
    "deepspeed": 'pip install "deepspeed>=0.18.6"',
    "vllm": 'pip install "trl[vllm]"',
    "flash-attn": "pip install flash-attn --no-build-isolation",
}
"""How packages are installed that no extra of ours contains."""


def require(plan: LaunchPlan, output: Path) -> list[Gpu]:
    """Check that a plan can run on this machine.

    Args:
        plan: what to launch.
        output: the run directory.

    Returns:
        The machine's GPUs, in the order in which the plan takes them.

    Raises:
        RecipeError: it cannot; one line with everything that is missing.
    """
    gpus = [] if plan.on_cpu else visible_gpus()
    failed = [check for check in checks(plan, output, gpus) if not check.ok]
    if failed:
        raise RecipeError("cannot start: " + "; ".join(f"{c.name}: {c.detail}: {c.remedy}" for c in failed))
    return gpus


def checks(plan: LaunchPlan, output: Path, gpus: Sequence[Gpu]) -> Iterator[Check]:
    """Everything that is checked, in the order in which to correct it."""
    for program in ("accelerate", *(["vllm"] if plan.serving else [])):
        path = find_program(program)
        remedy = INSTALL.get(program, _OURS)
        yield Check(f"program {program}", path is not None, path or "missing", remedy)
    for package, remedy in wanted_packages(plan).items():
        installed = package_version(package)
        yield Check(f"package {package}", installed is not None, installed or "missing", remedy)
    if not plan.on_cpu:
        yield _gpus(plan, gpus)
    for use, port in ports(plan.training) if plan.serving else ():
        remedy = f"end what listens there, or set {use}"
        yield Check(f"port {port}", port_is_free(port), "free" if port_is_free(port) else "in use", remedy)
    yield _disk(plan, output)


def survey() -> list[Check]:
    """What this machine has for any training, for ``doctor``: nothing of it is needed by every recipe."""
    found = []
    for program, remedy in {"accelerate": _OURS, "vllm": INSTALL["vllm"]}.items():
        path = find_program(program)
        found.append(Check(f"program {program}", path is not None, path or "missing", remedy))
    for package, remedy in {"trl": _OURS, **INSTALL}.items():
        installed = package_version(package)
        found.append(Check(f"package {package}", installed is not None, installed or "missing", remedy))
    gpus = visible_gpus()
    listed = "; ".join(f"{index}: {gpu}" for index, gpu in enumerate(gpus))
    found.append(Check("GPUs", bool(gpus), listed or "nvidia-smi lists none", "train on a CPU, or write a job file"))
    for use, port in (("vllm.port", VllmSettings().port), ("trainer.vllm_group_port", GROUP_PORT)):
        free = port_is_free(port)
        found.append(Check(f"port {port} ({use})", free, "free" if free else "in use", f"set {use} to another"))
    space = free_bytes(Path.cwd()) / GIB
    return [*found, Check("disk for checkpoints", space >= 1, f"{space:.0f} GiB free here", "free some")]


def wanted_packages(plan: LaunchPlan) -> dict[str, str]:
    """The packages that a plan needs, and how each is installed."""
    recipe = plan.training.recipe
    attention = dict(trainer_settings(plan.training).get("model_init_kwargs", {})).get("attn_implementation", "")
    wanted = {
        "trl": (True, _OURS),
        "peft": (recipe.lora is not None, _OURS),
        "vllm": (recipe.vllm.mode != "none", INSTALL["vllm"]),
        "deepspeed": (plan.accelerate.startswith("zero"), INSTALL["deepspeed"]),
        "flash-attn": (str(attention).startswith("flash_attention"), INSTALL["flash-attn"]),
    }
    return {package: remedy for package, (needed, remedy) in wanted.items() if needed}


def ports(training: Training) -> list[tuple[str, int]]:
    """The ports that a server takes, each with the setting that changes it."""
    group = int(trainer_settings(training).get("vllm_group_port", GROUP_PORT))
    return [("vllm.port", training.recipe.vllm.port), ("trainer.vllm_group_port", group)]


def _gpus(plan: LaunchPlan, gpus: Sequence[Gpu]) -> Check:
    detail = f"{len(gpus)} of {plan.gpus}"
    return Check("GPUs", len(gpus) >= plan.gpus, detail, "use a machine that has them, or set --gpus and processes")


def _disk(plan: LaunchPlan, output: Path) -> Check:
    needed, free = plan_estimate(plan).disk, free_bytes(output)
    detail = f"{free / GIB:.0f} GiB free in {output}, checkpoints take {needed / GIB:.0f} GiB"
    return Check("disk", free >= needed, detail, "free some, or choose another --output")
