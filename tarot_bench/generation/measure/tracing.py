"""Count the lines of the gold program that a test executes, inside the sandbox, with `sys.settrace`.

Lines of the program itself are counted, in all of its threads; what the standard library does is not. Beyond the cap
tracing stops, so that a long run costs little more than without.
"""

import re

from tarot_bench.problem import Limits, Problem
from tarot_bench.sandbox.base import Job, Sandbox
from tarot_bench.sandbox.values import EncodingError, decode_untrusted
from tarot_bench.verdict import Execution

CAP = 2_000_000
_SLOWER = 12
"""Tracing makes a program at most this much slower (measured x3.6 to x12 on Python 3.11)."""

_TRACER = """
def _tarot_trace(filename, cap, skip=()):
    import sys, threading
    count = [0]

    def local(frame, event, arg):
        if event == "line":
            count[0] += 1
            if count[0] >= cap:
                sys.settrace(None)
                return None
        return local

    def enter(frame, event, arg):
        code = frame.f_code
        return local if code.co_filename == filename and code.co_name not in skip and count[0] < cap else None

    threading.settrace(enter)
    sys.settrace(enter)
    return count
"""
_STDIN = """{tracer}
def _tarot_run(source):
    import sys
    code = compile(source, "<gold>", "exec")
    count = _tarot_trace("<gold>", {cap})
    try:
        exec(code, {{"__name__": "__main__", "__builtins__": __builtins__}})
    finally:
        sys.settrace(None)
        sys.stdout.flush()
        sys.stderr.write("\\n@steps " + str(count[0]) + "\\n")
        sys.stderr.flush()


_tarot_run({source!r})
"""
_CALL = """{source}
{tracer}
def _tarot_steps(*arguments):
    import sys
    count = _tarot_trace(_tarot_steps.__code__.co_filename, {cap}, ("_tarot_steps", "local", "enter"))
    try:
        {target}(*arguments)
    finally:
        sys.settrace(None)
    return count[0]
"""
_MARK = re.compile(rb"^@steps (\d+)$", re.M)


def steps_of(problem: Problem, sandbox: Sandbox, cap: int = CAP) -> tuple[int | None, ...]:
    """Executed lines of the gold for each tier test; None where they cannot be counted (suites, a gold that fails).

    Raises:
        SandboxError: the sandbox failed.
    """
    counted = [place for place, test in enumerate(problem.tests) if test.kind != "suite"]
    made: list[int | None] = [None] * len(problem.tests)
    if counted and problem.solution is not None and problem.answer_form == "program":
        given = tuple(problem.tests[place].input.encode("utf-8", errors="surrogateescape") for place in counted)
        executions = sandbox.run(_job(problem, problem.solution, given, cap))
        for place, execution in zip(counted, executions, strict=True):
            made[place] = _steps(execution, problem.style)
    return tuple(made)


def _job(problem: Problem, gold: str, inputs: tuple[bytes, ...], cap: int) -> Job:
    limits = _slower(problem.limits)
    if problem.style == "stdin":
        return Job(_STDIN.format(tracer=_TRACER, source=gold, cap=cap), "stdin", inputs, limits)
    owner, dot, method = (problem.entry_point or "").rpartition(".")
    target = f"{owner}().{method}" if dot else method
    program = _CALL.format(tracer=_TRACER, source=gold, cap=cap, target=target)
    return Job(program, "call", inputs, limits, "_tarot_steps")


def _slower(limits: Limits) -> Limits:
    return limits.model_copy(update={"cpu_s": limits.cpu_s * _SLOWER, "wall_s": limits.wall_s * _SLOWER})


def _steps(execution: Execution, style: str) -> int | None:
    if not execution.ok:
        return None
    if style == "stdin":
        marks = _MARK.findall(execution.stderr)
        return int(marks[-1]) if marks else None
    try:
        counted = decode_untrusted(execution.result or b"")
    except EncodingError:
        return None
    return counted if isinstance(counted, int) else None
