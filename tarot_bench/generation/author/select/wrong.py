"""Wrong programs, and which tests reject them.

The pool of wrong programs holds the source's incorrect solutions and AST mutants of the gold. Nothing is assumed to be
wrong: a program counts only by the tests that it fails, so mutants that are equivalent to the gold change nothing.
"""

import random
from collections.abc import Sequence

from tarot_bench.errors import SandboxError
from tarot_bench.generation.measure.killing import rounded
from tarot_bench.grading import grade_code
from tarot_bench.mutation import mutants
from tarot_bench.problem import Problem, TestCase
from tarot_bench.sandbox.base import Sandbox
from tarot_bench.verdict import Verdict

MOST_MUTANTS = 24
MOST_WRONG = 24
_CPU_S = 0.5
"""CPU seconds of a wrong program for one test, or `_SLOWER` times the gold's if that is more."""
_SLOWER = 8
_EFFORT_S = 60.0
"""CPU seconds for all wrong programs of one problem, if each takes as long as the gold; a slow gold gets fewer."""
_FEWEST = 4
_AT_ONCE = 8
_HANGS = 3
"""A program that hangs on so many tests is left out: any test rejects it, and each costs the whole limit."""


def wrong_programs(problem: Problem, known: Sequence[str], seed: int) -> list[str]:
    """The source's incorrect solutions, up to `MOST_WRONG`, and up to `MOST_MUTANTS` mutants of the gold."""
    rng = random.Random(f"wrong {seed}/{problem.id}")
    try:
        made = [mutant.source for mutant in mutants(problem.solution or "")]
    except (SyntaxError, RecursionError):
        made = []
    return [*_sampled(list(dict.fromkeys(known)), MOST_WRONG, rng), *_sampled(made, MOST_MUTANTS, rng)]


def _sampled(programs: list[str], most: int, rng: random.Random) -> list[str]:
    return programs if len(programs) <= most else rng.sample(programs, most)


def rejections(
    problem: Problem, tests: Sequence[TestCase], programs: Sequence[str], gold_cpu_s: float, sandbox: Sandbox
) -> list[frozenset[int]]:
    """For each test the numbers of the programs that fail it, under the problem's grader.

    Args:
        problem: whose gold passes the tests.
        tests: to be tried.
        programs: to be run on them.
        gold_cpu_s: CPU seconds of the gold on the slowest test.
        sandbox: where they run.

    Raises:
        SandboxError: the sandbox failed.
    """
    pace = rounded(gold_cpu_s)
    cpu_s = min(problem.limits.cpu_s, max(_CPU_S, _SLOWER * pace))
    affordable = max(_FEWEST, int(_EFFORT_S / (pace * max(1, len(tests)))))
    hurried = problem.model_copy(
        update={"original_tests": (), "limits": problem.limits.model_copy(update={"cpu_s": cpu_s})}
    )
    failed = [_failed(hurried, tests, program, sandbox) for program in programs[:affordable]]
    return [frozenset(number for number, places in enumerate(failed) if place in places) for place in range(len(tests))]


def _failed(problem: Problem, tests: Sequence[TestCase], program: str, sandbox: Sandbox) -> frozenset[int]:
    """The places of the tests that a program fails; none where it hangs on too many."""
    verdicts: list[Verdict] = []
    while len(verdicts) < len(tests):
        size = _AT_ONCE if verdicts else _HANGS  # most programs that hang do so on the first tests
        part = tuple(tests[len(verdicts) : len(verdicts) + size])
        results = grade_code(problem.model_copy(update={"tests": part}), program, sandbox).results
        verdicts += [result.verdict for result in results]
        failure = next((result.detail for result in results if result.verdict is Verdict.UNGRADED), None)
        if failure is not None:
            raise SandboxError(f"problem {problem.id!r}: a wrong program could not be run: {failure}")
        if verdicts.count(Verdict.TIME_LIMIT) >= _HANGS:
            return frozenset()
    return frozenset(place for place, verdict in enumerate(verdicts) if verdict is not Verdict.PASSED)
