"""Checks of ``tarot-bench recipes lint``: mistakes in recipes and model files, found before training.

The published recipes have all of them: 25 of 84 name another model than their folder, the served length is shorter than
the requested one, group sizes fit one number of GPUs only, and today's trainer ignores half of the keys.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from tarot_bench.config import load_yaml
from tarot_bench.errors import RecipeError, UserError, did_you_mean, one_line
from tarot_bench.training.curriculum import Curriculum, load_curriculum
from tarot_bench.training.model_spec import ModelSpec, load_model_spec
from tarot_bench.training.recipe import Training, TrainingRecipe
from tarot_bench.training.trainer.trl_arguments import ELSEWHERE, trainer_settings
from tarot_bench.training.trainer.trl_keys import advice, known_keys, wrong_type

Level = Literal["error", "warning"]
_COUNTS = {
    *("per_device_train_batch_size", "per_device_eval_batch_size", "gradient_accumulation_steps", "num_generations"),
    *("steps_per_generation", "generation_batch_size", "num_iterations"),
}
_EVERY_BOUNDARY = "stages and checkpoints fall inside a generation batch: "


@dataclass(frozen=True, slots=True)
class LintFinding:
    """A mistake in a recipe.

    Attributes:
        level: an ``error`` stops a training or changes its meaning; a ``warning`` should be checked.
        where: the file.
        message: the mistake and how to correct it.
    """

    level: Level
    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.level}: {self.message}"


Found = Iterator[tuple[Level, str]]


def lint_model(path: Path) -> list[LintFinding]:
    """Check a model file: it loads, and its name, its file's name and its id agree."""
    return _findings(path, lambda: _model(path))


def lint_curriculum(path: Path) -> list[LintFinding]:
    """Check a curriculum file: it loads, its name is its file's, and every weight is used."""
    return _findings(path, lambda: _curriculum_file(path))


def lint_recipe(path: Path, model: str | None = None, curriculum: str | None = None) -> list[LintFinding]:
    """Check a recipe with its own or another model and curriculum.

    Args:
        path: the recipe's file.
        model: take this one in place of the recipe's.
        curriculum: likewise.
    """
    return _findings(path, lambda: _recipe(path, model, curriculum))


def lint_training(training: Training) -> Found:
    """Check a resolved training; yields the level and message of each finding."""
    wrong = list(_values(training))
    yield from wrong
    for check in (_keys, *(() if wrong else (_lengths, _groups, _evaluation, _boundaries, _vllm, _curriculum))):
        yield from check(training)


def linted(training: Training) -> list[str]:
    """The warnings about a resolved training.

    Raises:
        RecipeError: there are errors.
    """
    found = list(lint_training(training))
    errors = [message for level, message in found if level == "error"]
    if errors:
        raise RecipeError("; ".join(errors))
    return [f"warning: {message}" for _, message in found]


def names_differ(name: str, model_id: str) -> bool:
    """Whether a model's id does not contain a short name; punctuation and case are ignored.

    ``-it`` and ``-instruct`` at the end of the name are equivalent.
    """
    short = re.sub(r"-(it|instruct)$", "", name.lower())
    return _letters(short) not in _letters(model_id.rpartition("/")[2])


def groups_misfit(trainer: Mapping[str, Any], processes: int) -> str | None:
    """Why a generation batch does not divide into groups; None if it does."""
    each = int(trainer.get("per_device_train_batch_size", 8))
    steps = int(trainer.get("steps_per_generation") or trainer.get("gradient_accumulation_steps", 1))
    size = int(trainer.get("num_generations", 8))
    batch = int(trainer.get("generation_batch_size") or each * steps * processes)
    if batch % size == 0:
        return None
    return (
        f"a generation batch of {batch} completions (per device {each} x steps {steps} x processes {processes}) "
        f"does not divide into groups of num_generations={size}"
    )


def _findings(path: Path, check: Callable[[], Found]) -> list[LintFinding]:
    try:
        return [LintFinding(level, str(path), message) for level, message in check()]
    except UserError as error:
        return [LintFinding("error", str(path), one_line(error).removeprefix(f"{path}: "))]


def _model(path: Path) -> Found:
    spec = load_yaml(ModelSpec, path)
    if spec.name != path.stem:
        yield "error", f"the file is called {path.stem!r}, the model {spec.name!r}: give both one name"
    if spec.id and names_differ(re.sub(r"-(base|local)$", "", spec.name), spec.id):
        yield "error", f"{spec.name!r} has the id {spec.id!r}, which is another model's"
    yield from _unknown(spec.trainer)


def _curriculum_file(path: Path) -> Found:
    curriculum = load_yaml(Curriculum, path)
    if curriculum.name != path.stem:
        yield "error", f"the file is called {path.stem!r}, the curriculum {curriculum.name!r}: give both one name"
    unused = set(curriculum.weights) - {
        tier for number in range(len(curriculum.stages)) for tier in curriculum.tiers_of(number)
    }
    if unused:
        yield "warning", f"weights names {', '.join(sorted(unused))}, which is in no stage"


def _recipe(path: Path, model: str | None, curriculum: str | None) -> Found:
    recipe = load_yaml(TrainingRecipe, path)
    if recipe.name != path.stem:
        yield "error", f"the file is called {path.stem!r}, the recipe {recipe.name!r}: give both one name"
    changed = {key: value for key, value in {"model": model, "curriculum": curriculum}.items() if value is not None}
    recipe = recipe.model_copy(update=changed)
    yield from lint_training(Training(recipe=recipe, model=load_model_spec(recipe.model)))


