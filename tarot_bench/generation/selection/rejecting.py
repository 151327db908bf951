"""Which tests reject which programs, under the problem's grader."""

from collections.abc import Sequence
from itertools import islice

from tarot_bench.dataset.entry import WrongProgram
from tarot_bench.errors import SandboxError
from tarot_bench.generation.measure.killing import rounded
from tarot_bench.generation.selection.wrong import MUTANT
from tarot_bench.grading import grade_code
from tarot_bench.problem import Problem, TestCase
from tarot_bench.sandbox.base import Sandbox
from tarot_bench.verdict import Verdict

_CPU_S = 0.5
"""CPU seconds of a mutant for one test, or `_SLOWER` times the gold's if that is more."""
_SLOWER = 8
_EFFORT_S = 60.0
"""CPU seconds for all mutants of one problem, if each takes as long as the gold; a slow gold gets fewer."""
_FEWEST = 4
_FIRST = 3
"""Tests that show whether a mutant is broken altogether."""
_AT_ONCE = 8
_HANGS = 3
"""A program that exceeds the time limit so often is run on no further tests, since each costs the whole limit."""


def rejections(
    problem: Problem,
    tests: Sequence[TestCase],
    programs: Sequence[str],
    sandbox: Sandbox,
    mutants_of: float | None = None,
) -> list[frozenset[int]]:
    """For each test the numbers of the programs that are seen to fail it.

    Args:
        problem: whose gold passes the tests. Its limits hold for the programs.
        tests: to be tried, cheap ones first: a program that is too slow is credited to the first that show it.
        programs: to be run on them.
        sandbox: where they run.
        mutants_of: CPU seconds of the gold on the slowest test, where the programs are mutants of it. They get little
            more time than the gold, fewer of them run where it is slow, and one that hangs on the first tests is left
            out, as any test rejects it.

    Raises:
        SandboxError: the sandbox failed.
    """
    tried = problem.model_copy(update={"original_tests": ()})
    if mutants_of is not None:
        tried = _hurried(tried, mutants_of)
        programs = programs[: _affordable(mutants_of, len(tests))]
    failed = [_failed(tried, tests, program, sandbox, mutants_of is not None) for program in programs]
    return [frozenset(number for number, places in enumerate(failed) if place in places) for place in range(len(tests))]


def telling(
    problem: Problem,
    tests: Sequence[TestCase],
    pool: Sequence[WrongProgram],
    most: int,
    gold_cpu_s: float,
    sandbox: Sandbox,
) -> tuple[WrongProgram, ...]:
    """A pool with at most so many mutants, of which none fails all of the first tests.

    Most mutants break a program altogether: every test rejects them, so they tell no tests apart. Real wrong programs
    pass the simple tests.

    Args:
        problem: as of `rejections`.
        tests: as of `rejections`; the first `_FIRST` are tried, and no more than half of them.
        pool: its mutants are tried in order, until enough are found.
        most: of the mutants; fewer where the gold is slow.
        gold_cpu_s: CPU seconds of the gold on the slowest test.
        sandbox: where the mutants run.

    Raises:
        SandboxError: the sandbox failed.
    """
    tried = _hurried(problem.model_copy(update={"original_tests": ()}), gold_cpu_s)
    first = tests[: min(_FIRST, len(tests) // 2)]
    found = (
        program
        for program in pool
        if program.origin == MUTANT
        and not (first and len(_failed(tried, first, program.source, sandbox, is_mutant=False)) == len(first))
    )
    known = (program for program in pool if program.origin != MUTANT)
    return (*known, *islice(found, min(most, _affordable(gold_cpu_s, len(tests)))))


def pool_rejections(
    problem: Problem, tests: Sequence[TestCase], pool: Sequence[WrongProgram], gold_cpu_s: float, sandbox: Sandbox
) -> list[frozenset[int]]:
    """As `rejections`, for a pool of wrong programs; its mutants come last."""
    known = [program.source for program in pool if program.origin != MUTANT]
    made = [program.source for program in pool if program.origin == MUTANT]
    by_known = rejections(problem, tests, known, sandbox)
    by_mutants = rejections(problem, tests, made, sandbox, gold_cpu_s)
    return [
        first | {number + len(known) for number in second} for first, second in zip(by_known, by_mutants, strict=True)
    ]


def _hurried(problem: Problem, gold_cpu_s: float) -> Problem:
    """The problem with the time limit of mutants."""
    cpu_s = min(problem.limits.cpu_s, max(_CPU_S, _SLOWER * rounded(gold_cpu_s)))
    return problem.model_copy(update={"limits": problem.limits.model_copy(update={"cpu_s": cpu_s})})


def _affordable(gold_cpu_s: float, tests: int) -> int:
    """How many mutants are run on so many tests."""
    return max(_FEWEST, int(_EFFORT_S / (rounded(gold_cpu_s) * max(1, tests))))


def _failed(
    problem: Problem, tests: Sequence[TestCase], program: str, sandbox: Sandbox, is_mutant: bool
) -> frozenset[int]:
    """The places of the tests that a program fails, as far as it is run."""
    verdicts: list[Verdict] = []
    while len(verdicts) < len(tests) and verdicts.count(Verdict.TIME_LIMIT) < _HANGS:
        size = _AT_ONCE if verdicts else _HANGS  # most programs that hang do so on the first tests
        part = tuple(tests[len(verdicts) : len(verdicts) + size])
        results = grade_code(problem.model_copy(update={"tests": part}), program, sandbox).results
        verdicts += [result.verdict for result in results]
        failure = next((result.detail for result in results if result.verdict is Verdict.UNGRADED), None)
        if failure is not None:
            raise SandboxError(f"problem {problem.id!r}: a wrong program could not be run: {failure}")
        if is_mutant and verdicts[:_HANGS] == [Verdict.TIME_LIMIT] * _HANGS:
            return frozenset()
    return frozenset(place for place, verdict in enumerate(verdicts) if verdict is not Verdict.PASSED)
