"""Prompt templates: a problem in, the text that is sent to the model out."""

from pathlib import Path

import jinja2

from tarot_bench.errors import RecipeError
from tarot_bench.problem import Problem
from tarot_bench.recipes import find


class Prompt:
    """A template of ``eval/prompts/``, or a file of the user's; sees the problem's fields, never its tests."""

    def __init__(self, argument: str) -> None:
        """Load a template.

        Raises:
            RecipeError: no such template, or it is not valid Jinja.
        """
        self.path: Path = find(argument, "eval/prompts", suffix=".jinja")
        self.source = self.path.read_text(encoding="utf-8")
        environment = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False, keep_trailing_newline=True)
        try:
            self._template = environment.from_string(self.source)
        except jinja2.TemplateSyntaxError as error:
            raise RecipeError(f"{self.path}:{error.lineno}: {error.message}") from None

    def render(self, problem: Problem) -> str:
        """The prompt for one problem.

        Raises:
            RecipeError: the template names something that a problem does not have.
        """
        shown = problem.model_dump(include={"id", "statement", "style", "entry_point", "starter_code", "limits"})
        try:
            return self._template.render(problem=shown)
        except jinja2.UndefinedError as error:
            raise RecipeError(
                f"{self.path}: {error.message}; a prompt sees problem.{', problem.'.join(shown)}"
            ) from None
