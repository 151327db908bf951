"""Checks of recipes in the published form (Open-R1's, as in TAROT's repository), which `train` does not read."""

from pathlib import Path
from typing import Any

from tarot_bench.config import read_mapping
from tarot_bench.training.lint.checks import Found, LintFinding, groups_misfit, names_differ
from tarot_bench.training.trainer.trl_keys import advice, known_keys

TRAINING_PROCESSES = 7
"""The published launch file reserves one of eight GPUs for vLLM."""
SERVED_LENGTH = 4096
"""MAX_MODEL_LEN of the published instructions."""


def read_published(path: Path) -> dict[str, Any] | None:
    """The settings of a recipe in the published form; None if it is of another form.

    Raises:
        RecipeError: the file is no YAML mapping.
    """
    raw = read_mapping(path)
    return raw if "model_name_or_path" in raw else None


def lint_published(path: Path, settings: dict[str, Any]) -> list[LintFinding]:
    """Check a published recipe: names, batch sizes, lengths, and keys that TRL 1.16 does not have.

    Args:
        path: its file; its folder is the model's name.
        settings: from `read_published`.
    """
    checks = (_names(path, settings), _numbers(settings), _keys(settings))
    return [LintFinding(level, str(path), message) for check in checks for level, message in check]


def _names(path: Path, settings: dict[str, Any]) -> Found:
    model, folder = str(settings["model_name_or_path"]), path.resolve().parent.name
    if names_differ(folder, model):
        yield "error", f"the folder is called {folder!r}, but {model} is trained"
    pushed = str(settings.get("hub_model_id", "")).partition("-CCRL")[0]
    if pushed and names_differ(pushed, model):
        yield "error", f"{model} would be pushed as {settings['hub_model_id']}"


def _numbers(settings: dict[str, Any]) -> Found:
    misfit = groups_misfit(settings, TRAINING_PROCESSES)
    if misfit:
        yield "error", misfit
    length = int(settings.get("max_prompt_length", 0)) + int(settings.get("max_completion_length", 0))
    if length > SERVED_LENGTH:
        yield (
            "warning",
            f"prompt and completion take {length} tokens: serve with MAX_MODEL_LEN of at least that, "
            f"not the {SERVED_LENGTH} of the instructions",
        )


def _keys(settings: dict[str, Any]) -> Found:
    known = known_keys()
    for key in settings:
        told = advice(key)
        if told:
            yield "warning", f"{key}: {told}"
        elif known is not None and key not in known:
            yield "error", f"{key}: TRL has no such setting; is it misspelt?"
