"""Job files of clusters and clouds, rendered from ``training_baselines/launch/`` and checked."""

import math
import shlex
import subprocess
from pathlib import Path
from typing import Any, Literal

from tarot_bench.errors import RecipeError, boundary
from tarot_bench.reading import parse_yaml
from tarot_bench.recipes import find
from tarot_bench.templates import environment, parsed, rendered
from tarot_bench.training.launch.fit import plan_estimate, rented_gpu
from tarot_bench.training.launch.install import Source
from tarot_bench.training.launch.plan import LaunchPlan
from tarot_bench.training.launch.script import keys, script
from tarot_bench.training.recipe import Training

TEMPLATES = "training_baselines/launch"
Cluster = Literal["dstack", "skypilot", "slurm"]
_SUBMIT = {"dstack": "dstack apply -f {file} -d", "skypilot": "sky launch {file}{secrets}", "slurm": "sbatch {file}"}
FILE_NAMES = {"dstack": "{name}.dstack.yml", "skypilot": "{name}.sky.yaml", "slurm": "{name}.sbatch"}
_NEEDED = {
    "dstack": {"type", "name", "python", "env", "commands", "resources"},
    "skypilot": {"name", "resources", "run"},
}
"""Keys that a job file must have."""
_SUFFIXES = (".yaml", ".yml", ".jinja")
_PACKAGES_GB = 40
"""torch, CUDA's libraries, vLLM and the image; assumed."""


def job_file(cluster: Cluster, plan: LaunchPlan, source: Source) -> str:
    """Render and check a job file.

    Raises:
        RecipeError: the template is broken, a path of the recipe does not exist on the remote machine, or the training
            does not fit the GPUs.
    """
    travelling = _travelling(plan, source)
    _check_store(cluster, plan)
    path = find(cluster, TEMPLATES, suffix=".jinja")
    with boundary(RecipeError, f"reading {path}"):
        template = parsed(environment(trim_blocks=True, lstrip_blocks=True), path.read_text(encoding="utf-8"), path)
    values = {
        "name": plan.training.run_name,
        "resource": _resource_name(plan.training),
        "volume": plan.volume,
        "gpus": plan.gpus,
        "memory_gb": rented_gpu(plan),
        "disk_gb": _disk_gb(plan),
        "files": travelling,
        "keys": keys(plan),
        "script": script(plan, source),
        "description": plan.training.recipe.description,
    }
    text = rendered(template, path, values)
    check_job_file(cluster, text, str(path))
    return text


def submit_command(cluster: Cluster, plan: LaunchPlan, file: str) -> str:
    """The command with which the user submits a job file."""
    secrets = "".join(f" --secret {key}" for key in keys(plan))
    return _SUBMIT[cluster].format(file=shlex.quote(file), secrets=secrets)


def check_job_file(cluster: Cluster, text: str, where: str) -> None:
    """Check a job file: YAML with the required keys, or a script that bash can parse.

    Raises:
        RecipeError: the file is malformed; says why.
    """
    if cluster == "slurm":
        return _check_shell(text, where)
    try:
        content: Any = parse_yaml(text)
    except ValueError as error:
        raise RecipeError(f"{where}: not YAML: {error}") from None
    missing = sorted(_NEEDED[cluster] - set(content if isinstance(content, dict) else ()))
    if missing:
        raise RecipeError(f"{where}: a {cluster} file needs {', '.join(missing)}")
    commands = content["commands"] if cluster == "dstack" else [content["run"]]
    return _check_shell("\n".join(commands), where)


def _check_shell(text: str, where: str) -> None:
    try:
        said = subprocess.run(["bash", "-n"], input=text, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise RecipeError("checking a launch script needs bash: install it") from None
    if said.returncode:
        raise RecipeError(f"{where}: bash cannot parse it: {' '.join(said.stderr.split())}")


def _travelling(plan: LaunchPlan, source: Source) -> list[str]:
    """The user's files that the job needs, and the wheel: relative paths, which are the same on the remote machine.

    Raises:
        RecipeError: a file is outside of the working directory, or its path is absolute.
    """
    recipe, invocation = plan.training.recipe, plan.invocation
    named = (invocation.recipe, recipe.model, recipe.curriculum, recipe.data.prompt, invocation.suite or "")
    read = (recipe.data.source, recipe.data.difficulties)
    paths = [word for word in named if word.endswith(_SUFFIXES)] + [
        word for word in read if word and Path(word).exists()
    ]
    for word in paths:
        if Path(word).is_absolute() or not Path(word).resolve().is_relative_to(Path.cwd()):
            raise RecipeError(
                f"{word} is outside the working directory, so it is not on the remote machine: copy it, and name it by "
                "its relative path"
            )
    return [*dict.fromkeys(paths), *([str(source.wheel)] if source.wheel else [])]


def _check_store(cluster: Cluster, plan: LaunchPlan) -> None:
    """Check that the result outlives a rented machine. Slurm writes to the cluster's own file system."""
    if cluster != "slurm" and plan.volume is None and not plan.training.recipe.hub.push:
        raise RecipeError(
            f"--launch {cluster}: the trained model would be lost with the machine: set hub.push=true, or "
            "volume=NAME:/PATH with storage that exists"
        )
    if cluster != "slurm" and plan.volume is None and plan.invocation.suite is not None:
        raise RecipeError(
            f"--launch {cluster} --then evaluate: the comparison would be lost with the machine: set volume=NAME:/PATH "
            "with storage that exists"
        )


def _resource_name(training: Training) -> str:
    """Lower case, digits and dashes, at most 40, with the digest: which dstack and SkyPilot accept as a name."""
    readable = training.run_name.removesuffix(training.digest).lower().replace("_", "-").replace(".", "-")
    return f"{readable[:31].strip('-')}-{training.digest}"


def _disk_gb(plan: LaunchPlan) -> int:
    """Disk space to rent: checkpoints, the model's own weights, and packages; in steps of 50 GB."""
    needed = plan_estimate(plan).disk / 1e9 + 2 * plan.training.model.parameters_b + _PACKAGES_GB
    return 50 * math.ceil(needed / 50)
