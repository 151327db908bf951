"""Mutation analysis: which tests kill which mutants of the gold.

The measure of mutation testing (DeMillo, Lipton and Sayward 1978): a test kills a mutant that fails it. Mutants that no
test of the problem kills may be equivalent to the gold, and are left out of the rate.
"""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

from tarot_bench.errors import SandboxError
from tarot_bench.grading import grade_code
from tarot_bench.mutation import mutants
from tarot_bench.problem import Problem
from tarot_bench.sandbox.base import Sandbox
from tarot_bench.verdict import Verdict

_LEAST_CPU_S = 0.5
_SLOWER = 8
"""A mutant that takes this many times as long as the gold counts as hanging."""
_EFFORT_S = 60.0
"""CPU seconds for all mutants of one problem, if each takes as long as the gold."""
_FEWEST = 4


@dataclass(frozen=True, slots=True)
class Kills:
    """Which tests kill which mutants of one gold.

    Attributes:
        killed: for each test of ``problem.all_tests`` the numbers of the mutants that fail it.
        mutants: how many were run.
    """

    killed: tuple[frozenset[int], ...]
    mutants: int

    @property
    def killable(self) -> frozenset[int]:
        """Mutants that some test kills."""
        return frozenset().union(*self.killed)

    def rate(self, test: int) -> float | None:
        """Share of the killable mutants that one test kills; None where none are killable."""
        return len(self.killed[test]) / len(self.killable) if self.killable else None

    def unique(self, test: int) -> int:
        """Mutants that one test kills and no other does."""
        others = frozenset().union(*(killed for place, killed in enumerate(self.killed) if place != test))
        return len(self.killed[test] - others)


def kills_of(problem: Problem, sandbox: Sandbox, most: int, gold_cpu_s: float) -> Kills:
    """Run up to ``most`` mutants of the gold, drawn by the problem's id, on all tests; fewer where it is slow.

    Raises:
        SandboxError: the sandbox failed.
    """
    pace = rounded(gold_cpu_s)
    affordable = int(_EFFORT_S / (pace * len(problem.all_tests)))
    sources = drawn(problem, min(most, max(_FEWEST, affordable)))
    cpu_s = min(problem.limits.cpu_s, max(_LEAST_CPU_S, _SLOWER * pace))
    hurried = problem.model_copy(update={"limits": problem.limits.model_copy(update={"cpu_s": cpu_s})})
    failed = [_failed(hurried, source, sandbox) for source in sources]
    tests = range(len(problem.all_tests))
    return Kills(
        tuple(
            frozenset(number for number, tests_failed in enumerate(failed) if test in tests_failed) for test in tests
        ),
        len(sources),
    )


def drawn(problem: Problem, most: int) -> Sequence[str]:
    """Up to ``most`` mutants of the gold, drawn by the problem's id; none of a gold that does not parse."""
    try:
        sources = [mutant.source for mutant in mutants(problem.solution or "")]
    except (SyntaxError, RecursionError):
        return []
    if len(sources) <= most:
        return sources
    return random.Random(f"mutants {problem.id}").sample(sources, most)


def _failed(problem: Problem, source: str, sandbox: Sandbox) -> frozenset[int]:
    results = grade_code(problem, source, sandbox).results
    failure = next((result.detail for result in results if result.verdict is Verdict.UNGRADED), None)
    if failure is not None:
        raise SandboxError(f"problem {problem.id!r}: a mutant could not be run: {failure}")
    return frozenset(place for place, result in enumerate(results) if result.verdict is not Verdict.PASSED)


def rounded(cpu_s: float) -> float:
    """Round up to a power of two, so that small differences in a gold's time do not change the result."""
    return 2.0 ** math.ceil(math.log2(max(cpu_s, 1 / 16)))
