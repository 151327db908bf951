"""Choose the check of a file by its content."""

from collections.abc import Sequence
from pathlib import Path

from tarot_bench.config import read_mapping
from tarot_bench.errors import RecipeError, UserError, one_line
from tarot_bench.recipes import root
from tarot_bench.training.curriculum import FOLDER as CURRICULA
from tarot_bench.training.kinds import job_class
from tarot_bench.training.lint.checks import LintFinding, lint_curriculum, lint_model
from tarot_bench.training.lint.published import lint_published, read_published
from tarot_bench.training.model_spec import MODELS
from tarot_bench.training.recipe import RECIPES


def shipped_files() -> list[Path]:
    """All shipped curricula, model files and training recipes."""
    return [file for folder in (CURRICULA, MODELS, RECIPES) for file in sorted((root() / folder).glob("*.yaml"))]


def lint_files(paths: Sequence[Path]) -> list[LintFinding]:
    """Check files of any form, and all YAML files of folders.

    Raises:
        RecipeError: there is no such file.
    """
    files = [file for path in paths for file in (sorted(path.rglob("*.y*ml")) if path.is_dir() else [path])]
    return [finding for file in files for finding in _lint(file)]


def _lint(path: Path) -> list[LintFinding]:
    if not path.is_file():
        raise RecipeError(f"{path}: there is no such file")
    try:
        published = read_published(path)
        if published is not None:
            return lint_published(path, published)
        if path.resolve().parent.name == "models":
            return lint_model(path)
        if path.resolve().parent.name == "curricula" or "stages" in read_mapping(path):
            return lint_curriculum(path)
        return job_class(str(path)).lint(path)
    except UserError as error:
        return [LintFinding("error", str(path), one_line(error).removeprefix(f"{path}: "))]
