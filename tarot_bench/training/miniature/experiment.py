"""Run the miniature: learn the levels, then train every curriculum on every level with every seed, cell by cell."""

import json
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tarot_bench.dataset.synthetic.small import SmallTask, small_family, small_tasks
from tarot_bench.problem import Frozen
from tarot_bench.runs import JournalWriter, RunDirectory
from tarot_bench.sandbox.base import Sandbox
from tarot_bench.training.data.rows import HeldOutSplit
from tarot_bench.training.miniature.corpus import answer_of
from tarot_bench.training.miniature.measure import MiniatureSample, graded, rates_of, sample
from tarot_bench.training.miniature.miniature_recipe import LevelSettings, MiniatureRecipe
from tarot_bench.training.miniature.supervised import Lesson, learn
from tarot_bench.training.recipe import (
    DataSettings,
    EvaluationSettings,
    ModelSpec,
    RewardSettings,
    Training,
    TrainingRecipe,
)
from tarot_bench.training.trainer.fresh import fresh_model, fresh_tokenizer
from tarot_bench.training.trainer.train import train

Tell = Callable[[str], None]


class Cell(Frozen):
    """One result: held-out pass rates of a level before or after a curriculum."""

    level: str
    curriculum: str | None
    """None: the level itself, before reinforcement learning."""
    seed: int
    steps: int
    rates: dict[str, float]
    """By tier, and ``all``; in [0, 1]."""
    cpu_s: float
    """CPU seconds of this process, including the measurement."""

    @property
    def name(self) -> str:
        """As `cell_name`."""
        return cell_name(self.level, self.curriculum, self.seed)


@dataclass(frozen=True, slots=True)
class Setup:
    """The parts that all cells share.

    Attributes:
        recipe: of the experiment.
        run: its directory.
        sandbox: grades everything.
        tasks: the parts of the problems, training ones only.
        split: the problems.
    """

    recipe: MiniatureRecipe
    run: RunDirectory
    sandbox: Sandbox
    tasks: tuple[SmallTask, ...]
    split: HeldOutSplit


def run_miniature(recipe: MiniatureRecipe, run: RunDirectory, sandbox: Sandbox, tell: Tell) -> list[Cell]:
    """Run all pending cells.

    Args:
        recipe: of the experiment.
        run: its directory; cells in ``cells.jsonl`` are done.
        sandbox: grades everything.
        tell: called with lines of progress.

    Returns:
        All cells.
    """
    import torch

    torch.set_num_threads(1)  # a second thread doubles the CPU time of so small a model, and saves no time
    setup = _setup(recipe, run, sandbox)
    for number in range(len(recipe.levels)):
        _learn_level(setup, number, tell)
    with run.journal("cells.jsonl", Cell) as journal:
        done = {cell.name: cell for cell in journal}
        for level, curriculum, seed in _cells(recipe):
            name = cell_name(level.name, curriculum, seed)
            if name not in done:
                done[name] = _cell(setup, level, curriculum, seed, tell)
                journal.append(done[name])
                rates = ", ".join(f"{tier} {rate:.2f}" for tier, rate in done[name].rates.items())
                tell(f"{name}: {rates} ({done[name].cpu_s:.0f} CPU s)")
    return list(done.values())


def cell_name(level: str, curriculum: str | None, seed: int) -> str:
    """The unique name of a cell, also of its folder."""
    return f"{level}-{curriculum or 'before'}-s{seed}"


def _cells(recipe: MiniatureRecipe) -> list[tuple[LevelSettings, str | None, int]]:
    """All cells: the levels, then seed by seed, so that an interrupted run has complete seeds to compare."""
    before = [(level, None, 0) for level in recipe.levels]
    return before + [
        (level, curriculum, seed) for seed in recipe.seeds for level in recipe.levels for curriculum in recipe.curricula
    ]


def _setup(recipe: MiniatureRecipe, run: RunDirectory, sandbox: Sandbox) -> Setup:
    problems, tasks = small_family(), small_tasks()
    parted = HeldOutSplit(train=problems[recipe.held_out :], held_out=problems[: recipe.held_out])
    return Setup(recipe, run, sandbox, tasks[recipe.held_out :], parted)


def level_folder(run: RunDirectory, level: LevelSettings) -> Path:
    """The folder of a level's weights and tokenizer."""
    return run.path / "levels" / level.name


