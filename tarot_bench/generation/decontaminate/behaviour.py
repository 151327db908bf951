"""Behavioural contamination: a gold solution that passes a benchmark's tests is a solution of that benchmark."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tarot_bench.errors import SandboxError
from tarot_bench.generation.decontaminate.references import Reference
from tarot_bench.grading.grade import grade_code
from tarot_bench.parsing import parse
from tarot_bench.problem import Limits, Problem, TestCase
from tarot_bench.sandbox.base import Sandbox
from tarot_bench.sandbox.values import EncodingError, decode
from tarot_bench.verdict import Verdict

Signature = tuple[str, ...]
"""One word per argument, as in ``("list of number", "str")``."""

_LIMITS = Limits(cpu_s=1, wall_s=30)
"""Benchmark functions answer at once; a gold that was written for other arguments may never end."""


@dataclass(frozen=True, slots=True)
class SameBehaviour:
    """A benchmark problem whose tests a gold solution passes.

    Attributes:
        reference: the benchmark problem's id.
        answers: different expected answers among its tests; few of them may be met by chance.
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
        """The benchmark problems whose tests this problem's gold passes.

        Raises:
            SandboxError: a test could not be run; nothing is known then.
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
    """The types that a function problem's own tests pass to it; None where they do not say."""
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
        given = decode(text)
    except EncodingError:
        return None
    return given if isinstance(given, list) else None


def _arguments(suite: str, *names: str | None) -> list[Any] | None:
    """The arguments of the first call in a suite that has only literal ones."""
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
    """A word for the type of a value; numbers are all alike, and so are sequences."""
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | float | complex):
        return "number"
    if isinstance(value, list | tuple | set | frozenset):
        inner = next(iter(value), None)
        return f"list of {_kind(inner)}" if len(value) else "list of"
    return type(value).__name__


def _fits(first: Signature, second: Signature) -> bool:
    """Whether arguments are of the same types; an empty list may be a list of anything."""
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
    """What an assertion wants to see, as text: the other side of ``==``, else whether it is negated."""
    if isinstance(condition, ast.Compare) and isinstance(condition.ops[0], ast.Eq):
        return ast.dump(condition.comparators[0])
    return "not" if isinstance(condition, ast.UnaryOp) else "true"
