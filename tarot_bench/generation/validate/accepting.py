"""Which inputs a validator accepts: with a process for each input, or with one process for all of them."""

from collections.abc import Sequence

from tarot_bench.generation.gold import run_on_inputs
from tarot_bench.generation.observing import OutOfTimeError, observed
from tarot_bench.problem import Limits
from tarot_bench.sandbox.base import Sandbox

LIMITS = Limits(cpu_s=5, wall_s=60)
"""Limits of one process of a validator."""


def accepts(validator: str, inputs: Sequence[str], sandbox: Sandbox) -> list[bool] | None:
    """Which inputs a validator accepts, by exit status 0; None if it runs into a time limit.

    Inputs are tried one after the other, and none after the first time-out: a validator that hangs costs one.

    Raises:
        SandboxError: the sandbox failed.
    """
    accepted = []
    for text in inputs:
        (execution,) = run_on_inputs(validator, [text], LIMITS, sandbox)
        if execution.outcome == "time":
            return None
        accepted.append(execution.ok)
    return accepted


def accepts_at_once(validator: str, inputs: Sequence[str], known: Sequence[str], sandbox: Sandbox) -> list[bool] | None:
    """As `accepts`, in one process, which costs a tenth; its limits are those of one input.

    The validator must accept the known inputs in this process, before and after the others. One that does not is run
    in a process for each input: it may read standard input in a way that only a process of its own allows, or end the
    process.

    Args:
        validator: the program.
        inputs: small ones, to be judged.
        known: small inputs that `accepts` says it accepts; without any, each input has a process.
        sandbox: where it runs.

    Raises:
        SandboxError: the sandbox failed.
    """
    try:
        seen = observed(validator, None, [*known, *inputs, *known], sandbox, LIMITS) if known else None
    except OutOfTimeError:
        return None
    answers = [good for good, _ in seen or ()]
    first, last = len(known), len(known) + len(inputs)
    if not answers or not all(answers[:first] + answers[last:]):
        return accepts(validator, inputs, sandbox)
    return answers[first:last]
