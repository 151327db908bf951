"""The samples of solvers: those that fail a test are wrong programs, the others vote on outputs.

Samples of one model share its mistakes, so a model has one vote: the output that most of its samples give.
"""

from collections.abc import Sequence

from tarot_bench.dataset.entry import SampledSolution, WrongProgram
from tarot_bench.generation.gold import agrees, outputs_on
from tarot_bench.generation.validate.oracle import Outputs, Voter, on_originals, vote, widely
from tarot_bench.problem import Problem, TestCase
from tarot_bench.sandbox.base import Sandbox
from tarot_bench.verdict import Verdict


class Samples:
    """The samples for one problem, with what was found out about them."""

    def __init__(self, solutions: Sequence[SampledSolution], sandbox: Sandbox) -> None:
        self._solutions = solutions
        self._sandbox = sandbox
        self._failed: set[str] = set()
        self._outputs: dict[str, Sequence[str | None]] = {}

    @property
    def right(self) -> tuple[SampledSolution, ...]:
        """Those that failed no test."""
        return tuple(each for each in self._solutions if each.source not in self._failed)

    @property
    def wrong(self) -> tuple[WrongProgram, ...]:
        """Those that failed a test, each program once."""
        failed = {each.source: each.solver for each in self._solutions if each.source in self._failed}
        return tuple(WrongProgram(source=source, origin=solver) for source, solver in failed.items())

    def run(self, problem: Problem, tests: Sequence[TestCase]) -> None:
        """Run those that pass the original tests on new tests.

        Raises:
            SandboxError: the sandbox failed.
        """
        for each in dict.fromkeys(self._solutions):
            if each.source in self._outputs or each.source in self._failed:
                continue
            if set(on_originals(problem, Voter(each.solver, each.source), self._sandbox)) <= {Verdict.PASSED}:
                self._outputs[each.source] = outputs_on(problem, each.source, tests, self._sandbox)
            else:
                self._failed.add(each.source)

    def votes(self, problem: Problem, tests: Sequence[TestCase]) -> Outputs:
        """For each solver the output on each test that more than half of its samples give; None where none is.

        Digits at the end of floats may differ. Samples that do not end well on a test do not count there.

        Raises:
            SandboxError: the sandbox failed.
        """
        wide = widely(problem)
        return {
            solver: [self._vote(wide, solver, number, test) for number, test in enumerate(tests)]
            for solver in dict.fromkeys(each.solver for each in self.right)
        }

    def _vote(self, problem: Problem, solver: str, number: int, test: TestCase) -> str | None:
        given = {
            str(place): output
            for place, each in enumerate(self.right)
            if each.solver == solver and (output := self._outputs[each.source][number]) is not None
        }
        return vote(problem, test, given, self._sandbox).winner

    def judge(self, problem: Problem, number: int, test: TestCase) -> None:
        """Compare the outputs on the test of a number, which is settled now.

        Raises:
            SandboxError: the sandbox failed.
        """
        for source, outputs in self._outputs.items():
            output = outputs[number]
            if output is None or not agrees(problem, test, test.output, output, self._sandbox):
                self._failed.add(source)
