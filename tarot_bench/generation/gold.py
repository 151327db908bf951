"""Run the gold program several times on every test, through the grader."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tarot_bench.errors import SandboxError
from tarot_bench.grading import as_code, grade_code, near_time_limit
from tarot_bench.grading.arguments import value_of
from tarot_bench.grading.checker_program import BROKEN, judged_by_program
from tarot_bench.grading.compare import same_output, same_value
from tarot_bench.grading.ending import check_not_waiting
from tarot_bench.grading.generated import with_inputs
from tarot_bench.grading.jobs import given_to
from tarot_bench.grading.outputs import Recorder, output_of
from tarot_bench.problem import Checker, Limits, Problem, TestCase
from tarot_bench.sandbox.base import Job, Sandbox
from tarot_bench.sandbox.values import EncodingError
from tarot_bench.verdict import Execution, TestResult, Verdict

_EXACT = Checker()
_MOST_LATE = 2


@dataclass(frozen=True, slots=True)
class Observed:
    """The results of several runs of one program on one test.

    Attributes:
        results: the grader's, one per run.
        outputs: the standard output or, for calls, the encoded return value; empty for suites, which have no output.
    """

    results: tuple[TestResult, ...]
    outputs: tuple[str, ...]

    @property
    def verdict(self) -> Verdict:
        """The first run's verdict, or that of the first run that did not pass."""
        return next((r.verdict for r in self.results if r.verdict is not Verdict.PASSED), Verdict.PASSED)

    @property
    def detail(self) -> str:
        """The grader's detail on the first run that did not pass."""
        return next((r.detail for r in self.results if r.verdict is not Verdict.PASSED), "")

    @property
    def cpu_s(self) -> float:
        """CPU seconds of the slowest run."""
        return max(result.cpu_s for result in self.results)


def observe(problem: Problem, program: str, sandbox: Sandbox, times: int) -> tuple[Observed, ...]:
    """Run a program ``times`` times on all tests of a problem.

    Returns:
        One observation per test of ``problem.all_tests``, in that order.

    A test is UNGRADED if the problem's checker fails on the expected output.

    Raises:
        SandboxError: the sandbox failed.
    """
    problem = with_inputs(problem, sandbox)
    repeated = problem.model_copy(
        update={"tests": problem.tests * times, "original_tests": problem.original_tests * times}
    )
    for _attempt in range(2):  # a near miss of the time limit on a busy machine is given one more run
        recorder = Recorder(sandbox)
        made = grade_code(repeated, program, recorder)  # type: ignore[arg-type]
        for result in made.results:
            if result.verdict is Verdict.UNGRADED and not result.detail.startswith(BROKEN):
                raise SandboxError(f"problem {problem.id!r}: {result.detail}")
        if not near_time_limit(repeated, made):
            break
    tiers = len(problem.tests)
    by_test = _by_test(made.results[: tiers * times], tiers) + _by_test(
        made.results[tiers * times :], len(problem.original_tests)
    )
    return tuple(
        Observed(results, _outputs(test, recorder.seen))
        for test, results in zip(problem.all_tests, by_test, strict=True)
    )


def _by_test(results: Sequence[TestResult], count: int) -> list[tuple[TestResult, ...]]:
    return [tuple(results[number::count]) for number in range(count)]


def _outputs(test: TestCase, seen: Mapping[bytes, list[Execution]]) -> tuple[str, ...]:
    """The outputs or return values for a test's input."""
    executions = seen.get(given_to(test), []) if test.kind != "suite" else []
    return tuple(output_of(test, execution) or "" for execution in executions)


def same(test: TestCase, one: str, other: str, checker: Checker = _EXACT) -> bool:
    """Whether two outputs of a test are equal under its checker; a ``program`` checker is replaced by `lines`."""
    if one == other:
        return True
    checker = _EXACT if checker.kind == "program" else checker
    if test.kind == "call":
        try:
            return same_value(value_of(one), value_of(other), checker)
        except EncodingError:  # a call that did not return has no value
            return False
    return same_output(one, other, checker)


def agrees(problem: Problem, test: TestCase, expected: str, actual: str, sandbox: Sandbox) -> bool:
    """Whether an output counts as the expected one under the problem's checker, a program included.

    Raises:
        SandboxError: the sandbox failed.
    """
    if problem.checker.kind != "program":
        return same(test, expected, actual, problem.checker)
    asked = test.model_copy(update={"output": expected})
    return judged_by_program(problem, asked, actual, sandbox)[0] is Verdict.PASSED


def outputs_on(
    problem: Problem, program: str, tests: Sequence[TestCase], sandbox: Sandbox, limits: Limits | None = None
) -> tuple[str | None, ...]:
    """The outputs of a program, as those of tests: text, or encoded return values; None where it did not end well.

    Inputs are run from the smallest to the largest, and none after the second time-out: larger ones would take longer.

    Args:
        problem: what the program solves; of the tests, only the inputs are used. Suites have no output.
        program: a solution of it.
        tests: of kind ``stdin`` or ``call``.
        sandbox: where it runs.
        limits: of one run; None for those of the problem.

    Raises:
        SandboxError: the sandbox failed, or this machine was too busy for the program to end.
    """
    code = as_code(problem, program).code or ""
    limits = limits or problem.limits
    outputs: list[str | None] = [None] * len(tests)
    late = 0
    for number in sorted(range(len(tests)), key=lambda number: len(tests[number].input)):
        test = tests[number]
        if test.kind == "suite" or late == _MOST_LATE:
            continue
        (run,) = sandbox.run(Job(code, test.kind, (given_to(test),), limits, problem.entry_point))
        check_not_waiting(run, limits, f"a program for problem {problem.id!r}")
        late += run.outcome == "time"
        if run.ok:
            outputs[number] = output_of(test, run)
    return tuple(outputs)


def run_on_inputs(program: str, inputs: Sequence[str], limits: Limits, sandbox: Sandbox) -> tuple[Execution, ...]:
    """Run a program on inputs of standard input, without comparing outputs.

    Raises:
        SandboxError: the sandbox failed.
    """
    given = tuple(text.encode("utf-8", errors="surrogateescape") for text in inputs)
    return sandbox.run(Job(source=program, mode="stdin", inputs=given, limits=limits)) if given else ()
