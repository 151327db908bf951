"""Findings that need no execution: repeated tests, tests shown in the statement, and constant answers."""

import re
from collections.abc import Sequence
from typing import Literal

from tarot_bench.dataset.errata import test_digest
from tarot_bench.generation.gold import same
from tarot_bench.grading.arguments import value_of
from tarot_bench.problem import Problem, TestCase
from tarot_bench.sandbox.values import EncodingError

Leak = Literal["none", "input", "test"]
"""How much of a test the statement shows: nothing, its input, or its input with its output."""

_LABEL = re.compile(r"(?i)^(?:sample |example )?(?:input|output)s?\s*\d*\s*:\s*")
_DECORATION = " \t`>*"
_NEAR = 400
"""Characters of the statement after a call in which its result counts as shown."""


def part_of(test: TestCase) -> str:
    """The part of the tests that a test belongs to: a tier, a group of the source, or ``original``."""
    return str(test.tier or test.group or "original")


def duplicates(tests: Sequence[TestCase]) -> list[str | None]:
    """For each test the part of an earlier test with the same input; None where there is none."""
    first: dict[str, str] = {}
    found: list[str | None] = []
    for test in tests:
        key = test_digest(test)
        found.append(first.get(key))
        first.setdefault(key, part_of(test))
    return found


def leak(problem: Problem, test: TestCase) -> Leak:
    """How much of a test the statement, or the starter code, shows.

    Texts of standard input and output are searched for as whole lines, so that a number inside a sentence is no leak;
    calls as Python source. Suites are not searched for.
    """
    shown = f"{problem.statement}\n{problem.starter_code or ''}"
    if test.kind == "stdin":
        lines = _lines(shown)
        if not _contains(lines, _lines(test.input)):
            return "none"
        return "test" if _contains(lines, _lines(test.output)) else "input"
    return _leak_of_call(problem, test, _squeezed(shown)) if test.kind == "call" else "none"


def _leak_of_call(problem: Problem, test: TestCase, shown: str) -> Leak:
    try:
        arguments, result = value_of(test.input), value_of(test.output)
    except EncodingError:
        return "none"
    name = (problem.entry_point or "").rpartition(".")[2]
    call = _squeezed(f"{name}({', '.join(map(repr, arguments if isinstance(arguments, list) else ()))})")
    place = shown.find(call)
    if place < 0:
        return "none"
    after = shown[place + len(call) : place + len(call) + _NEAR].partition(f"{name}(")[0]
    return "test" if _squeezed(repr(result)) in after else "input"


def constant(problem: Problem, tests: Sequence[TestCase]) -> bool | None:
    """Whether one fixed output passes all of these tests: a program that prints it would.

    None where there are no tests, or where they are suites, whose outputs are not known.
    """
    if not tests or any(test.kind == "suite" for test in tests):
        return None
    first = tests[0].output
    return all(same(test, test.output, first, problem.checker) for test in tests[1:])


def _lines(text: str) -> list[str]:
    stripped = (_LABEL.sub("", line.strip(_DECORATION)).strip(_DECORATION) for line in text.splitlines())
    return [line for line in stripped if line]


def _contains(lines: Sequence[str], block: Sequence[str]) -> bool:
    """Whether the lines of a block, at least one, stand one after the other."""
    size = len(block)
    return size > 0 and any(lines[at : at + size] == block for at in range(len(lines) - size + 1))


def _squeezed(text: str) -> str:
    return "".join(text.split()).replace("'", '"')
