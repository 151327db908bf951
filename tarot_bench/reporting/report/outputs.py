"""Run failed tests again, through the verdict cache, to show what the programs wrote."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice, zip_longest

from tarot_bench.errors import SandboxError
from tarot_bench.grading.outputs import executions_on, output_of
from tarot_bench.pools import threads
from tarot_bench.problem import Problem
from tarot_bench.reporting.report.reported import Answers
from tarot_bench.sandbox.base import Sandbox
from tarot_bench.sandbox.values import EncodingError
from tarot_bench.verdict import Grade, Verdict

_TELLING = {Verdict.WRONG_ANSWER, Verdict.RUNTIME_ERROR}
"""Verdicts on which the output says more than the verdict."""
_SLOW_CPU_S = 1.0
"""Programs that needed more are not run again."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A failed test of a sample.

    Attributes:
        problem: with the limits under which the sample was graded.
        made: the sample's grade.
        place: of the test among ``problem.all_tests``.
    """

    problem: Problem
    made: Grade
    place: int


def outputs_of(failed: Sequence[Failed], sandbox: Sandbox) -> dict[tuple[str, int, int], str]:
    """Run programs on the tests that they failed; those whose program cannot be run again are left out."""
    with threads(sandbox.workers, "output") as pool:
        made = list(pool.map(lambda each: _output(each, sandbox), failed))
    return {
        (each.problem.id, each.made.index, each.place): text
        for each, text in zip(failed, made, strict=True)
        if text is not None
    }


def chosen(problems: Sequence[Problem], answers: Mapping[str, Answers], most: int) -> list[Failed]:
    """Choose failed tests to run again: one of every problem, then a second one of every problem, and so on.

    Of a problem, the first failed test of every sample comes before the second one of any.
    """
    queues = [_failed(problem, answers[problem.id]) for problem in problems]
    return list(islice((each for turn in zip_longest(*queues) for each in turn if each is not None), most))


def _failed(problem: Problem, answers: Answers) -> Iterator[Failed]:
    samples = [
        [
            Failed(problem, made, place)
            for place, (test, result) in enumerate(zip(problem.all_tests, made.results, strict=True))
            if result.verdict in _TELLING and test.kind != "suite" and result.cpu_s <= _SLOW_CPU_S
        ]
        for _, made in sorted(answers.grades.items())
    ]
    return (each for turn in zip_longest(*samples) for each in turn if each is not None)


def _output(failed: Failed, sandbox: Sandbox) -> str | None:
    """Standard output or return value; of a program that did not end well, also its standard error."""
    code = failed.made.extraction.code
    if code is None:
        return None
    with suppress(SandboxError, EncodingError):
        (execution,) = executions_on(failed.problem, code, [failed.place], sandbox)
        text = output_of(failed.problem.all_tests[failed.place], execution) or ""
        errors = "" if execution.ok else execution.stderr.decode(errors="backslashreplace")
        return f"{text}\n{errors}" if text and errors else text or errors
    return None
