"""Job files of clusters and clouds, rendered from ``training_baselines/launch/`` and checked."""

import subprocess
from pathlib import Path
from typing import Any, Literal

from tarot_bench.errors import RecipeError, boundary
from tarot_bench.reading import parse_yaml
from tarot_bench.recipes import find
from tarot_bench.templates import environment, parsed, rendered
from tarot_bench.training.launch.script import LaunchPlan, keys, script

TEMPLATES = "training_baselines/launch"
Cluster = Literal["dstack", "skypilot", "slurm"]
SUBMIT = {"dstack": "dstack apply -f {file} -d", "skypilot": "sky launch {file}", "slurm": "sbatch {file}"}
FILE_NAMES = {"dstack": "{name}.dstack.yml", "skypilot": "{name}.sky.yaml", "slurm": "{name}.sbatch"}
_NEEDED = {
    "dstack": {"type", "name", "python", "env", "commands", "resources"},
    "skypilot": {"name", "resources", "workdir", "run"},
}
"""Keys that a job file must have."""


def job_file(cluster: Cluster, plan: LaunchPlan) -> str:
    """Render and check a job file.

    Raises:
        RecipeError: the template is broken, or a path of the recipe does not exist on the remote machine.
    """
    _check_paths(plan)
    path = find(cluster, TEMPLATES, suffix=".jinja")
    with boundary(RecipeError, f"reading {path}"):
        template = parsed(environment(trim_blocks=True, lstrip_blocks=True), path.read_text(encoding="utf-8"), path)
    values = {
        "name": plan.training.run_name,
        "resource": _resource_name(plan.training.run_name),
        "gpus": plan.gpus,
        "memory_gb": _gpu_memory_gb(plan),
        "keys": keys(plan),
        "script": script(plan),
        "description": plan.training.recipe.description,
    }
    text = rendered(template, path, values)
    check_job_file(cluster, text, str(path))
    return text


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


def _check_paths(plan: LaunchPlan) -> None:
    """Check that the user's files are inside the working directory, which is what is uploaded."""
    invocation = plan.invocation
    for argument in (invocation.recipe, invocation.model, invocation.curriculum):
        path = Path(argument or "")
        if path.suffix in (".yaml", ".yml") and not path.resolve().is_relative_to(Path.cwd()):
            raise RecipeError(
                f"{argument} is outside the working directory, so it is not on the remote machine: copy it"
            )


def _resource_name(name: str) -> str:
    """Lower case, digits and dashes, at most 40: which dstack and SkyPilot accept as a name."""
    return name.lower().replace("_", "-").replace(".", "-")[:40].strip("-")


def _gpu_memory_gb(plan: LaunchPlan) -> int:
    """24, 48 or 80 GB per GPU: the smallest that holds the weights and this GPU's share of the training state.

    Full training adds 14 bytes a parameter (bf16 gradients, fp32 master weights and Adam's two moments; Rajbhandari et
    al. 2020, arXiv 1910.02054, section 3.1), divided among the processes; adapters add little. Half of the memory is
    for activations and generation.
    """
    billions = plan.training.model.parameters_b
    added = 0.5 if plan.training.recipe.lora else 14.0 / plan.processes
    needed = 2 * billions * (2.0 + added)
    return next((size for size in (24, 48) if needed <= size), 80)
