"""Find tests that can judge no program: malformed ones, and those whose own checker does not accept their output."""

from tarot_bench.grading.checker_program import judged_by_program
from tarot_bench.grading.usable import unusable
from tarot_bench.problem import Problem, TestCase
from tarot_bench.sandbox.base import Sandbox
from tarot_bench.verdict import Verdict


def flaw_of(problem: Problem, test: TestCase, sandbox: Sandbox) -> str:
    """The reason why a test of a problem can judge no program, on one line; empty if there is none.

    Args:
        problem: with the checker. One that is a program must accept the expected output: otherwise it may fail on an
            output without a way to tell whether the output or the checker is at fault.
        test: with its input, large or not.
        sandbox: where the checker runs.

    Raises:
        SandboxError: the sandbox failed.
    """
    malformed = unusable(problem, test)
    if malformed or problem.checker.kind != "program" or test.kind == "suite":
        return malformed
    verdict, why = judged_by_program(problem, test, test.output, sandbox)
    return "" if verdict is Verdict.PASSED else f"the problem's checker does not accept the expected output: {why}"
