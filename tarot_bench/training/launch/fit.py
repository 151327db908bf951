"""Whether a training fits the memory of its GPUs, and what would fit if it does not."""

from collections.abc import Iterator
from itertools import islice

from tarot_bench.errors import RecipeError
from tarot_bench.recipes import root
from tarot_bench.training.launch.commands import AccelerateKind
from tarot_bench.training.launch.estimate import GIB, Estimate, estimate
from tarot_bench.training.launch.plan import LaunchPlan
from tarot_bench.training.model_spec import MODELS, load_model_spec
from tarot_bench.training.recipe import LoraSettings, Training
from tarot_bench.training.trainer.trl_arguments import trainer_settings

RENTED = (24, 48, 80)
"""GB in the names of GPUs that are usually rented."""
_REPORTED = 0.94
"""GiB that nvidia-smi reports for each GB in the name of a GPU: 22.5 of an L4's 24, 79.6 of an H100's 80."""
_FILLED = 0.92
"""The share of a GPU's memory that an estimate may fill; the rest is for what it does not know."""


def named_bytes(gigabytes: int) -> float:
    """The memory of a GPU with this number in its name."""
    return gigabytes * _REPORTED * GIB


def fits(found: Estimate, memory: float) -> bool:
    """Whether an estimate fits GPUs of `memory` bytes."""
    return found.needed() <= _FILLED * memory


def rented_gpu(plan: LaunchPlan) -> int:
    """GB of the GPUs to rent: the recipe's, or the smallest of `RENTED` that fits.

    Raises:
        RecipeError: the training fits none of them; says what would fit.
    """
    asked = plan.training.recipe.gpu_memory_gb
    sizes = (asked,) if asked else RENTED
    found = plan_estimate(plan)
    for size in sizes:
        if fits(found, named_bytes(size)):
            return size
    raise RecipeError(refusal(plan, named_bytes(sizes[-1]), f"{sizes[-1]} GB"))


def check_fit(plan: LaunchPlan, memory: float) -> None:
    """Check that a training fits the GPUs of this machine, of which the smallest has `memory` bytes.

    Raises:
        RecipeError: it does not; says what would fit.
    """
    if not fits(plan_estimate(plan), memory):
        raise RecipeError(refusal(plan, memory, f"{memory / GIB:.0f} GiB"))


def plan_estimate(plan: LaunchPlan) -> Estimate:
    """The estimate of a plan."""
    return estimate(plan.training, plan.accelerate, plan.processes)


def describe(found: Estimate) -> list[str]:
    """Lines with the terms of an estimate, in GiB."""
    lines = [f"memory of a training GPU, GiB: {', '.join(map(str, found.training))}"]
    if found.server:
        where = f"vLLM, {found.share:.0%} of {'a training' if found.colocated else 'its own'} GPU"
        lines.append(f"memory of {where}, GiB: {', '.join(map(str, found.server))}")
    if found.unknown:
        lines.append(f"not in the estimate: {found.unknown}")
    return [*lines, f"needs {found.needed() / GIB:.1f} GiB per GPU and {found.disk / GIB:.0f} GiB of disk"]


def refusal(plan: LaunchPlan, memory: float, size: str) -> str:
    """One line: what is needed, the largest terms, and what would fit."""
    found = plan_estimate(plan)
    largest = sorted(found.training, key=lambda term: -term.bytes)[:3]
    terms = ", ".join(f"{term.name} {term.bytes / GIB:.0f}" for term in largest)
    would = list(islice(alternatives(plan, memory), 4))
    return (
        f"{plan.training.model.name} does not fit {plan.gpus} GPUs of {size} with {plan.accelerate}: it needs about "
        f"{found.needed() / GIB:.0f} GiB per GPU, of which {terms}; "
        + (f"what fits: {'; '.join(would)}" if would else "no smaller setting of this recipe fits, either")
    )


def alternatives(plan: LaunchPlan, memory: float) -> Iterator[str]:
    """Changes with which the training fits, as words for the command line, the smallest change first."""
    for group in (*([change] for change in _lighter(plan)), *_sharded(plan), _smaller(plan)):
        for words, training, kind in group:
            if fits(estimate(training, kind, plan.processes), memory):
                yield words
                break
    for size in (48, 80, 141, 180):
        if named_bytes(size) > memory and fits(plan_estimate(plan), named_bytes(size)):
            yield f"GPUs of {size} GB (gpu_memory_gb={size})"
            return


_Change = tuple[str, Training, AccelerateKind]
"""Words for the command line, and what they make of a plan."""


def _sharded(plan: LaunchPlan) -> Iterator[list[_Change]]:
    """Other sharding, alone and with what makes the training lighter; a cluster's sharding is chosen by us."""
    others: tuple[AccelerateKind, ...] = ("zero3", "fsdp")
    for other in others:
        if plan.processes > 1 and plan.launch == plan.accelerate != other:
            lighter = [(f"--launch {other} {words}", changed, other) for words, changed, _ in _lighter(plan)]
            yield [(f"--launch {other}", plan.training, other), *lighter]


def _lighter(plan: LaunchPlan) -> Iterator[_Change]:
    """One sequence at a time, or adapters."""
    recipe, settings = plan.training.recipe, trainer_settings(plan.training)
    each, steps = int(settings["per_device_train_batch_size"]), int(settings["gradient_accumulation_steps"])
    if each > 1:
        small = {"per_device_train_batch_size": 1, "gradient_accumulation_steps": steps * each}
        words = " ".join(f"trainer.{key}={value}" for key, value in small.items())
        yield words, _with(plan.training, trainer={**recipe.trainer, **small}), plan.accelerate
    if recipe.lora is None:
        yield "lora.rank=16", _with(plan.training, lora=LoraSettings(rank=16)), plan.accelerate


def _smaller(plan: LaunchPlan) -> Iterator[_Change]:
    """Shipped models with fewer parameters, the largest first."""
    specs = [load_model_spec(str(path)) for path in sorted((root() / MODELS).glob("*.yaml"))]
    smaller = [spec for spec in specs if spec.id and spec.parameters_b < plan.training.model.parameters_b]
    for spec in sorted(smaller, key=lambda spec: -spec.parameters_b):
        yield f"--model {spec.name}", plan.training.model_copy(update={"model": spec}), plan.accelerate


def _with(training: Training, **changes: object) -> Training:
    return training.model_copy(update={"recipe": training.recipe.model_copy(update=changes)})
