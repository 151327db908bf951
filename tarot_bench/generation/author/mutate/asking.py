"""Run programs on many inputs at once: which does the validator accept, how many lines does the gold execute."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tarot_bench.generation.validate.validators import accepts
from tarot_bench.grading.arguments import value_of
from tarot_bench.problem import Limits, Problem
from tarot_bench.sandbox.base import Job, Sandbox
from tarot_bench.sandbox.values import EncodingError, decode_untrusted, encode

MOST_LINES = 20_000
"""A program is stopped after so many lines: what took more is simply long. CPU time would differ from run to run."""
_LIMITS = Limits(cpu_s=30, wall_s=240, memory_mib=2048)
_INSIDE = Path(__file__).with_name("inside.py").read_text(encoding="utf-8")
_Observed = list[tuple[bool, int]]


def accepted(validator: str, inputs: Sequence[str], known: Sequence[str], sandbox: Sandbox) -> list[bool]:
    """Which inputs a validator accepts; none if it runs into a time limit.

    All are tried in one process; a validator that refuses known inputs there (it may read standard input in a way that
    only a process of its own allows) is asked again in a process for each.

    Args:
        validator: the program.
        inputs: to be judged.
        known: valid for certain.
        sandbox: where it runs.

    Raises:
        SandboxError: the sandbox failed.
    """
    observed = _observe(validator, None, [*known, *inputs], 0, sandbox)
    if observed is None or not all(good for good, _ in observed[: len(known)]):
        return accepts(validator, inputs, sandbox) or [False] * len(inputs)
    return [good for good, _ in observed[len(known) :]]


def steps(problem: Problem, inputs: Sequence[str], sandbox: Sandbox) -> list[int | None]:
    """How many lines the gold executes on each input, at most `MOST_LINES`; None where it fails or cannot be traced.

    Raises:
        SandboxError: the sandbox failed.
    """
    given = [value_of(text) for text in inputs] if problem.entry_point else list(inputs)
    observed = _observe(problem.solution or "", problem.entry_point, given, MOST_LINES, sandbox)
    if observed is None:
        return [None] * len(inputs)
    return [lines if good else None for good, lines in observed]


def _observe(
    program: str, entry_point: str | None, inputs: Sequence[object], most_lines: int, sandbox: Sandbox
) -> _Observed | None:
    """The result of `inside.observe`; None where the program ended the whole process."""
    arguments = encode([program, entry_point, list(inputs), most_lines])
    execution = sandbox.run(Job(_INSIDE, "call", (arguments,), _LIMITS, "observe"))[0]
    if not execution.ok or execution.result is None:
        return None
    try:
        said = decode_untrusted(execution.result)
    except EncodingError:
        return None
    return _believable(said, len(inputs))


def _believable(said: Any, count: int) -> _Observed | None:
    """The result if it has the expected shape; a program can write anything."""
    if not isinstance(said, list) or len(said) != count:
        return None
    pairs = [pair for pair in said if isinstance(pair, list) and len(pair) == 2]
    sound = [(good, lines) for good, lines in pairs if isinstance(good, bool) and type(lines) is int]
    return sound if len(sound) == count else None
