"""Run a program on many inputs in one process: on which does it end well, how many lines does it execute."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tarot_bench.grading.arguments import value_of
from tarot_bench.problem import Limits, Problem
from tarot_bench.sandbox.base import Job, Sandbox
from tarot_bench.sandbox.values import EncodingError, decode_untrusted, encode

MOST_LINES = 20_000
"""A program is stopped after so many lines: what took more is simply long. CPU time would differ from run to run."""
_LIMITS = Limits(cpu_s=30, wall_s=240, memory_mib=2048)
_INSIDE = Path(__file__).with_name("inside.py").read_text(encoding="utf-8")
Observed = list[tuple[bool, int]]


class OutOfTimeError(Exception):
    """A program reached the time limit of its process."""


def steps(problem: Problem, inputs: Sequence[str], sandbox: Sandbox) -> list[int | None]:
    """How many lines the gold executes on each input, at most `MOST_LINES`; None where it fails or cannot be traced.

    Raises:
        SandboxError: the sandbox failed.
    """
    given = [value_of(text) for text in inputs] if problem.entry_point else list(inputs)
    try:
        seen = observed(problem.solution or "", problem.entry_point, given, sandbox, _LIMITS, MOST_LINES)
    except OutOfTimeError:
        seen = None
    if seen is None:
        return [None] * len(inputs)
    return [lines if good else None for good, lines in seen]


def observed(
    program: str,
    entry_point: str | None,
    inputs: Sequence[object],
    sandbox: Sandbox,
    limits: Limits,
    most_lines: int = 0,
) -> Observed | None:
    """For each input, whether a program ended well and how many lines it executed; None if it ended the process.

    Args:
        program: the source.
        entry_point: what to call; None runs the program as a script.
        inputs: texts for standard input, or lists of arguments where there is an entry point.
        sandbox: where it runs.
        limits: of the process.
        most_lines: the program is stopped after so many; 0 counts none.

    Raises:
        OutOfTimeError: the process reached its time limit.
        SandboxError: the sandbox failed.
    """
    arguments = encode([program, entry_point, list(inputs), most_lines])
    execution = sandbox.run(Job(_INSIDE, "call", (arguments,), limits, "observe"))[0]
    if execution.outcome == "time":
        raise OutOfTimeError
    if not execution.ok or execution.result is None:
        return None
    try:
        said = decode_untrusted(execution.result)
    except EncodingError:
        return None
    return _believable(said, len(inputs))


def _believable(said: Any, count: int) -> Observed | None:
    """The result if it has the expected shape; a program can write anything."""
    if not isinstance(said, list) or len(said) != count:
        return None
    pairs = [pair for pair in said if isinstance(pair, list) and len(pair) == 2]
    sound = [(good, lines) for good, lines in pairs if isinstance(good, bool) and type(lines) is int]
    return sound if len(sound) == count else None
