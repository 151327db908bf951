"""Render the prompts of generators from the templates of ``generation/prompts``."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tarot_bench.errors import RecipeError, one_line
from tarot_bench.generation.author.drafting import FailedTest, Wanted
from tarot_bench.problem import TIERS, TestCase
from tarot_bench.recipes import root
from tarot_bench.templates import Environment, Template, environment, parsed, rendered

_SHOWN = {"id", "statement", "solution", "style", "entry_point", "starter_code", "limits"}
_EXAMPLES, _LONGEST = 3, 1500
_PARTS = ("system", "author", "repair", *TIERS)


@dataclass(frozen=True, slots=True)
class AuthorPrompt:
    """A rendered prompt.

    Attributes:
        system: the system message.
        user: the user message.
        digest: SHA-256 (hex, 16 characters) of both, as in `Provenance.prompt_digest`.
    """

    system: str
    user: str

    @property
    def digest(self) -> str:
        """A digest that differs between prompts."""
        return hashlib.sha256(f"{self.system}\n{self.user}".encode()).hexdigest()[:16]


class Prompts:
    """The templates of one folder: ``system``, ``author`` (first round), ``repair``, and the meaning of each tier."""

    def __init__(self, folder: Path | None = None) -> None:
        """Load the templates; None takes the shipped ones.

        Raises:
            RecipeError: one is missing, or is not valid Jinja.
        """
        self._folder = folder or root() / "generation" / "prompts"
        opened = environment(self._folder)
        self._templates = {name: self._parsed(opened, f"{name}.jinja") for name in _PARTS}

    def _parsed(self, opened: Environment, name: str) -> Template:
        path = self._folder / name
        try:
            source = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            raise RecipeError(f"{self._folder} lacks {name}; copy the shipped generation/prompts") from None
        except (OSError, UnicodeDecodeError) as error:
            raise RecipeError(f"cannot read {path}: {one_line(error)}") from None
        return parsed(opened, source, path)

    @property
    def digest(self) -> str:
        """SHA-256 (hex, 16 characters) of all templates of the folder: it belongs to the settings of a run."""
        files = sorted(self._folder.glob("*.jinja"))
        joined = b"\n".join(file.name.encode() + b"\n" + file.read_bytes() for file in files)
        return hashlib.sha256(joined).hexdigest()[:16]

    def render(self, wanted: Wanted, *, validator: bool, schema: Mapping[str, Any] | None = None) -> AuthorPrompt:
        """Render the prompt for one problem.

        Args:
            wanted: failures make it a repair prompt.
            validator: whether a validator is requested, too.
            schema: JSON schema to ask for, of a model that no service holds to it.

        Raises:
            RecipeError: a template names something that it is not given, or does what a template may not.
        """
        problem = wanted.entry.problem
        seen: dict[str, Any] = {
            "problem": problem.model_dump(include=_SHOWN),
            "examples": _examples(wanted),
            "failures": [_shortened(failure) for failure in wanted.failures],
            "validator": validator,
            "schema": json.dumps(schema) if schema else None,
        }
        name = "repair" if wanted.failures else "author"
        seen["tiers"] = {str(tier): self._rendered(tier, seen) for tier in wanted.tiers}
        return AuthorPrompt(self._rendered("system", seen), self._rendered(name, seen))

    def _rendered(self, name: str, seen: dict[str, Any]) -> str:
        return rendered(self._templates[name], self._folder / f"{name}.jinja", seen)


def _examples(wanted: Wanted) -> list[TestCase]:
    """Return the tests to show: at first only original ones, in later rounds also those that were accepted."""
    problem = wanted.entry.problem
    tests = problem.tests + problem.original_tests if wanted.round else problem.original_tests or problem.tests
    short = [test for test in tests if test.kind != "suite" and len(test.input) + len(test.output) <= _LONGEST]
    return short[: len(problem.tests) + _EXAMPLES if wanted.round else _EXAMPLES]


def _shortened(failure: FailedTest) -> FailedTest:
    return replace(
        failure,
        input=_cut(failure.input),
        expected=_cut(failure.expected),
        got=_cut(failure.got),
        what=_cut(failure.what),
    )


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} … ({len(text)} characters)"
