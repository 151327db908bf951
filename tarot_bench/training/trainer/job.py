"""Recipes of kind ``grpo``: one GRPO run on TRL."""

import os
from functools import cached_property
from pathlib import Path

from tarot_bench.errors import RecipeError
from tarot_bench.progress import Progress
from tarot_bench.training.kinds import Prompts, TrainingJob
from tarot_bench.training.launch.commands import Invocation
from tarot_bench.training.launch.prepare import Prepared, prepare
from tarot_bench.training.lint.checks import LintFinding, lint_recipe, linted
from tarot_bench.training.recipe import Training, resolve


class GrpoJob(TrainingJob):
    """Trains one model under one curriculum."""

    def __init__(self, invocation: Invocation) -> None:
        super().__init__(invocation)
        if invocation.jobs:
            raise RecipeError("--jobs trains several models at a time, but this recipe trains one: leave it out")

    @cached_property
    def training(self) -> Training:
        """The recipe with its model, curriculum and overrides."""
        asked = self.invocation
        return resolve(asked.recipe, asked.model, asked.curriculum, asked.overrides)

    @property
    def output(self) -> Path:
        """The directory that was requested, or `Training.output`."""
        return self.invocation.output or self.training.output

    def prepare(self, launch: str | None, gpus: int | None) -> Prepared:
        """See `tarot_bench.training.launch.prepare.prepare`."""
        return prepare(self.invocation, launch, gpus)

    def run(self, prompts: Prompts, progress: Progress) -> list[str]:
        """Check the settings and train the model; the line names the run directory and the trained model."""
        from tarot_bench.training.trainer.train import train

        warnings = linted(self.training)
        if os.environ.get("RANK", "0") == "0":  # the first of several processes says it for all
            for warning in warnings:
                progress.note(warning)
        render = prompts(self.training.recipe.data.prompt)
        result = train(self.training, self.output, render, resume=self.invocation.resume, progress=progress)
        return [f"run: {self.output}  ({result.steps} steps; model: {result.model})"]

    @staticmethod
    def lint(path: Path) -> list[LintFinding]:
        """See `tarot_bench.training.lint.checks.lint_recipe`."""
        return lint_recipe(path)
