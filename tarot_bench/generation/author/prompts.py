"""Render the prompts of generators from the templates of ``generation/prompts``."""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from tarot_bench.errors import RecipeError, one_line
from tarot_bench.generation.author.asked import Asked
from tarot_bench.generation.author.drafting import FailedTest, Wanted
from tarot_bench.generation.shingles import unframed
from tarot_bench.grading.arguments import plain_form
from tarot_bench.problem import TIERS, Problem, TestCase
from tarot_bench.recipes import root
from tarot_bench.templates import Environment, Template, environment, parsed, rendered

_SHOWN = {"id", "statement", "solution", "style", "entry_point", "starter_code", "limits"}
_TAG = re.compile(r"<(?=\s*/?\s*(?:problem|starter|reference_solution|known_test|failure)\b)", re.IGNORECASE)
"""The beginning of a tag that delimits text of others in the prompts."""
_EXAMPLES, _LONGEST = 3, 1500
SOLVE = "solve"
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
    """The templates of one folder: ``system``, ``author`` (first round), ``repair``, and the meaning of each tier.

    ``solve`` is for solvers.
    """

    def __init__(self, folder: Path | None = None, *, solving: bool = False) -> None:
        """Load the templates.

        Args:
            folder: None takes the shipped ones.
            solving: whether there are solvers, so that ``solve`` is needed, too.

        Raises:
            RecipeError: one is missing, or is not valid Jinja.
        """
        self._folder = folder or root() / "generation" / "prompts"
        opened = environment(self._folder)
        self._templates = {
            name: self._parsed(opened, f"{name}.jinja") for name in (*_PARTS, *([SOLVE] if solving else []))
        }

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
    def texts(self) -> dict[str, str]:
        """The text of each template by its file name."""
        return {file.name: file.read_text(encoding="utf-8") for file in sorted(self._folder.glob("*.jinja"))}

    @property
    def digest(self) -> str:
        """SHA-256 (hex, 16 characters) of all templates of the folder: it belongs to the settings of a run."""
        files = sorted(self._folder.glob("*.jinja"))
        joined = b"\n".join(file.name.encode() + b"\n" + file.read_bytes() for file in files)
        return hashlib.sha256(joined).hexdigest()[:16]

    def render(self, wanted: Wanted, asked: Asked, schema: Mapping[str, Any] | None = None) -> AuthorPrompt:
        """Render the prompt for one problem.

        Args:
            wanted: failures make it a repair prompt.
            asked: what to ask for.
            schema: JSON schema to ask for, of a model that no service holds to it.

        Raises:
            RecipeError: a template names something that it is not given, or does what a template may not.
        """
        plain = plain_form(wanted.entry.problem)
        shown = ((plain(test.input), plain(test.output)) for test in _examples(wanted))
        seen: dict[str, Any] = {
            "problem": _problem(wanted.entry.problem),
            "examples": [{"input": _inert(given), "output": _inert(output)} for given, output in shown],
            "improves": wanted.improves,
            "failures": [_shortened(failure, plain) for failure in wanted.failures],
            "asked": asdict(asked),
            "schema": json.dumps(schema) if schema else None,
        }
        name = "repair" if wanted.failures else "author"
        seen["tiers"] = {str(tier): self._rendered(tier, seen) for tier in asked.tiers}
        return AuthorPrompt(self._rendered("system", seen), self._rendered(name, seen))

    def solving(self, problem: Problem) -> str:
        """Render the prompt of a solver, which sees neither the gold nor a test.

        Raises:
            RecipeError: as `render`.
        """
        return self._rendered(SOLVE, {"problem": _problem(problem.model_copy(update={"solution": None}))})

    def _rendered(self, name: str, seen: dict[str, Any]) -> str:
        return rendered(self._templates[name], self._folder / f"{name}.jinja", seen)


def _examples(wanted: Wanted) -> list[TestCase]:
    """Return the tests to show: at first only original ones, in later rounds also those that were accepted."""
    problem = wanted.entry.problem
    tests = problem.tests + problem.original_tests if wanted.round else problem.original_tests or problem.tests
    told = [test for test in tests if test.kind != "suite" and test.stored]
    short = [test for test in told if len(test.input) + len(test.output) <= _LONGEST]
    return short[: len(problem.tests) + _EXAMPLES if wanted.round else _EXAMPLES]


def _problem(problem: Problem) -> dict[str, Any]:
    """The problem as the templates see it: the statement without the frame that tells a reader to solve it."""
    shown = problem.model_dump(include=_SHOWN)
    texts = {
        "statement": unframed(problem.statement),
        "solution": problem.solution,
        "starter_code": problem.starter_code,
    }
    return shown | {name: text and _inert(text) for name, text in texts.items()}


def _shortened(failure: FailedTest, plain: Callable[[str], str]) -> FailedTest:
    return replace(
        failure,
        input=_cut(plain(failure.input)),
        expected=_cut(plain(failure.expected)),
        got=_cut(plain(failure.got)),
        what=_cut(failure.what),
    )


def _cut(text: str) -> str:
    short = text if len(text) <= _LONGEST else f"{text[:_LONGEST]} … ({len(text)} characters)"
    return _inert(short)


def _inert(text: str) -> str:
    """A text of others that cannot end its own tag: a space follows the ``<`` of tags that the prompts use."""
    return _TAG.sub("< ", text)