def learning_cpu_s(recipe: MiniatureRecipe, run: RunDirectory) -> float:
    """CPU seconds of the supervised training of all levels."""
    written = (run.path / "levels" / level.name / "learned.json" for level in recipe.levels)
    return math.fsum(json.loads(path.read_text(encoding="utf-8"))["cpu_s"] for path in written)


def _learn_level(setup: Setup, number: int, tell: Tell) -> None:
    """Learn a level from random weights or from the previous level's; a finished level is skipped."""
    from transformers import AutoModelForCausalLM

    recipe, level = setup.recipe, setup.recipe.levels[number]
    folder = level_folder(setup.run, level)
    if (folder / "learned.json").exists():
        return
    tokenizer = _tokenizer(setup)
    if number == 0:
        model = fresh_model(recipe.model, tokenizer, recipe.context, seed=0)
    else:
        model = AutoModelForCausalLM.from_pretrained(level_folder(setup.run, recipe.levels[number - 1]))
    started = time.process_time()
    lesson = Lesson(level.skill, level.steps, recipe.batch, level.learning_rate)
    losses = learn(model, tokenizer, setup.tasks, lesson, seed=number)
    spent = time.process_time() - started
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    learned = {"parameters": sum(weights.numel() for weights in model.parameters()), "losses": losses, "cpu_s": spent}
    setup.run.write_json(f"levels/{level.name}/learned.json", learned)
    tell(f"{level.name}: {level.steps} supervised steps, loss {losses[-1]:.3f} ({spent:.0f} CPU s)")


def _tokenizer(setup: Setup) -> Any:
    perfect = [answer_of(task.gold) for task in setup.tasks]
    faulty = ["input()", "a[0]", "a[-1]", "max(a)", "min(a)", "a[0] + a[-1]"]
    texts = [problem.statement for problem in setup.split.train] + perfect + faulty * len(setup.tasks)
    return fresh_tokenizer(texts, setup.recipe.model.vocabulary)


def _cell(setup: Setup, level: LevelSettings, curriculum: str | None, seed: int, tell: Tell) -> Cell:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    started = time.process_time()
    folder, steps = level_folder(setup.run, level), 0
    name = cell_name(level.name, curriculum, seed)
    if curriculum is not None:
        outcome = train(
            _training(setup, level, curriculum, seed),
            setup.run.path / "cells" / name,
            lambda problem: problem.statement,
            resume=True,
            sandbox=setup.sandbox,
            data=setup.split,
            tell=lambda line: tell(f"{name}: {line}"),
        )
        folder, steps = outcome.model, outcome.steps
    model, tokenizer = AutoModelForCausalLM.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
    samples = _measured(setup, model, tokenizer, name, seed)
    spent = time.process_time() - started
    return Cell(
        level=level.name, curriculum=curriculum, seed=seed, steps=steps, rates=rates_of(samples), cpu_s=round(spent, 1)
    )


def _measured(setup: Setup, model: Any, tokenizer: Any, name: str, seed: int) -> list[MiniatureSample]:
    """Sample the held-out problems, grade the samples and save them."""
    recipe, problems = setup.recipe, setup.split.held_out
    drawn = sample(model, tokenizer, problems, recipe.samples, recipe.max_completion_tokens, seed, f"miniature/{name}")
    samples = graded(problems, drawn, setup.sandbox)
    path = setup.run.path / "samples" / f"{name}.jsonl"
    path.unlink(missing_ok=True)
    with JournalWriter(path, MiniatureSample) as journal:
        for one in samples:
            journal.append(one)
    return samples


def _training(setup: Setup, level: LevelSettings, curriculum: str, seed: int) -> Training:
    """The training of one cell, which runs like any other GRPO recipe."""
    recipe = setup.recipe
    chosen = TrainingRecipe(
        name=recipe.name,
        model=level.name,
        curriculum=curriculum,
        data=DataSettings(source="synthetic-small:576", held_out=recipe.held_out),
        reward=RewardSettings(mode=recipe.mode),
        evaluation=EvaluationSettings(every=recipe.evaluate_every, at_start=False, samples=recipe.evaluate_samples),
        max_prompt_tokens=recipe.context - recipe.max_completion_tokens,
        max_completion_tokens=recipe.max_completion_tokens,
        seed=seed,
        trainer=recipe.trainer,
    )
    spec = ModelSpec(
        name=f"miniature-{level.name}",
        id=str(level_folder(setup.run, level)),
        parameters_b=0.001,
        context=recipe.context,
    )
    return Training(recipe=chosen, model=spec)
