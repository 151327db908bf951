"""Kinds of training recipes: the ``kind`` of a recipe decides what ``train`` and ``recipes lint`` do with it."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from tarot_bench.config import read_mapping
from tarot_bench.errors import RecipeError, did_you_mean
from tarot_bench.progress import Progress
from tarot_bench.recipes import find
from tarot_bench.training.data.rows import Render
from tarot_bench.training.launch.commands import Invocation
from tarot_bench.training.launch.prepare import Prepared
from tarot_bench.training.recipe import RECIPES

if TYPE_CHECKING:
    from tarot_bench.training.lint.checks import LintFinding

KINDS = {
    "grpo": "tarot_bench.training.trainer.job:GrpoJob",
    "miniature": "tarot_bench.training.miniature.job:MiniatureJob",
}
"""The class of each kind, imported when a recipe of that kind is used."""

Prompts = Callable[[str], Render]
"""From the name or path of a prompt template to the function that renders a problem."""


class TrainingJob(ABC):
    """A recipe of one kind, as it was requested.

    Args:
        invocation: the arguments of ``train``.

    Raises:
        RecipeError: the recipe, or an argument, does not fit the kind.
    """

    def __init__(self, invocation: Invocation) -> None:
        self.invocation = invocation

    @property
    @abstractmethod
    def output(self) -> Path:
        """The run directory."""

    @abstractmethod
    def prepare(self, launch: str | None, gpus: int | None) -> Prepared:
        """The commands and files that ``--launch`` and ``--dry-run`` show.

        Args:
            launch: a kind of accelerate or a cluster; None is this process.
            gpus: GPUs of the machine; None takes what the recipe needs.

        Raises:
            RecipeError: this kind of recipe cannot be launched that way.
        """

    @abstractmethod
    def run(self, prompts: Prompts, progress: Progress) -> list[str]:
        """Run the recipe in this process.

        Args:
            prompts: finds the prompt template that the recipe names.
            progress: told of what is done.

        Returns:
            Lines for the user: what was made, and where it is.

        Raises:
            UserError: a package is missing, or the run directory holds another run.
        """

    @staticmethod
    @abstractmethod
    def lint(path: Path) -> "list[LintFinding]":
        """The findings in a recipe file of this kind.

        Raises:
            UserError: the file cannot be loaded.
        """


def kind_of(recipe: str) -> str:
    """The kind of a recipe file; ``grpo`` where the file names none.

    Raises:
        RecipeError: there is no such file, or no such kind.
    """
    path = find(recipe, RECIPES)
    kind = str(read_mapping(path).get("kind", "grpo"))
    if kind not in KINDS:
        raise RecipeError(f"{path}: unknown kind {kind!r}; the kinds are {', '.join(KINDS)}{did_you_mean(kind, KINDS)}")
    return kind


def job_class(recipe: str) -> type[TrainingJob]:
    """The class that handles a recipe file.

    Raises:
        RecipeError: there is no such file, or no such kind.
    """
    module, _, name = KINDS[kind_of(recipe)].partition(":")
    found: type[TrainingJob] = getattr(import_module(module), name)
    return found


def open_job(invocation: Invocation) -> TrainingJob:
    """The job of a ``train`` command, by the kind of its recipe.

    Raises:
        RecipeError: there is no such recipe, or an argument does not fit it.
    """
    return job_class(invocation.recipe)(invocation)
