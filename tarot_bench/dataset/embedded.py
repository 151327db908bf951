"""The embedded problem set: 46 problems written for this project, one YAML file each.

It needs no network and no account, so tests, demos, `selftest` and the quick start use it. Every file also has *near
misses*: plausible wrong programs, with the tiers that they fail. They are the ground truth for measuring how well the
tiers detect wrong programs.
"""

import json
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from tarot_bench.errors import DataError, boundary
from tarot_bench.problem import TIERS, Checker, Frozen, Limits, Origin, Problem, TestCase, Tier
from tarot_bench.reading import parse_yaml

SOURCE = "tarot-bench embedded"
LICENSE = "Apache-2.0"


class NearMiss(Frozen):
    """A plausible wrong program for one problem: it passes the basic tier and fails a higher one."""

    problem_id: str
    name: str
    why: str
    """The mistake, in one sentence."""
    program: str
    passes: tuple[Tier, ...]
    fails: tuple[Tier, ...]
    """The tiers with at least one failing test, in order; together with `passes` all four."""


class _FileTest(Frozen):
    """One test in a YAML file: texts for a stdin problem, YAML values for a function problem."""

    input: str | None = None
    output: str | None = None
    args: list[Any] | None = None
    returns: Any = None
    reason: str = Field(min_length=1)

    @model_validator(mode="after")
    def _one_of_two_shapes(self) -> Self:
        if self.model_fields_set not in ({"input", "output", "reason"}, {"args", "returns", "reason"}):
            raise ValueError("a test has input, output and reason, or args, returns and reason")
        return self

    def case(self, tier: Tier) -> TestCase:
        """The test as a `TestCase`."""
        if self.args is None:
            return TestCase(tier=tier, input=self.input or "", output=self.output or "", reason=self.reason)
        return TestCase(
            tier=tier, input=json.dumps(self.args), output=json.dumps(self.returns), reason=self.reason, kind="call"
        )


class _FileNearMiss(Frozen):
    name: str
    why: str
    fails: tuple[Tier, ...] = Field(min_length=1)
    program: str


class _File(Frozen):
    """The schema of one YAML file."""

    id: str
    title: str
    style: Literal["stdin", "function"]
    entry_point: str | None = None
    difficulty: Literal["easy", "medium", "hard"]
    topics: tuple[str, ...] = Field(min_length=1)
    limits: Limits = Limits(cpu_s=2)
    """CPU limit; golds need under 0.3 CPU seconds per test, unless a file sets a higher limit."""
    checker: Checker = Checker()
    statement: str
    starter_code: str | None = None
    solution: str
    tests: dict[Tier, tuple[_FileTest, ...]]
    near_misses: tuple[_FileNearMiss, ...] = Field(min_length=1)

    def problem(self) -> Problem:
        """The file as a problem, with title and topics in its origin."""
        return Problem(
            id=self.id,
            statement=self.statement,
            solution=self.solution,
            style=self.style,
            entry_point=self.entry_point,
            starter_code=self.starter_code,
            tests=tuple(test.case(tier) for tier in TIERS for test in self.tests.get(tier, ())),
            limits=self.limits,
            checker=self.checker,
            origin=Origin(
                source=SOURCE,
                id=self.id.removeprefix("embedded/"),
                license=LICENSE,
                difficulty=self.difficulty,
                extra={"title": self.title, "topics": list(self.topics)},
            ),
        )

    def misses(self) -> tuple[NearMiss, ...]:
        """The file's near misses, with the tiers that they pass."""
        return tuple(
            NearMiss(
                problem_id=self.id,
                name=miss.name,
                why=miss.why,
                program=miss.program,
                passes=tuple(tier for tier in TIERS if tier not in miss.fails),
                fails=tuple(tier for tier in TIERS if tier in miss.fails),
            )
            for miss in self.near_misses
        )


@cache
def load_embedded() -> tuple[Problem, ...]:
    """The embedded problems, sorted by id.

    Raises:
        DataError: a file is malformed; the message names it.
    """
    return tuple(problem for problem, _ in _read_all())


@cache
def near_misses() -> tuple[NearMiss, ...]:
    """The near misses of all embedded problems, in the order of `load_embedded`.

    Raises:
        DataError: a file is malformed; the message names it.
    """
    return tuple(miss for _, misses in _read_all() for miss in misses)


@cache
def _read_all() -> tuple[tuple[Problem, tuple[NearMiss, ...]], ...]:
    folder = resources.files("tarot_bench.dataset") / "problems"
    entries = [_read(file) for file in folder.iterdir() if file.name.endswith(".yaml")]
    if not entries:
        raise DataError("the embedded problem set is missing from this installation; reinstall tarot-bench")
    return tuple(sorted(entries, key=lambda entry: entry[0].id))


def _read(file: Traversable) -> tuple[Problem, tuple[NearMiss, ...]]:
    """Read one YAML file: a problem and its near misses.

    Raises:
        DataError: not YAML, not the schema, or the id is not the file's name.
    """
    with boundary(DataError, f"embedded problem {file.name}"):
        entry = _File.model_validate(parse_yaml(file.read_text("utf-8")))
        if f"{entry.id.removeprefix('embedded/')}.yaml" != file.name:
            raise DataError(f"embedded problem {file.name}: its id is {entry.id!r}, not the file's name")
        return entry.problem(), entry.misses()
