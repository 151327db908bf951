"""The structured answer of a generator: its JSON schema, with the tiers as fixed keys, and its reader."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from itertools import islice
from json import JSONDecoder
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from tarot_bench.config import complaints
from tarot_bench.extraction.reasoning import readings_of
from tarot_bench.problem import Problem, TestCase, Tier
from tarot_bench.reading import parse_json
from tarot_bench.sandbox.values import decode
from tarot_bench.verdict import Text

_FENCE = re.compile(r"\A\s*```[\w+-]*[ \t]*\n(?P<inside>.*?)\n?```\s*\Z", re.DOTALL)
_BRACE = re.compile(r"\{")
_MOST_BRACES = 1000
_DECODER = JSONDecoder()


class _InvalidTestError(ValueError):
    """A test that fits the schema and still is invalid."""


class DraftedTest(BaseModel):
    """One test: why it was chosen, its input, and the output that a correct solution gives for it."""

    # The order of the fields is the order of writing: think first. No minLength: not every strict mode knows it.
    model_config = ConfigDict(extra="forbid")

    reason: Text = Field(description="What this input exercises, and which mistake it would uncover.")
    input: Text = Field(description="The whole input, written out exactly.")
    output: Text = Field(description="The whole output of a correct solution.")


@dataclass(frozen=True, slots=True)
class AuthoredSuite:
    """The tests and the validator that could be read from an answer.

    Attributes:
        tests: the valid ones among the wanted.
        validator: its source, without fences; None if it was not asked for or is not there.
        reason: ``not-json`` or ``wrong-schema`` if anything was invalid.
        detail: one line about that.
    """

    tests: tuple[TestCase, ...] = ()
    validator: str | None = None
    reason: str | None = None
    detail: str = ""


@cache
def schema(tiers: tuple[Tier, ...], validator: bool) -> dict[str, Any]:
    """Return the JSON schema of the answer, with one required key for each tier.

    Every object forbids other keys and requires all of its own, as the strict modes of the services demand.
    """
    fields: dict[str, Any] = {str(tier): (DraftedTest, ...) for tier in tiers}
    if validator:
        fields["validator"] = (str, Field(description="Source of a Python program that exits 0 for valid inputs only."))
    model: type[BaseModel] = create_model("AuthoredSuite", __config__=ConfigDict(extra="forbid"), **fields)
    return model.model_json_schema()


def read(text: str, problem: Problem, tiers: tuple[Tier, ...], *, validator: bool) -> AuthoredSuite:
    """Read a generator's answer; an invalid test does not affect the others.

    Args:
        text: what the model wrote.
        problem: what the tests are for.
        tiers: what was requested.
        validator: whether a validator was requested.
    """
    try:
        answer = _json_in(text)
    except ValueError as error:
        return AuthoredSuite(reason="not-json", detail=f"{error}; it ends with {text[-60:]!r}")
    if not isinstance(answer, dict):
        return AuthoredSuite(reason="wrong-schema", detail=f"a {type(answer).__name__} where an object was requested")
    tests, wrong = [], []
    for tier in tiers:
        try:
            tests.append(_test(answer.get(tier), problem, tier))
        except ValueError as error:  # pydantic's, the value reader's or ours
            said = complaints(error) if isinstance(error, ValidationError) else str(error)
            wrong.append(f"{tier}: {said}")
    program = answer.get("validator") if validator else None
    if validator and not (isinstance(program, str) and program.strip()):
        wrong.append("validator: no program")
    source = without_fence(program) if isinstance(program, str) and program.strip() else None
    return AuthoredSuite(tuple(tests), source, "wrong-schema" if wrong else None, "; ".join(wrong))


def _json_in(text: str) -> Any:
    """Return the JSON of an answer. Without strict mode, models may put reasoning, prose or a fence around it.

    Raises:
        ValueError: there is none.
    """
    try:
        return parse_json(text)
    except ValueError as error:
        for said in readings_of(text):
            if found := list(_objects_in(said)):
                return max(found, key=lambda each: each[0])[1]
        raise error


def _objects_in(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The JSON objects in a text, each with its length; words around them may hold braces, too."""
    end = 0
    for begin in islice(_BRACE.finditer(text), _MOST_BRACES):
        if begin.start() >= end:
            with suppress(ValueError, RecursionError):
                found, end = _DECODER.raw_decode(text, begin.start())
                yield end - begin.start(), found


def without_fence(text: str) -> str:
    """Return the inside of a text that is one Markdown block."""
    match = _FENCE.match(text)
    return match["inside"] if match else text


def _test(raw: Any, problem: Problem, tier: Tier) -> TestCase:
    test = DraftedTest.model_validate(raw)
    if not test.reason.strip():
        raise _InvalidTestError("reason: none was given")
    if problem.style == "stdin":
        return TestCase(tier=tier, input=test.input, output=test.output, reason=test.reason)
    arguments = decode(test.input)
    if not isinstance(arguments, list):
        raise _InvalidTestError("input is not a JSON list of arguments")
    decode(test.output)
    return TestCase(tier=tier, input=test.input, output=test.output, reason=test.reason, kind="call")
