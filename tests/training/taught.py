"""A tiny model that can write some programs: made and taught in seconds, so that rewards differ within a group."""

from pathlib import Path
from typing import Any

from tarot_bench.dataset.synthetic.small import small_family, small_tasks
from tarot_bench.training.data.rows import HeldOutSplit
from tarot_bench.training.miniature.corpus import Skill, answer_of
from tarot_bench.training.miniature.supervised import Lesson, learn
from tarot_bench.training.model_spec import FreshModel, ModelSpec
from tarot_bench.training.recipe import Training, TrainingRecipe
from tarot_bench.training.trainer.fresh import fresh_model, fresh_tokenizer
from tarot_bench.training.trainer.train import TrainingResult

COUNT = 6
"""Problems: the model knows them by heart, with the faults of its author."""
SETTINGS = {
    "max_steps": 4,
    "learning_rate": 3e-4,
    "num_generations": 4,
    "per_device_train_batch_size": 8,
    "per_device_eval_batch_size": 8,
    "gradient_accumulation_steps": 1,
    "save_steps": 1,
}


def teach(folder: Path, count: int = COUNT) -> ModelSpec:
    """Make the model in a folder; it is taught as many problems."""
    tasks = small_tasks()[:count]
    texts = [task.statement for task in tasks] + [answer_of(task.gold) for task in tasks] * 4
    tokenizer = fresh_tokenizer(texts, 400)
    sizes = FreshModel(hidden_size=64, intermediate_size=128, layers=2, heads=4)
    model = fresh_model(sizes, tokenizer, 160, seed=0)
    learn(model, tokenizer, tasks, Lesson(Skill(operator=0.8, reader=0.3, guard=0.2), 100, 16, 1e-2), seed=0)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return ModelSpec(name="taught", id=str(folder), parameters_b=0.0001, context=160)


def data() -> HeldOutSplit:
    """Four problems to train on, two held out."""
    problems = small_family()[:COUNT]
    return HeldOutSplit(train=problems[2:], held_out=problems[:2])


def training(model: ModelSpec, **changes: object) -> Training:
    """A short training of it; changes are fields of the recipe, `trainer` adds to the settings."""
    trainer = SETTINGS | dict(changes.pop("trainer", {}))  # type: ignore[call-overload]
    fields = {
        "name": "test",
        "data": {"source": "synthetic-small:6", "held_out": 2},
        "evaluation": {"every": 2, "samples": 2},
        "max_prompt_tokens": 80,
        "max_completion_tokens": 64,
        "seed": 0,
    }
    return Training(recipe=TrainingRecipe(**{**fields, **changes, "trainer": trainer}), model=model)


def steps_of(outcome: TrainingResult) -> list[dict[str, Any]]:
    """The entries of a curve that are optimizer steps."""
    return [entry for entry in outcome.curve if "loss" in entry]
