"""Which inputs a validator accepts: with a process for each input, or with one process for all of them."""

import random
from collections.abc import Sequence

from tarot_bench.generation.gold import run_on_inputs
from tarot_bench.generation.observing import OutOfTimeError, observed
from tarot_bench.grading.ending import check_not_waiting
from tarot_bench.problem import Limits
from tarot_bench.sandbox.base import Sandbox

LIMITS = Limits(cpu_s=5, wall_s=60)
"""Limits of a validator on one input."""
_AT_ONCE = Limits(cpu_s=2, wall_s=60)
"""Limits of the process for all inputs: most validators need a tenth of a second for all of them."""
_TRIED_AGAIN = 3


def accepts(validator: str, inputs: Sequence[str], sandbox: Sandbox) -> list[bool] | None:
    """Which inputs a validator accepts, by exit status 0; None if it runs into a time limit.

    Inputs are tried one after the other, and none after the first time-out: a validator that hangs costs one.

    Raises:
        SandboxError: the sandbox failed, or this machine was too busy for the validator to end.
    """
    accepted = []
    for text in inputs:
        (execution,) = run_on_inputs(validator, [text], LIMITS, sandbox)
        check_not_waiting(execution, LIMITS, "a validator")
        if execution.outcome == "time":
            return None
        accepted.append(execution.ok)
    return accepted


def accepts_at_once(validator: str, inputs: Sequence[str], known: Sequence[str], sandbox: Sandbox) -> list[bool] | None:
    """As `accepts`, but in one process, which costs a tenth, wherever that gives the same answers.

    The process must accept the known inputs, before and after the others, and end in time; and some of the inputs that
    it rejects, drawn at random, must be rejected by a process of their own, so that a validator gains nothing by
    telling one kind of process from the other. Where it is otherwise, each input has a process.

    Args:
        validator: the program.
        inputs: small ones, to be judged.
        known: small valid inputs; without any, each input has a process.
        sandbox: where it runs.

    Raises:
        SandboxError: the sandbox failed.
    """
    answers = _answers(validator, inputs, known, sandbox) if known else None
    if answers is None:
        return accepts(validator, inputs, sandbox)
    rejected = [text for text, good in zip(inputs, answers, strict=True) if not good]
    rng = random.Random("\0".join((validator, *inputs)))  # the same draw when a run is resumed
    again = accepts(validator, rng.sample(rejected, min(_TRIED_AGAIN, len(rejected))), sandbox)
    return accepts(validator, inputs, sandbox) if again is None or any(again) else answers


def _answers(validator: str, inputs: Sequence[str], known: Sequence[str], sandbox: Sandbox) -> list[bool] | None:
    """The answers of one process; None if it does not accept the known inputs, or does not end in time."""
    try:
        seen = observed(validator, None, [*known, *inputs, *known], sandbox, _AT_ONCE)
    except OutOfTimeError:
        return None
    if seen is None:
        return None
    answers = [good for good, _ in seen]
    first, last = len(known), len(known) + len(inputs)
    return answers[first:last] if all(answers[:first] + answers[last:]) else None
