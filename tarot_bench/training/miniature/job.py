"""Recipes of kind ``miniature``: curricula compared on small models, on one CPU."""

import shlex
from pathlib import Path

from tarot_bench.config import load_yaml
from tarot_bench.errors import RecipeError
from tarot_bench.progress import Progress
from tarot_bench.recipes import find
from tarot_bench.training.kinds import Prompts, TrainingJob
from tarot_bench.training.launch.commands import Invocation, train_command
from tarot_bench.training.launch.prepare import Prepared
from tarot_bench.training.lint.checks import LintFinding
from tarot_bench.training.miniature.miniature_recipe import MiniatureRecipe
from tarot_bench.training.recipe import RECIPES


class MiniatureJob(TrainingJob):
    """Runs the whole experiment and writes its report."""

    def __init__(self, invocation: Invocation) -> None:
        super().__init__(invocation)
        _refuse(invocation.model or invocation.curriculum)
        self.recipe = load_yaml(MiniatureRecipe, find(invocation.recipe, RECIPES), invocation.overrides)

    @property
    def output(self) -> Path:
        """The directory that was requested, or ``runs/train/NAME``."""
        return self.invocation.output or Path("runs") / "train" / self.recipe.name

    def prepare(self, launch: str | None, gpus: int | None) -> Prepared:
        """The command itself; a miniature runs in this process only."""
        _refuse(launch)
        return Prepared([f"output {self.output}"], commands=[shlex.join(train_command(self.invocation))])

    def run(self, prompts: Prompts, progress: Progress) -> list[str]:
        """Run what is pending; the lines are the report and its directory."""
        from tarot_bench.training.miniature.run import run_and_report

        invocation = self.invocation
        page = run_and_report(
            self.recipe, self.output, resume=invocation.resume, jobs=invocation.jobs or 1, tell=progress.note
        )
        return [page.read_text(encoding="utf-8"), f"run: {self.output}  (report.md, curves.png, cells.jsonl)"]

    @staticmethod
    def lint(path: Path) -> list[LintFinding]:
        """A file that loads has no findings."""
        load_yaml(MiniatureRecipe, path)
        return []


def _refuse(option: str | None) -> None:
    if option:
        raise RecipeError("the miniature compares curricula on one CPU: it takes no --launch, --model or --curriculum")
