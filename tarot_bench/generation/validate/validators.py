"""Test input validators: a trusted one accepts known inputs and rejects damaged ones."""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tarot_bench.generation.gold import run_on_inputs
from tarot_bench.problem import Limits
from tarot_bench.sandbox.base import Sandbox

LIMITS = Limits(cpu_s=10, wall_s=60)
"""Limits of one run of a validator."""
_NUMBER = re.compile(r"-?[0-9]+")
_INPUTS_DAMAGED = 2


@dataclass(frozen=True, slots=True)
class Trust:
    """The result of testing a validator.

    Attributes:
        fault: a short code for why it is not trusted; None if it is.
        detail: one line about the fault.
        refused: positions of the judged inputs that a trusted validator rejects.
    """

    fault: str | None = None
    detail: str = ""
    refused: tuple[int, ...] = ()


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


def judge(
    validator: str, known: Sequence[str], judged: Sequence[str], sandbox: Sandbox, least_rejected: float
) -> Trust:
    """Test a validator on known inputs, on inputs to be judged, and on damaged ones.

    Args:
        validator: the program.
        known: valid inputs: those of the original tests.
        judged: inputs of authors. A validator that refuses most of them is not trusted.
        sandbox: where it runs.
        least_rejected: the least share of damaged inputs that it must reject.

    Raises:
        SandboxError: the sandbox failed.
    """
    damaged = list(damages([*known, *judged][:_INPUTS_DAMAGED]))
    accepted = accepts(validator, [*known, *judged, *damaged], sandbox)
    if accepted is None:
        return Trust("validator-too-slow", f"it takes more than {LIMITS.cpu_s:g} CPU seconds on one input")
    of_known, of_judged, of_damaged = (
        accepted[: len(known)],
        accepted[len(known) : len(known) + len(judged)],
        accepted[len(known) + len(judged) :],
    )
    if not all(of_known):
        return Trust("validator-rejects-original", f"original test {of_known.index(False) + 1} is refused")
    refused = tuple(place for place, valid in enumerate(of_judged) if not valid)
    if len(refused) * 2 > len(judged):
        return Trust("validator-rejects-most", f"{len(refused)} of {len(judged)} inputs are refused")
    rejected = of_damaged.count(False)
    if rejected < least_rejected * len(damaged):
        return Trust("validator-accepts-damage", f"{rejected} of {len(damaged)} damaged inputs are rejected")
    return Trust(refused=refused)


def damages(inputs: Sequence[str]) -> Iterator[str]:
    """Damage valid inputs so that hardly any problem allows them; deterministic.

    An empty input; symbols in place of a word; a huge number in place of a number; the input twice with symbols
    between.
    """
    if all(text.strip() for text in inputs):
        yield ""
    for text in inputs:
        words = list(re.finditer(r"\S+", text))
        if not words:
            continue
        rng = random.Random(text)
        hit = rng.choice(words)
        yield text[: hit.start()] + "§¿" + text[hit.end() :]
        numbers = [word for word in words if _NUMBER.fullmatch(word.group())]
        if numbers:
            hit = rng.choice(numbers)
            yield text[: hit.start()] + "9" * 40 + text[hit.end() :]
        yield f"{text.rstrip()}\n§ ¿ §\n{text}"
