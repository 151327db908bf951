"""Render the prompt of a problem from a template."""

from pathlib import Path

from tarot_bench.errors import RecipeError, boundary
from tarot_bench.problem import Problem
from tarot_bench.recipes import find
from tarot_bench.templates import environment, parsed, rendered


class Prompt:
    """A prompt template, shipped or the user's own; sees the problem's fields, never its tests."""

    def __init__(self, argument: str) -> None:
        """Load a template.

        Raises:
            RecipeError: no such template, or it is not valid Jinja.
        """
        self.path: Path = find(argument, "eval/prompts", suffix=".jinja")
        with boundary(RecipeError, f"reading {self.path}"):
            self.source = self.path.read_text(encoding="utf-8")
        self._template = parsed(environment(keep_trailing_newline=True), self.source, self.path)

    def render(self, problem: Problem) -> str:
        """Render the prompt of one problem.

        Raises:
            RecipeError: the template names something that a problem does not have, or does what a template may not.
        """
        shown = problem.model_dump(include={"id", "statement", "style", "entry_point", "starter_code", "limits"})
        return rendered(self._template, self.path, {"problem": shown}, sees=[f"problem.{name}" for name in shown])
