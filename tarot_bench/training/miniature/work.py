"""The work of one process: teach one model, or train and measure it. Needs torch."""

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from tarot_bench.atomic import write_atomically
from tarot_bench.dataset.synthetic.small import SmallTask, small_family, small_tasks
from tarot_bench.problem import Problem
from tarot_bench.runs import JournalWriter
from tarot_bench.sandbox import open_sandbox
from tarot_bench.sandbox.base import Sandbox
from tarot_bench.training.data.rows import HeldOutSplit
from tarot_bench.training.miniature.cells import Cell, Work
from tarot_bench.training.miniature.corpus import answer_of
from tarot_bench.training.miniature.measure import MiniatureSample, graded, rates_of, sample
from tarot_bench.training.miniature.miniature_recipe import MiniatureRecipe
from tarot_bench.training.miniature.supervised import Lesson, learn
from tarot_bench.training.model_spec import ModelSpec
from tarot_bench.training.recipe import (
    DataSettings,
    EvaluationSettings,
    RewardSettings,
    Training,
    TrainingRecipe,
)
from tarot_bench.training.trainer.fresh import fresh_model, fresh_tokenizer
from tarot_bench.training.trainer.train import train
from tarot_bench.verdict import Completion


def learn_start(work: Work) -> str:
    """Teach one model from random weights; returns a line about it."""
    _one_thread()
    recipe, level, seed = work.recipe, work.recipe.level(work.key.level), work.key.initialisation
    tasks = small_tasks()[recipe.held_out :]
    tokenizer = _tokenizer(recipe, tasks)
    begun = time.process_time()
    model = fresh_model(recipe.model, tokenizer, recipe.context, seed).to(_device())
    lesson = Lesson(level.skill, level.steps, recipe.batch, level.learning_rate)
    losses = learn(model, tokenizer, tasks, lesson, seed)
    spent = round(time.process_time() - begun, 1)
    work.start.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(work.start)
    tokenizer.save_pretrained(work.start)
    parameters = sum(weights.numel() for weights in model.parameters())
    learned = {"parameters": parameters, "losses": losses, "cpu_s": spent}
    write_atomically(work.taught, json.dumps(learned) + "\n")
    return f"{work.start.name}: {level.steps} supervised steps, loss {losses[-1]:.3f} ({spent:.0f} CPU s)"


def measure_cell(work: Work) -> Cell:
    """Train a model under a curriculum, where the cell has one, and measure it."""
    _one_thread()
    recipe, key = work.recipe, work.key
    begun, folder, steps = time.process_time(), work.start, 0
    parted = parted_problems(recipe)
    with open_sandbox() as sandbox:
        if key.curriculum is not None:
            folder, steps = _train(work, key.curriculum, parted, sandbox)
        samples = graded(parted.held_out, _drawn(work, folder, parted), sandbox)
    path = work.run / "samples" / f"{key.name}.jsonl"
    path.unlink(missing_ok=True)
    with JournalWriter(path, MiniatureSample) as journal:
        for one in samples:
            journal.append(one)
    spent = round(time.process_time() - begun, 1)
    return Cell(**key._asdict(), steps=steps, rates=rates_of(samples), cpu_s=spent)


def _one_thread() -> None:
    """A second thread doubles the CPU time of so small a model, and saves no time."""
    torch.set_num_threads(1)


def _device() -> str:
    return "cuda" if torch.cuda.is_available() else "cpu"


def _tokenizer(recipe: MiniatureRecipe, tasks: Sequence[SmallTask]) -> Any:
    perfect = [answer_of(task.gold) for task in tasks]
    faulty = ["input()", "a[0]", "a[-1]", "max(a)", "min(a)", "a[0] + a[-1]"]
    texts = [task.statement for task in tasks] + perfect + faulty * len(tasks)
    return fresh_tokenizer(texts, recipe.model.vocabulary)


def _drawn(work: Work, folder: Path, parted: HeldOutSplit) -> list[Completion]:
    """Sample the held-out problems."""
    model = AutoModelForCausalLM.from_pretrained(folder).to(_device())
    tokenizer = AutoTokenizer.from_pretrained(folder)
    count, longest = work.recipe.samples, work.recipe.max_completion_tokens
    name = f"miniature/{work.key.name}"
    return sample(model, tokenizer, parted.held_out, count, longest, work.key.seed, name)


def _train(work: Work, curriculum: str, parted: HeldOutSplit, sandbox: Sandbox) -> tuple[Path, int]:
    """Run GRPO like any other recipe; returns the folder of the trained model, and the steps."""
    training = training_of(work, curriculum)
    made = train(training, work.trained, statement_of, resume=True, sandbox=sandbox, data=parted)
    return made.model, made.steps


def training_of(work: Work, curriculum: str) -> Training:
    """The GRPO run of a model under a curriculum."""
    recipe = work.recipe
    chosen = TrainingRecipe(
        name=recipe.name,
        model=work.start.name,
        curriculum=curriculum,
        data=DataSettings(source="synthetic-small:576", held_out=recipe.held_out),
        reward=RewardSettings(mode=recipe.mode),
        evaluation=EvaluationSettings(every=recipe.evaluate_every, at_start=False, samples=recipe.evaluate_samples),
        max_prompt_tokens=recipe.context - recipe.max_completion_tokens,
        max_completion_tokens=recipe.max_completion_tokens,
        seed=work.key.seed,
        trainer=recipe.trainer,
    )
    name = f"miniature-{work.start.name}"
    spec = ModelSpec(name=name, id=str(work.start), parameters_b=0.001, context=recipe.context)
    return Training(recipe=chosen, model=spec)


def parted_problems(recipe: MiniatureRecipe) -> HeldOutSplit:
    """The problems that models are trained on, and those that they are measured on."""
    problems = small_family()
    return HeldOutSplit(train=problems[recipe.held_out :], held_out=problems[: recipe.held_out])


def statement_of(problem: Problem) -> str:
    """The prompt: the statement alone."""
    return problem.statement