def _values(training: Training) -> Found:
    """What the other checks, and TRL, calculate with."""
    for key, value in trainer_settings(training).items():
        if told := wrong_type(key, value):
            yield "error", f"trainer.{key} {told}"
        elif key in _COUNTS and value is not None and (not isinstance(value, int) or value < 1):
            yield "error", f"trainer.{key} is {value!r}, and must be a whole number above 0"
        elif key == "max_steps" and (not isinstance(value, int) or value == 0):
            yield "error", f"trainer.max_steps is {value!r}, and must be a whole number above 0, or -1 for whole epochs"


def _keys(training: Training) -> Found:
    yield from _unknown(training.recipe.trainer)
    for key in trainer_settings(training):
        if key in ELSEWHERE:
            yield "error", f"trainer.{key} is decided by {ELSEWHERE[key]}; leave it out"


def _unknown(trainer: Mapping[str, Any]) -> Found:
    known = known_keys()
    for key in trainer:
        told = advice(key)
        if told or (known is not None and key not in known):
            yield "error", f"trainer.{key}: {told or 'TRL has no such setting' + did_you_mean(key, known or ())}"


def _lengths(training: Training) -> Found:
    recipe, model = training.recipe, training.model
    wanted = recipe.max_prompt_tokens + recipe.max_completion_tokens
    if wanted > model.context:
        yield (
            "error",
            f"max_prompt_tokens + max_completion_tokens = {wanted} exceeds {model.name}'s {model.context} positions",
        )


def _groups(training: Training) -> Found:
    trainer, processes = trainer_settings(training), training.recipe.processes
    misfit = groups_misfit(trainer, processes)
    if misfit:
        yield "error", misfit
    if int(trainer["num_generations"]) < 2:
        yield "error", "num_generations must be at least 2: GRPO compares completions of one prompt"


def _evaluation(training: Training) -> Found:
    recipe, evaluation = training.recipe, training.recipe.evaluation
    if evaluation.every and not recipe.data.held_out:
        yield "error", "evaluation.every without data.held_out: there is nothing to evaluate on"
    batch = int(trainer_settings(training).get("per_device_eval_batch_size", 8)) * recipe.processes
    if evaluation.every and batch % evaluation.samples:
        yield "error", f"an evaluation batch of {batch} does not divide into evaluation.samples={evaluation.samples}"


def _boundaries(training: Training) -> Found:
    """Stages change only between generation batches, and a batch that a checkpoint cuts is regenerated on resume."""
    trainer = trainer_settings(training)
    accumulated = int(trainer.get("gradient_accumulation_steps", 1))
    generated = int(trainer.get("steps_per_generation") or accumulated) * int(trainer.get("num_iterations", 1))
    every = max(1, generated // accumulated)
    if every > 1:
        yield "warning", f"completions are generated every {every} optimizer steps: stages change only then"
    saves = trainer.get("save_steps")
    if trainer.get("save_strategy") != "no" and isinstance(saves, int) and saves % every:
        yield "error", f"{_EVERY_BOUNDARY}save_steps={saves} must be a multiple of {every} to resume to the same curve"
    if trainer.get("save_strategy") != "no" and trainer.get("save_total_limit") == 1:
        yield "warning", "save_total_limit=1 deletes the only whole checkpoint before the next one is whole: set 2"


def _vllm(training: Training) -> Found:
    recipe, model = training.recipe, training.model
    if recipe.vllm.mode == "server" and model.id is None:
        yield "error", f"vllm.mode=server: {model.name} is randomly initialised and has no weights to serve"
    if recipe.vllm.mode == "server" and recipe.lora:
        yield "warning", "vllm.mode=server with lora merges the adapters before every transfer of weights"


def _curriculum(training: Training) -> Found:
    recipe = training.recipe
    curriculum = load_curriculum(recipe.curriculum)
    if recipe.data.order != "curriculum" and any(stage.keep < 1 for stage in curriculum.stages):
        yield "warning", f"curriculum {curriculum.name} keeps the hardest problems, which needs data.order=curriculum"
    if recipe.data.order != "dynamic" and "sampling" in recipe.data.model_fields_set:
        yield "warning", f"data.sampling needs data.order=dynamic, not {recipe.data.order}"
    yield from _windows(training, curriculum)
    if recipe.reward.format == "model" and training.model.format is None:
        yield "error", f"reward.format=model, but the file of {training.model.name} names no format"


def _windows(training: Training, curriculum: Curriculum) -> Found:
    """A stage can end early only after a whole window of completions, where the number of steps is known."""
    trainer = trainer_settings(training)
    used = int(trainer["per_device_train_batch_size"]) * int(trainer["gradient_accumulation_steps"])
    per_step = used * training.recipe.processes / int(trainer.get("num_iterations", 1))
    for number, ((start, end), stage) in enumerate(zip(curriculum.spans, curriculum.stages, strict=True), 1):
        completions = round(int(trainer.get("max_steps", 0)) * (end - start) * per_step)
        if stage.advance and 0 < completions < stage.advance.window:
            yield (
                "warning",
                f"stage {number} of curriculum {curriculum.name} never ends early: it has {completions} completions, "
                f"fewer than its window of {stage.advance.window}",
            )


def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())
