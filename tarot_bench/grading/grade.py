"""Grade one answer of a reference solution, a model or a policy in training.

Expected outputs stay in this process; the sandbox only ever sees programs and inputs.
"""

from tarot_bench.errors import SandboxError, UserError, one_line
from tarot_bench.extraction import ExtractionForm, extract, verbatim
from tarot_bench.extraction.expression import extract_expression, fill
from tarot_bench.grading import literal_suite
from tarot_bench.grading.bugs import reported
from tarot_bench.grading.checker_program import judge_by_program
from tarot_bench.grading.claims import expected_value, most_parts, too_large
from tarot_bench.grading.compare import first_difference, same_output, same_value, text_of
from tarot_bench.grading.compat import COMPARISONS, Compat
from tarot_bench.grading.ending import IDLE, SKIPPED, ending
from tarot_bench.grading.generated import with_inputs
from tarot_bench.grading.jobs import TIME_MARGIN, job_of, literal_calls
from tarot_bench.grading.showing import detail as one_detail
from tarot_bench.grading.showing import shown_value
from tarot_bench.grading.usable import unusable
from tarot_bench.problem import Limits, Problem, TestCase
from tarot_bench.sandbox.base import Sandbox
from tarot_bench.sandbox.values import EncodingError, decode, decode_untrusted, encode
from tarot_bench.verdict import Completion, Execution, Extraction, Grade, TestResult, Verdict

_STOPPED = {
    "time": Verdict.TIME_LIMIT,
    "memory": Verdict.MEMORY_LIMIT,
    "output": Verdict.OUTPUT_LIMIT,
    "compile": Verdict.COMPILE_ERROR,
    "skipped": Verdict.TIME_LIMIT,
}


def grade(
    problem: Problem,
    completion: Completion,
    sandbox: Sandbox,
    *,
    compat: Compat | None = None,
    extraction: ExtractionForm = "answer",
) -> Grade:
    """Grade one completion: extract its program, run it on every test, compare.

    Args:
        problem: what was asked; tier tests are run first, then original tests.
        completion: the model's raw text.
        sandbox: where the program runs.
        compat: reproduce a published grader's comparison instead of ours, where it applies (`compat.applies`).
        extraction: ``verbatim`` runs a benchmark's official form instead of the program that the model meant.

    Returns:
        One verdict per test. A failure of the sandbox is UNGRADED, never a failure of the program; so is a bug of this
        package (`bugs.reported`), which must not end a run of thousands of samples, and a sample that the service
        refused or filtered (`SampleOutcome`).

    Raises:
        UserError: the sandbox cannot be used as it is.
    """
    if not completion.outcome.is_the_models:
        why = f"{completion.outcome}: {completion.note or completion.finish_reason}"
        return ungraded(problem, completion.index, why)
    taken = extraction_of(problem, completion, extraction)
    return grade_extraction(problem, taken, sandbox, index=completion.index, compat=compat)


def extraction_of(problem: Problem, completion: Completion, form: ExtractionForm = "answer") -> Extraction:
    """Extract the program, or the filled-in expression, from a completion; runs nothing.

    CRUXEval's expressions have no official form: how to take them out is part of their benchmark.
    """
    if form == "verbatim" and problem.answer_form == "program":
        return verbatim(completion.text, problem)
    take = extract_expression if problem.answer_form == "expression" else extract
    try:
        return take(completion.text, problem, completion.finish_reason)
    except Exception as error:
        return Extraction(code=None, how=reported(error), verdict=Verdict.UNGRADED)


def grade_extraction(
    problem: Problem, extraction: Extraction, sandbox: Sandbox, *, index: int = 0, compat: Compat | None = None
) -> Grade:
    """Grade an extracted program; the second half of `grade`, for callers that inspect programs first."""
    try:
        results = _results(problem, extraction, sandbox, compat)
    except UserError:
        raise
    except SandboxError as error:
        results = tuple(_unrun(test, Verdict.UNGRADED, f"sandbox: {one_line(error)}") for test in problem.all_tests)
    except Exception as error:
        why = reported(error)
        results = tuple(_unrun(test, Verdict.UNGRADED, why) for test in problem.all_tests)
    return Grade(
        problem_id=problem.id, index=index, problem_digest=problem.digest, extraction=extraction, results=results
    )


