"""The structured answer of a generator: its JSON schema, with a list for each kind of content, and its reader."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, create_model

from tarot_bench.config import complaints
from tarot_bench.dataset.entry import DraftedGenerator, Materials, Provenance, Scenario
from tarot_bench.errors import one_line
from tarot_bench.generation.author.asked import Asked
from tarot_bench.generation.author.json_text import json_in, without_fence
from tarot_bench.grading.arguments import arguments, value_of
from tarot_bench.problem import Problem, TestCase, Tier
from tarot_bench.sandbox.values import encode
from tarot_bench.verdict import Text

_TEXT = TypeAdapter(Text)
_Found = TypeVar("_Found")
_MOST_TIMES = 4
"""The first so many times as many items of a list are read as were asked for: every item is executed."""
_SCENARIOS = 25
"""Scenarios that count as asked for; the prompt names no number above eight."""


class _InvalidItemError(ValueError):
    """An item that fits the schema and still is invalid."""


class _Item(BaseModel):
    # The order of the fields is the order of writing: think first. No minLength: not every strict mode knows it.
    model_config = ConfigDict(extra="forbid")


class DraftedTest(_Item):
    """One test: its tier, why it was chosen, its input, and the output that a correct solution gives for it."""

    tier: Tier
    reason: Text = Field(description="What this input exercises, and which mistake it would uncover.")
    input: Text = Field(description="The whole input, written out exactly.")
    output: Text = Field(description="The whole output of a correct solution.")


class DraftedProgram(_Item):
    """One generator program: its tier, what its inputs exercise, its source, and how many seeds are worth running."""

    tier: Tier
    reason: Text = Field(description="What its inputs exercise, and which mistake they would uncover.")
    program: Text = Field(description="Python source: reads a seed on standard input and prints one input.")
    seeds: int = Field(description="How many seeds, counted from 0, give inputs that differ in kind.")


class DraftedIllegal(_Item):
    """One input that breaks the format or a constraint of the statement."""

    reason: Text = Field(description="Which rule of the statement it breaks.")
    input: Text = Field(description="The whole input, written out exactly.")


class DraftedScenario(_Item):
    """One output for one valid input, and whether it is right."""

    input: Text = Field(description="A valid input, written out exactly.")
    output: Text = Field(description="What a program might write for it.")
    accepted: bool = Field(description="Whether this output is right.")


@dataclass(frozen=True, slots=True)
class AuthoredSuite:
    """The contents that could be read from an answer.

    Attributes:
        tests: the valid ones among the requested.
        materials: programs and inputs beside the tests.
        reason: ``not-json`` or ``wrong-schema`` if anything was invalid or is missing; ``no-validator`` if only that.
        detail: one line that names each rejected item with its reason.
    """

    tests: tuple[TestCase, ...] = ()
    materials: Materials = field(default_factory=Materials)
    reason: str | None = None
    detail: str = ""


@cache
def schema(asked: Asked) -> dict[str, Any]:
    """Return the JSON schema of the answer: one required key for each kind of content that is asked for.

    Every object forbids other keys and requires all of its own, and there are no bounds on lengths and numbers, as the
    strict modes of the services demand. Where there is nothing to write, a list is empty and a program is ``""``.
    """
    fields: dict[str, Any] = {}
    if asked.tiers and asked.literal:
        fields["tests"] = (list[DraftedTest], ...)
    if asked.tiers and asked.generators:
        fields["generators"] = (list[DraftedProgram], ...)
    if asked.validators:
        fields["validators"] = (list[str], Field(description="Python sources that exit 0 for valid inputs only."))
    if asked.illegal:
        fields["illegal_inputs"] = (list[DraftedIllegal], ...)
    if asked.brute_force:
        fields["brute_force"] = (str, Field(description="Source of a slow and simple solution, or an empty string."))
    if asked.checkers:
        fields["checkers"] = (list[str], Field(description="Python sources; empty if one output is right."))
        fields["scenarios"] = (list[DraftedScenario], Field(description="Empty if there is no checker."))
    model: type[BaseModel] = create_model("AuthoredSuite", __config__=ConfigDict(extra="forbid"), **fields)
    made = model.model_json_schema()
    if "Tier" in made.get("$defs", {}):
        made["$defs"]["Tier"] = {"type": "string", "enum": [str(tier) for tier in asked.tiers]}
    return made


def read(text: str, problem: Problem, asked: Asked, provenance: Provenance | None = None) -> AuthoredSuite:
    """Read a generator's answer; an invalid item does not affect the others.

    Args:
        text: what the model wrote.
        problem: what the contents are for.
        asked: what was requested; anything else is rejected, or ignored if it has a key of its own.
        provenance: of the generator programs.
    """
    try:
        answer = json_in(text)
    except ValueError as error:
        return AuthoredSuite(reason="not-json", detail=f"{error}; it ends with {text[-60:]!r}")
    if not isinstance(answer, dict):
        return AuthoredSuite(reason="wrong-schema", detail=f"a {type(answer).__name__} where an object was requested")
    return _Reader(answer, problem, asked, provenance).suite()


class _Reader:
    """Reads one answer; collects what was wrong with it."""

    def __init__(self, answer: dict[str, Any], problem: Problem, asked: Asked, provenance: Provenance | None) -> None:
        self._answer, self._problem, self._asked, self._provenance = answer, problem, asked, provenance
        self._wrong: list[str] = []

    def suite(self) -> AuthoredSuite:
        asked, tiers = self._asked, len(self._asked.tiers)
        tests = self._items("tests", self._test, asked.literal * tiers)
        generators = self._items("generators", self._generator, asked.generators * tiers)
        validators = self._items("validators", _program, asked.validators)
        checkers = self._items("checkers", _program, asked.checkers)
        scenarios = self._items("scenarios", _scenario, _SCENARIOS) if asked.checkers else []
        materials = Materials(
            validators=tuple(validators),
            illegal=tuple(self._items("illegal_inputs", self._illegal, asked.illegal)),
            generators=tuple(generators),
            brute_force=self._brute_force() if asked.brute_force else None,
            checkers=tuple(checkers),
            scenarios=tuple(scenarios),
        )
        written = {test.tier for test in tests} | {generator.tier for generator in generators}
        self._wrong += [f"{tier}: no test was written" for tier in asked.tiers if tier not in written]
        if asked.validators and not validators:
            self._wrong.append("validators: none was written")
        return AuthoredSuite(tuple(tests), materials, self._reason(), "; ".join(dict.fromkeys(self._wrong)))

    def _reason(self) -> str | None:
        if self._wrong and all(said.startswith("validators:") for said in self._wrong):
            return "no-validator"
        return "wrong-schema" if self._wrong else None

    def _items(self, key: str, read_item: Callable[[Any], _Found], asked: int) -> list[_Found]:
        """The valid items of a list, without repetitions; none where none was asked for."""
        if not asked:
            return []
        raw, most = self._answer.get(key), asked * _MOST_TIMES
        if not isinstance(raw, list):
            self._wrong.append(f"{key}: {'missing' if raw is None else f'a {type(raw).__name__}, not a list'}")
            return []
        if len(raw) > most:
            self._wrong.append(f"{key}: {len(raw)} items; the first {most} are read")
        items = []
        for number, each in enumerate(raw[:most]):
            try:
                items.append(read_item(each))
            except ValueError as error:  # pydantic's, the value reader's or ours
                said = ValueError(complaints(error)) if isinstance(error, ValidationError) else error
                self._wrong.append(f"{key}[{number}]: {one_line(said)}")
        return list(dict.fromkeys(items))

    def _test(self, raw: Any) -> TestCase:
        test = DraftedTest.model_validate(raw)
        self._check(test)
        made = TestCase(tier=test.tier, input=test.input, output=test.output, reason=test.reason)
        if self._problem.style == "stdin":
            return made
        call = {"input": arguments(test.input), "output": encode(value_of(test.output)).decode(), "kind": "call"}
        return made.model_copy(update=call)

    def _illegal(self, raw: Any) -> str:
        given = DraftedIllegal.model_validate(raw).input
        return given if self._problem.style == "stdin" else arguments(given)

    def _generator(self, raw: Any) -> DraftedGenerator:
        drafted = DraftedProgram.model_validate(raw)
        self._check(drafted)
        return DraftedGenerator(
            tier=drafted.tier,
            source=_program(drafted.program),
            reason=drafted.reason,
            seeds=min(max(drafted.seeds, 1), self._asked.seeds),
            provenance=self._provenance,
        )

    def _check(self, item: DraftedTest | DraftedProgram) -> None:
        if item.tier not in self._asked.tiers:
            raise _InvalidItemError(f"tier: {item.tier} was not asked for")
        if not item.reason.strip():
            raise _InvalidItemError("reason: none was given")

    def _brute_force(self) -> str | None:
        raw = self._answer.get("brute_force")
        if not isinstance(raw, str):
            self._wrong.append("brute_force: missing" if raw is None else "brute_force: not a text")
            return None
        return _program(raw) if raw.strip() else None


def _program(raw: Any) -> str:
    if not (isinstance(raw, str) and raw.strip()):
        raise _InvalidItemError("no program")
    return without_fence(_TEXT.validate_python(raw))


def _scenario(raw: Any) -> Scenario:
    return Scenario(**DraftedScenario.model_validate(raw).model_dump())
