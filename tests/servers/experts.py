"""What a model knows of the problems that it is asked about: right materials, looked up by the statement."""

import ast
import hashlib
import json
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

from tarot_bench.dataset.embedded import load_embedded
from tarot_bench.dataset.entry import Entry
from tarot_bench.generation.shingles import unframed
from tarot_bench.problem import Problem, TestCase, Tier
from tests.materials import Known, materials_of, runnable, synthetic

_TYPED = 1_000_000
"""The first seed of typed inputs, which are no program's."""


class Expert(Protocol):
    """Knows one problem."""

    @property
    def illegal(self) -> tuple[str, ...]:
        """Inputs that break the statement."""

    @property
    def validator(self) -> str:
        """A right validator."""

    @property
    def solution(self) -> str:
        """A right program."""

    @property
    def brute_force(self) -> str:
        """A slow and right solution, or nothing."""

    @property
    def checker(self) -> str:
        """A right checker, or nothing."""

    def literal(self, tier: Tier, number: int) -> tuple[str, str]:
        """A typed input, and the right output."""

    def generator(self, tier: Tier, first: int) -> str:
        """A right generator program; `first` is added to its seed."""

    def scenarios(self) -> list[dict[str, Any]]:
        """Labelled outputs for the checker."""


@dataclass(frozen=True)
class MaterialsExpert:
    """Knows a problem from a file of ``tests/materials``; `oracle` is a right program of our own."""

    problem: Problem
    known: Known
    oracle: str

    @property
    def illegal(self) -> tuple[str, ...]:
        return self.known.illegal

    @property
    def validator(self) -> str:
        return self.known.validating

    @property
    def solution(self) -> str:
        return self.oracle

    @property
    def brute_force(self) -> str:
        return self.known.brute_force

    @property
    def checker(self) -> str:
        return self.known.checker

    def literal(self, tier: Tier, number: int) -> tuple[str, str]:
        text = _ran(self.known.program(tier, _TYPED, typed=True), f"{number}\n")
        return text, _ran(runnable(self.problem, self.oracle), text)

    def generator(self, tier: Tier, first: int) -> str:
        return self.known.program(tier, first)

    def scenarios(self) -> list[dict[str, Any]]:
        return [scenario.model_dump() for scenario in self.known.scenarios]


@dataclass(frozen=True)
class SyntheticExpert:
    """Knows a problem of ``synthetic:N`` from its entry."""

    entry: Entry
    brute_force: str = ""
    checker: str = ""

    @property
    def illegal(self) -> tuple[str, ...]:
        return synthetic.illegal(self.entry)

    @property
    def validator(self) -> str:
        return self.entry.validator or ""

    @property
    def solution(self) -> str:
        return self.entry.problem.solution or ""

    def literal(self, tier: Tier, number: int) -> tuple[str, str]:
        (test,) = self.entry.problem.at(tier)
        return test.input, test.output

    def generator(self, tier: Tier, first: int) -> str:
        return synthetic.program(self.entry, tier, first)

    def scenarios(self) -> list[dict[str, Any]]:
        return []


class Experts:
    """Experts by statement; a prompt may show a statement without the frame that tells a reader to solve it."""

    def __init__(self, known: Iterable[tuple[Problem, Expert]]) -> None:
        self._known = {key: expert for problem, expert in known for key in self._keys(problem.statement)}

    def of(self, statement: str) -> Expert | None:
        return next((self._known[key] for key in self._keys(statement) if key in self._known), None)

    @staticmethod
    def _keys(statement: str) -> tuple[bytes, bytes]:
        return _key(statement), _key(unframed(statement))


def embedded() -> list[tuple[Problem, Expert]]:
    """The embedded problems, stripped to what a contest gives: statement, example and gold."""
    known = materials_of("embedded")
    return [(bare(p), MaterialsExpert(p, known[p.id.partition("/")[2]], p.solution or "")) for p in load_embedded()]


def tarot(problems: Iterable[Problem]) -> list[tuple[Problem, Expert]]:
    """Published rows with materials. Their golds are not ours: the brute force is the oracle of literal tests."""
    known = materials_of("tarot")
    pairs = [(problem, known.get(problem.id)) for problem in problems]
    return [(problem, MaterialsExpert(problem, found, found.brute_force)) for problem, found in pairs if found]


def synthetic_problems(entries: Iterable[Entry]) -> Iterable[tuple[Problem, Expert]]:
    """Procedural problems, one after the other."""
    return ((entry.problem, SyntheticExpert(entry)) for entry in entries)


def bare(problem: Problem) -> Problem:
    """An embedded problem with the example of its statement as the only test."""
    example = _example_call(problem.statement) if problem.entry_point else _example(problem.statement)
    return problem.model_copy(update={"tests": (), "original_tests": (example,)})


def _example(statement: str) -> TestCase:
    _, _, rest = statement.partition("Example input:")
    given, _, wanted = rest.partition("Example output:")
    return TestCase(tier=None, input=_dedented(given), output=_dedented(wanted))


def _example_call(statement: str) -> TestCase:
    """From a line such as: Example: `f(2, 'a')` returns `[2]`."""
    _, _, line = statement.partition("Example: ")
    call, returned = line.replace("`.", "`").strip().strip("`").split("` returns `")
    arguments = [ast.literal_eval(argument) for argument in ast.parse(call, mode="eval").body.args]  # type: ignore[attr-defined]
    return TestCase(tier=None, kind="call", input=json.dumps(arguments), output=json.dumps(ast.literal_eval(returned)))


def _dedented(block: str) -> str:
    lines = block.strip("\n").split("\n")
    return "".join(f"{line[4:]}\n" for line in lines).strip("\n") + "\n"


def _key(statement: str) -> bytes:
    return hashlib.sha256(" ".join(statement.split()).encode()).digest()


@cache
def _ran(program: str, text: str) -> str:
    """The output of one of our own programs."""
    command = [sys.executable, "-I", "-c", program]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True, timeout=60).stdout