def grade_code(problem: Problem, code: str, sandbox: Sandbox, *, compat: Compat | None = None) -> Grade:
    """Grade a bare program, such as the problem's solution, as `grade` does after extraction."""
    return grade_extraction(problem, as_code(problem, code), sandbox, compat=compat)


def as_code(problem: Problem, code: str) -> Extraction:
    """Wrap a bare program, such as the problem's solution, as an extraction."""
    program = fill(problem, code) if problem.answer_form == "expression" else code
    return Extraction(code=program, how="given as code")


def ungraded(problem: Problem, index: int, why: str) -> Grade:
    """Make the grade of a sample that could not be answered or run because of an infrastructure error."""
    extraction = Extraction(code=None, how=why)
    results = tuple(_unrun(test, Verdict.UNGRADED, why) for test in problem.all_tests)
    return Grade(
        problem_id=problem.id, index=index, problem_digest=problem.digest, extraction=extraction, results=results
    )


def near_time_limit(problem: Problem, made: Grade) -> bool:
    """Whether a TIME_LIMIT of this grade is close to the limit: run it again, alone, before it counts.

    Less than `TIME_MARGIN` times the CPU limit was used: either the program nearly finished in time, or the
    wall limit ended it while the machine was busy with something else. A program that slept or waited is not run again.
    """
    doubtful = problem.limits.cpu_s * TIME_MARGIN
    late = (result for result in made.results if result.verdict is Verdict.TIME_LIMIT)
    ran = (result for result in late if result.detail != SKIPPED and not result.detail.startswith(IDLE))
    return any(result.cpu_s < doubtful for result in ran)


def _results(
    problem: Problem, extraction: Extraction, sandbox: Sandbox, compat: Compat | None
) -> tuple[TestResult, ...]:
    if extraction.code is None:
        verdict = extraction.verdict or Verdict.NO_CODE
        return tuple(_unrun(test, verdict, extraction.how) for test in problem.all_tests)
    problem = with_inputs(problem, sandbox)
    tests = problem.all_tests
    literal = [literal_calls(problem, test) is not None for test in tests]
    results: dict[int, TestResult] = {}
    for alike in dict.fromkeys(zip((test.kind for test in tests), literal, strict=True)):
        numbers = [n for n, test in enumerate(tests) if (test.kind, literal[n]) == alike]
        made = _run(problem, extraction.code, [tests[n] for n in numbers], sandbox, compat)
        results |= zip(numbers, made, strict=True)
    return tuple(results[number] for number in range(len(tests)))


def _run(
    problem: Problem, code: str, tests: list[TestCase], sandbox: Sandbox, compat: Compat | None
) -> list[TestResult]:
    """Run one program on tests of the same kind."""
    unfit = [unusable(problem, test) for test in tests]
    try:
        job = job_of(problem, code, [test for test, why in zip(tests, unfit, strict=True) if not why], compat)
        executions = iter(sandbox.run(job) if job.inputs else ())
    except SandboxError as error:
        why = f"sandbox: {one_line(error)}"
        return [_unrun(test, Verdict.UNGRADED, why) for test in tests]
    return [
        _unrun(test, Verdict.UNGRADED, why) if why else _judged(problem, test, next(executions), sandbox, compat)
        for test, why in zip(tests, unfit, strict=True)
    ]


def _judged(
    problem: Problem, test: TestCase, execution: Execution, sandbox: Sandbox, compat: Compat | None
) -> TestResult:
    return _result(test, *_judge(problem, test, execution, sandbox, compat), execution)


def _unrun(test: TestCase, verdict: Verdict, why: str) -> TestResult:
    return _result(test, verdict, why, Execution("exited"))


