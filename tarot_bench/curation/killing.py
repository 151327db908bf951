"""How well tests tell a program from its mutants: which of them fail which test.

The measure of mutation testing (DeMillo, Lipton and Sayward 1978): a test kills a mutant that fails it. Mutants that no
test of the problem kills may be equivalent to the gold, and are left out of the rate.
"""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

from tarot_bench.errors import SandboxError
from tarot_bench.grading import grade_code
from tarot_bench.models.mutation import mutants
from tarot_bench.problem import Limits, Problem
from tarot_bench.sandbox.base import Sandbox
from tarot_bench.verdict import Verdict

_LEAST_CPU_S = 0.5
_SLOWER = 10
"""A mutant that takes this many times as long as the gold is hanging."""


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
    """Run up to ``most`` mutants of the gold, drawn by the problem's id, on all its tests.

    Raises:
        SandboxError: the sandbox failed.
    """
    sources = _drawn(problem, most)
    hurried = problem.model_copy(update={"limits": _limits(problem.limits, gold_cpu_s)})
    failed = [_failed(hurried, source, sandbox) for source in sources]
    tests = range(len(problem.all_tests))
    return Kills(
        tuple(
            frozenset(number for number, tests_failed in enumerate(failed) if test in tests_failed) for test in tests
        ),
        len(sources),
    )


def _drawn(problem: Problem, most: int) -> Sequence[str]:
    try:
        sources = [mutant.source for mutant in mutants(problem.solution or "")]
    except (SyntaxError, RecursionError):
        return []
    if len(sources) <= most:
        return sources
    return random.Random(f"mutants {problem.id}").sample(sources, most)


def _failed(problem: Problem, source: str, sandbox: Sandbox) -> frozenset[int]:
    results = grade_code(problem, source, sandbox).results
    trouble = next((result.detail for result in results if result.verdict is Verdict.UNGRADED), None)
    if trouble is not None:
        raise SandboxError(f"problem {problem.id!r}: a mutant could not be run: {trouble}")
    return frozenset(place for place, result in enumerate(results) if result.verdict is not Verdict.PASSED)


def _limits(limits: Limits, gold_cpu_s: float) -> Limits:
    """A tight limit on CPU time, in steps of two: a gold's time differs a little from run to run."""
    wanted = max(_LEAST_CPU_S, _SLOWER * gold_cpu_s)
    return limits.model_copy(update={"cpu_s": min(limits.cpu_s, 2.0 ** math.ceil(math.log2(wanted)))})
