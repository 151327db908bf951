"""What a good author writes about problems that we know: generator programs, validators, near-valid inputs.

One YAML file per problem, written from its statement and nothing else. The programs are our own, so tests may run
them without a sandbox.
"""

from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from tarot_bench.dataset.entry import Scenario
from tarot_bench.problem import Frozen, Problem, Tier
from tarot_bench.reading import parse_yaml

_FOLDER = Path(__file__).parent
_GENERATOR = (_FOLDER / "generator_prelude.txt").read_text()
_VALIDATORS = {
    "stdin": (_FOLDER / "validator_prelude.txt").read_text(),
    "function": (_FOLDER / "validator_prelude_function.txt").read_text(),
}
_CALLING = """

import ast
import json
import sys

print(json.dumps({function}(*ast.literal_eval(sys.stdin.read()))))
"""


class Known(Frozen):
    """The materials of one problem.

    ``generator`` and ``validator`` go on where the preludes in this folder end. For function problems the first prints
    the list of arguments, and solutions define the entry point. ``solution`` was written from the statement by somebody
    who had not seen the gold, ``brute_force`` is slow and simple.
    """

    style: Literal["stdin", "function"] = "stdin"
    generator: str
    validator: str
    illegal: tuple[str, ...] = Field(min_length=8)
    brute_force: str = ""
    solution: str = ""
    checker: str = ""
    scenarios: tuple[Scenario, ...] = ()

    def program(self, tier: Tier, first: int = 0, *, typed: bool = False) -> str:
        """The generator program of a tier.

        Args:
            tier: whose inputs it prints.
            first: added to the seed, so that several programs of a tier differ.
            typed: print what a person would type, below about 2,000 characters.
        """
        return _GENERATOR.format(tier=tier, first=first, typed=typed) + self.generator

    @property
    def validating(self) -> str:
        """The whole validator."""
        return _VALIDATORS[self.style] + self.validator


def runnable(problem: Problem, program: str) -> str:
    """A program that reads an input and writes the output, also where `program` only defines a function.

    The arguments are a Python literal, as generator programs print them.
    """
    if problem.entry_point is None:
        return program
    return program + _CALLING.format(function=problem.entry_point.replace(".", "()."))


@cache
def materials_of(folder: str) -> dict[str, Known]:
    """The materials of a folder beside this file, by the problem's id, without the source's prefix."""
    return {path.stem: _read(path) for path in sorted((_FOLDER / folder).glob("*.yaml"))}


def _read(path: Path) -> Known:
    raw: Any = parse_yaml(path.read_text("utf-8"))
    return Known.model_validate(raw)