def _result(test: TestCase, verdict: Verdict, why: str, execution: Execution) -> TestResult:
    return TestResult(
        tier=test.tier,
        group=test.group,
        verdict=verdict,
        cpu_s=round(execution.cpu_s, 6),
        wall_s=round(execution.wall_s, 6),
        peak_mib=round(execution.peak_mib, 3),
        detail=one_detail(why),
    )


def _judge(
    problem: Problem, test: TestCase, execution: Execution, sandbox: Sandbox, compat: Compat | None
) -> tuple[Verdict, str]:
    """Return the verdict on one execution, with a reason."""
    stopped = _stopped(execution, problem.limits)
    if stopped:
        return stopped
    calls = literal_calls(problem, test)
    if test.kind == "suite" and calls is None:
        return _judge_suite(execution, problem.limits)
    if not execution.ok:
        return Verdict.RUNTIME_ERROR, ending(execution, problem.limits)
    if test.kind == "stdin":
        return _judge_output(problem, test, text_of(execution.stdout), sandbox, compat)
    return _judge_result(problem, test, execution.result, calls, sandbox)


def _stopped(execution: Execution, limits: Limits) -> tuple[Verdict, str] | None:
    """The verdict on a program that did not finish within its limits; None if it did."""
    if execution.outcome in _STOPPED:
        return _STOPPED[execution.outcome], ending(execution, limits)
    if execution.cpu_s > limits.cpu_s:
        return Verdict.TIME_LIMIT, f"took {execution.cpu_s:.2f} CPU s (limit {limits.cpu_s:g} s)"
    return None


def _judge_output(
    problem: Problem, test: TestCase, actual: str, sandbox: Sandbox, compat: Compat | None
) -> tuple[Verdict, str]:
    if compat in COMPARISONS:
        same = COMPARISONS[compat](test.output, actual)
    elif problem.checker.kind == "program":
        return judge_by_program(problem, test, actual, sandbox)
    else:
        same = same_output(test.output, actual, problem.checker)
    if same:
        return Verdict.PASSED, ""
    return Verdict.WRONG_ANSWER, first_difference(test.output, actual, problem.checker)


def _judge_result(
    problem: Problem,
    test: TestCase,
    result: bytes | None,
    calls: tuple[literal_suite.Call, ...] | None,
    sandbox: Sandbox,
) -> tuple[Verdict, str]:
    if result is None:
        return Verdict.RUNTIME_ERROR, "the call ended without returning a value"
    try:
        return _judge_call(problem, test, result, sandbox) if calls is None else literal_suite.judge(calls, result)
    except EncodingError as error:
        return Verdict.RUNTIME_ERROR, f"the call's result cannot be read: {one_line(error)}"


def _judge_call(problem: Problem, test: TestCase, result: bytes, sandbox: Sandbox) -> tuple[Verdict, str]:
    expected = expected_value(test.output)
    if why := too_large(result, expected.size):
        return Verdict.WRONG_ANSWER, why
    actual = decode_untrusted(result, most_parts(expected.size))
    if problem.checker.kind == "program":
        return judge_by_program(problem, test, encode(actual).decode(), sandbox)
    if same_value(expected.value, actual, problem.checker):
        return Verdict.PASSED, ""
    return Verdict.WRONG_ANSWER, f"expected {shown_value(expected.value)}, got {shown_value(actual)}"


def _judge_suite(execution: Execution, limits: Limits) -> tuple[Verdict, str]:
    if execution.result is None:
        return Verdict.RUNTIME_ERROR, ending(execution, limits)
    report = decode(execution.result)
    status, said = (report["status"], report["detail"]) if isinstance(report, dict) else ("broken", "no report")
    if status == "passed":
        return Verdict.PASSED, ""
    if status == "raised":
        return Verdict.RUNTIME_ERROR, said or ending(execution, limits)
    # A suite that fails with an exception on what the candidate returned has found a wrong answer.
    return Verdict.WRONG_ANSWER, said or "an assertion failed"
