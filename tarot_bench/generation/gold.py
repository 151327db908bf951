"""Run the gold program several times on every test, through the grader."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from tarot_bench.errors import SandboxError
from tarot_bench.grading import grade_code, near_time_limit
from tarot_bench.grading.compare import same_output, same_value, text_of
from tarot_bench.problem import Checker, Limits, Problem, TestCase
from tarot_bench.sandbox.base import Job, Sandbox
from tarot_bench.sandbox.values import EncodingError, decode_untrusted
from tarot_bench.verdict import Execution, TestResult, Verdict

_EXACT = Checker()


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


@dataclass(slots=True)
class _Recorder:
    """A sandbox for the grader that records the executions by input."""

    sandbox: Sandbox
    seen: dict[bytes, list[Execution]] = field(default_factory=lambda: defaultdict(list))

    def run(self, job: Job) -> tuple[Execution, ...]:
        executions = self.sandbox.run(job)
        for given, execution in zip(job.inputs, executions, strict=True):
            self.seen[given].append(execution)
        return executions


def observe(problem: Problem, program: str, sandbox: Sandbox, times: int) -> tuple[Observed, ...]:
    """Run a program ``times`` times on all tests of a problem.

    Returns:
        One observation per test of ``problem.all_tests``, in that order.

    Raises:
        SandboxError: the sandbox failed.
    """
    repeated = problem.model_copy(
        update={"tests": problem.tests * times, "original_tests": problem.original_tests * times}
    )
    for _attempt in range(2):  # a near miss of the time limit on a busy machine is given one more run
        recorder = _Recorder(sandbox)
        made = grade_code(repeated, program, recorder)  # type: ignore[arg-type]
        failed = next((result.detail for result in made.results if result.verdict is Verdict.UNGRADED), None)
        if failed is not None:
            raise SandboxError(f"problem {problem.id!r}: {failed}")
        if not near_time_limit(repeated, made):
            break
    tiers = len(problem.tests)
    by_test = _by_test(made.results[: tiers * times], tiers) + _by_test(
        made.results[tiers * times :], len(problem.original_tests)
    )
    return tuple(
        Observed(results, outputs_of(test, recorder.seen))
        for test, results in zip(problem.all_tests, by_test, strict=True)
    )


def _by_test(results: Sequence[TestResult], count: int) -> list[tuple[TestResult, ...]]:
    return [tuple(results[number::count]) for number in range(count)]


def outputs_of(test: TestCase, seen: dict[bytes, list[Execution]]) -> tuple[str, ...]:
    """The outputs or return values for a test's input."""
    executions = seen.get(test.input.encode("utf-8", errors="surrogateescape"), [])
    if test.kind == "call":
        return tuple((execution.result or b"").decode(errors="replace") for execution in executions)
    return tuple(text_of(execution.stdout) for execution in executions) if test.kind == "stdin" else ()


def same(test: TestCase, one: str, other: str, checker: Checker = _EXACT) -> bool:
    """Whether two outputs of a test are equal under its checker; a ``program`` checker is replaced by `lines`."""
    if one == other:
        return True
    checker = _EXACT if checker.kind == "program" else checker
    if test.kind == "call":
        try:
            return same_value(decode_untrusted(one.encode()), decode_untrusted(other.encode()), checker)
        except EncodingError:  # a call that did not return has no value
            return False
    return same_output(one, other, checker)


def run_on_inputs(program: str, inputs: Sequence[str], limits: Limits, sandbox: Sandbox) -> tuple[Execution, ...]:
    """Run a program on inputs of standard input, without comparing outputs.

    Raises:
        SandboxError: the sandbox failed.
    """
    given = tuple(text.encode("utf-8", errors="surrogateescape") for text in inputs)
    return sandbox.run(Job(source=program, mode="stdin", inputs=given, limits=limits)) if given else ()
