"""Behavioural contamination: find gold solutions that pass the tests of a benchmark problem."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tarot_bench.errors import SandboxError
from tarot_bench.generation.decontaminate.references import Reference
from tarot_bench.grading.arguments import value_of
from tarot_bench.grading.grade import grade_code
from tarot_bench.parsing import parse
from tarot_bench.problem import Limits, Problem, TestCase
from tarot_bench.sandbox.base import Sandbox
from tarot_bench.sandbox.values import EncodingError
from tarot_bench.verdict import Verdict

Signature = tuple[str, ...]
"""One word per argument, as in ``("list of number", "str")``."""

_LIMITS = Limits(cpu_s=1, wall_s=30)
"""Benchmark functions return fast; a gold that expects other arguments may never return."""


@dataclass(frozen=True, slots=True)
class SameBehaviour:
    """A benchmark problem whose tests a gold solution passes.

    Attributes:
        reference: the benchmark problem's id.
        answers: number of different expected answers in its tests; with few, a program may pass by chance.
    """

    reference: str
    answers: int


class Behaviour:
    """Runs the tests of benchmark functions on gold solutions that take arguments of the same types."""

    def __init__(self, references: Sequence[Reference], sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._functions = [
            (shape, reference)
            for reference in references
            if reference.suite and (shape := _shape(_arguments(reference.suite, "candidate")))
        ]

    def same_as(self, problem: Problem) -> list[SameBehaviour]:
        """Return the benchmark problems whose tests the problem's gold passes.

        Raises:
            SandboxError: a test could not be run.
        """
        shape = _shape_of(problem)
        fitting = [reference for theirs, reference in self._functions if shape and _fits(shape, theirs)]
        if not fitting or problem.solution is None or problem.answer_form != "program":
            return []
        suites = tuple(TestCase(tier=None, kind="suite", input=reference.suite) for reference in fitting)
        asked = problem.model_copy(update={"tests": (), "original_tests": suites, "limits": _LIMITS})
        results = grade_code(asked, problem.solution, self._sandbox).results
        untold = next((result for result in results if result.verdict is Verdict.UNGRADED), None)
        if untold:
            raise SandboxError(f"problem {problem.id!r}: the tests of a benchmark could not be run: {untold.detail}")
        return [
            SameBehaviour(reference.id, _different_answers(reference.suite))
            for reference, result in zip(fitting, results, strict=True)
            if result.verdict is Verdict.PASSED
        ]


def _shape_of(problem: Problem) -> Signature | None:
    """Return the types of the arguments in a function problem's own tests, or None if they have no literal call."""
    for test in problem.all_tests:
        if test.kind == "suite":
            given = _arguments(test.input, "candidate", problem.entry_point)
        elif test.kind == "call":
            given = _decoded(test.input)
        else:
            return None
        if given is not None:
            return _shape(given)
    return None


def _decoded(text: str) -> list[Any] | None:
    try:
        given = value_of(text)
    except EncodingError:
        return None
    return given if isinstance(given, list) else None


def _arguments(suite: str, *names: str | None) -> list[Any] | None:
    """Return the arguments of the first call in a suite whose arguments are all literals."""
    for call in _calls(suite):
        if isinstance(call.func, ast.Name) and call.func.id in names and not call.keywords:
            try:
                return [ast.literal_eval(argument) for argument in call.args]
            except (ValueError, TypeError):
                continue
    return None


def _calls(suite: str) -> Iterator[ast.Call]:
    try:
        tree = parse(suite)
    except SyntaxError:
        return
    yield from (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _shape(arguments: list[Any] | None) -> Signature | None:
    return tuple(_kind(argument) for argument in arguments) if arguments else None


def _kind(value: Any) -> str:
    """Name the type of a value; all numbers have one name, and so have all sequences."""
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | float | complex):
        return "number"
    if isinstance(value, list | tuple | set | frozenset):
        inner = next(iter(value), None)
        return f"list of {_kind(inner)}" if len(value) else "list of"
    return type(value).__name__


def _fits(first: Signature, second: Signature) -> bool:
    """Whether arguments have the same types; an empty list fits every list."""
    return len(first) == len(second) and all(
        one == other
        or (one.endswith(" of") and other.startswith(one))
        or (other.endswith(" of") and one.startswith(other))
        for one, other in zip(first, second, strict=True)
    )


def _different_answers(suite: str) -> int:
    compared = [node for node in ast.walk(parse(suite)) if isinstance(node, ast.Assert)]
    return len({_answer(node.test) for node in compared})


def _answer(condition: ast.expr) -> str:
    """Return what an assertion expects, as text: the right side of ``==``, else ``not`` or ``true``."""
    if isinstance(condition, ast.Compare) and isinstance(condition.ops[0], ast.Eq):
        return ast.dump(condition.comparators[0])
    return "not" if isinstance(condition, ast.UnaryOp) else "true"
