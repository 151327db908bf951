"""The outputs of programs, which grades do not hold: recorded while they are graded, or made again."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from tarot_bench.grading.compare import text_of
from tarot_bench.grading.generated import with_inputs
from tarot_bench.grading.jobs import job_of
from tarot_bench.problem import Problem, TestCase
from tarot_bench.sandbox.base import Job, Sandbox
from tarot_bench.verdict import Execution


@dataclass(slots=True)
class Recorder:
    """A sandbox for the grader that records the executions by input."""

    sandbox: Sandbox
    seen: dict[bytes, list[Execution]] = field(default_factory=lambda: defaultdict(list))

    def run(self, job: Job) -> tuple[Execution, ...]:
        """Run a job in the sandbox, and record its executions."""
        executions = self.sandbox.run(job)
        for given, execution in zip(job.inputs, executions, strict=True):
            self.seen[given].append(execution)
        return executions


def output_of(test: TestCase, execution: Execution) -> str | None:
    """The standard output or, for calls, the encoded return value; None for suites and calls that did not return."""
    if test.kind == "stdin":
        return text_of(execution.stdout)
    if test.kind == "suite" or execution.result is None:
        return None
    return execution.result.decode(errors="replace")


def executions_on(problem: Problem, code: str, places: Sequence[int], sandbox: Sandbox) -> tuple[Execution, ...]:
    """Run a program on some tests as the grader does, so that the verdict cache knows the executions.

    Args:
        problem: with the limits under which the program was graded.
        code: an extracted program.
        places: of tests in ``problem.all_tests``; all stdin tests, or all calls.
        sandbox: where it runs.

    Raises:
        SandboxError: the sandbox failed.
        EncodingError: an input cannot be read.
    """
    tests = with_inputs(problem, sandbox).all_tests
    return sandbox.run(job_of(problem, code, [tests[place] for place in places]))
