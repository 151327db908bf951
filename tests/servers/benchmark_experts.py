"""What a good author writes about HumanEval+: inputs of the benchmark, and its contracts as validators."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tarot_bench.generation.gold import observe
from tarot_bench.generation.source.evalplus import from_evalplus, inputs_of
from tarot_bench.problem import TIERS, Problem, TestCase, Tier
from tarot_bench.sandbox.base import Sandbox

_LONGEST = 2_000
"""Characters of an input; longer ones would make programs that no model writes."""
_MOST = 40
"""Inputs that a generator program chooses from."""
_GENERATOR = """\
import random

INPUTS, FIRST = {inputs!r}, {first}
rng = random.Random(int(input()) + FIRST)
print(rng.choice(INPUTS))
"""
_VALIDATOR = """\
{function}
{contract}
    return None


def value(written):
    if isinstance(written, list):
        return [value(each) for each in written]
    if not isinstance(written, dict) or "!" not in written:
        return written
    kind, inner = written["!"]
    return {{"tuple": tuple, "set": set}}[kind](value(inner))


import json
import sys

{entry_point}(*map(value, json.load(sys.stdin)))
"""


@dataclass(frozen=True)
class BenchmarkExpert:
    """Knows one task.

    Attributes:
        validator: asserts the contract.
        solution: the gold.
        typed: for each tier the typed tests, input and output.
        inputs: for each tier those that its generator program chooses from.
    """

    validator: str
    solution: str
    typed: Mapping[Tier, Sequence[tuple[str, str]]]
    inputs: Mapping[Tier, Sequence[str]]
    brute_force: str = ""
    checker: str = ""

    @property
    def illegal(self) -> tuple[str, ...]:
        """Arguments of other types, one argument less or more."""
        arguments = json.loads(self.typed[Tier.BASIC][0][0])
        others: Iterable[Any] = (None, "x", [[None]], {"a": 1}, [])
        changed = [
            [*arguments[:place], other, *arguments[place + 1 :]] for place in range(len(arguments)) for other in others
        ]
        return tuple(map(json.dumps, [arguments[:-1], [*arguments, 1], *changed]))

    def literal(self, tier: Tier, number: int) -> tuple[str, str]:
        typed = self.typed[tier]
        return typed[number % len(typed)]

    def generator(self, tier: Tier, first: int) -> str:
        return _GENERATOR.format(inputs=list(self.inputs[tier]), first=first)

    def scenarios(self) -> list[dict[str, Any]]:
        return []


def expert_of(row: Mapping[str, Any], sandbox: Sandbox) -> tuple[Problem, BenchmarkExpert]:
    """The problem of a row and who knows it; the outputs of typed tests are the gold's."""
    problem = from_evalplus(row)
    base = [text for text in inputs_of({**row, "plus_input": []}) if len(text) <= _LONGEST]
    every = [text for text in inputs_of(row) if len(text) <= _LONGEST]
    function = row["prompt"].rstrip()
    validator = _VALIDATOR.format(function=function, contract=row["contract"], entry_point=row["entry_point"])
    typed = {tier: _answered(problem, texts, sandbox) for tier, texts in _by_size(base).items()}
    return problem, BenchmarkExpert(validator, problem.solution or "", typed, _by_size(every))


def _by_size(texts: Sequence[str]) -> dict[Tier, list[str]]:
    """Inputs for each tier: thirds by size, and for ``edge`` the smallest and the largest ones."""
    ordered = sorted(texts, key=lambda text: (len(text), text))
    third = max(1, len(ordered) // 3)
    parts = (ordered[:third], ordered[third : 2 * third] or ordered, ordered[-third:], [*ordered[:5], *ordered[-5:]])
    return {tier: part[:: max(1, len(part) // _MOST)] for tier, part in zip(TIERS, parts, strict=True)}


def _answered(problem: Problem, texts: Sequence[str], sandbox: Sandbox) -> list[tuple[str, str]]:
    tests = tuple(TestCase(tier=Tier.BASIC, kind="call", input=text, output="null") for text in texts[:4])
    asked = problem.model_copy(update={"tests": tests, "original_tests": ()})
    seen = observe(asked, problem.solution or "", sandbox, times=1)
    return [(test.input, each.outputs[0]) for test, each in zip(tests, seen, strict=True) if each.outputs]
