"""Judge an output with the problem's own checker, a program that runs in the sandbox."""

import hashlib
import json
from collections import OrderedDict

from tarot_bench.errors import SandboxError, one_line
from tarot_bench.grading.compare import text_of
from tarot_bench.grading.ending import check_not_waiting, ending
from tarot_bench.problem import Limits, Problem, TestCase
from tarot_bench.sandbox.base import Job, Sandbox
from tarot_bench.verdict import Execution, Verdict

LIMITS = Limits(cpu_s=30, wall_s=120, memory_mib=2048)
BROKEN = "the problem's checker failed, on the expected output too"
"""How the detail of a test begins that is UNGRADED because its checker is at fault, not this machine."""
_KNOWN = 4096
_TRACEBACK = b"Traceback (most recent call last):"


def judge_by_program(problem: Problem, test: TestCase, actual: str, sandbox: Sandbox) -> tuple[Verdict, str]:
    """As `judged_by_program`; a failure of the sandbox is UNGRADED."""
    try:
        return judged_by_program(problem, test, actual, sandbox)
    except SandboxError as error:
        return Verdict.UNGRADED, f"sandbox (checker): {one_line(error)}"


def judged_by_program(problem: Problem, test: TestCase, actual: str, sandbox: Sandbox) -> tuple[Verdict, str]:
    """Return the verdict of a problem's checker on an output, with a one-line reason.

    A checker that fails on this output is asked about the expected output. If it accepts that within its limits, the
    output is to blame and wrong; otherwise the checker is, and the test is UNGRADED: the reason begins with `BROKEN`.

    Raises:
        SandboxError: the sandbox failed, or this machine was too busy for the checker to end.
    """
    execution = _ask(problem, test, actual, sandbox)
    if _answered(execution):
        said = text_of(execution.stdout).strip() or "rejected by the checker"
        return (Verdict.PASSED, "") if execution.exit_code == 0 else (Verdict.WRONG_ANSWER, said)
    how = ending(execution, LIMITS)
    if _accepts_expected(problem, test, sandbox):
        return Verdict.WRONG_ANSWER, f"the checker accepts the expected output, and fails on this one: {how}"
    return Verdict.UNGRADED, f"{BROKEN}: {how}"


def _ask(problem: Problem, test: TestCase, output: str, sandbox: Sandbox) -> Execution:
    question = json.dumps({"input": test.input, "expected": test.output, "output": output}).encode()
    job = Job(source=problem.checker.program or "", mode="stdin", inputs=(question,), limits=LIMITS)
    (execution,) = sandbox.run(job)
    check_not_waiting(execution, LIMITS, "the problem's checker")
    return execution


def _answered(execution: Execution) -> bool:
    """Whether a checker accepted or rejected. An uncaught exception exits 1, too, and is no answer."""
    is_crash = execution.exit_code == 1 and _TRACEBACK in execution.stderr
    return execution.outcome == "exited" and execution.exit_code in (0, 1) and not is_crash


_controls: OrderedDict[bytes, bool] = OrderedDict()


def _accepts_expected(problem: Problem, test: TestCase, sandbox: Sandbox) -> bool:
    """Whether a checker accepts the expected output; cached, because one test fails for many samples.

    Raises:
        SandboxError: it could not be run; not remembered.
    """
    asked = json.dumps([problem.checker.program, test.input, test.output]).encode()
    key = hashlib.sha256(asked).digest()
    if key not in _controls:
        control = _ask(problem, test, test.output, sandbox)
        _controls[key] = _answered(control) and control.exit_code == 0
        if len(_controls) > _KNOWN:
            _controls.popitem(last=False)
    return _controls[key]
