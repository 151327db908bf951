"""Whether a validator can be believed: it accepts what is known to be valid, and rejects planted damage."""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tarot_bench.generation.gold import run_on_inputs
from tarot_bench.problem import Limits
from tarot_bench.sandbox.base import Sandbox

LIMITS = Limits(cpu_s=10, wall_s=60)
"""What one run of a validator may use."""
_NUMBER = re.compile(r"-?[0-9]+")
_INPUTS_DAMAGED = 2


@dataclass(frozen=True, slots=True)
class Belief:
    """What a validator said.

    Attributes:
        trouble: why it is not believed, a short code; None where it is.
        detail: one line about the trouble.
        refused: positions of the judged inputs that a believed validator rejects.
    """

    trouble: str | None = None
    detail: str = ""
    refused: tuple[int, ...] = ()


def accepts(validator: str, inputs: Sequence[str], sandbox: Sandbox) -> list[bool]:
    """Which inputs a validator accepts: it exits 0.

    Raises:
        SandboxError: the sandbox failed.
    """
    return [execution.ok for execution in run_on_inputs(validator, inputs, LIMITS, sandbox)]


def believe(
    validator: str, known: Sequence[str], judged: Sequence[str], sandbox: Sandbox, least_rejected: float
) -> Belief:
    """Try a validator on known inputs, on inputs to be judged, and on damaged ones, in one job.

    Args:
        validator: the program.
        known: inputs that are valid for certain: the original tests'.
        judged: inputs that somebody wrote. If it refuses most of these, the validator is what is wrong.
        sandbox: where it runs.
        least_rejected: the least share of damaged inputs that it must reject.

    Raises:
        SandboxError: the sandbox failed.
    """
    damaged = list(damages([*known, *judged][:_INPUTS_DAMAGED]))
    said = accepts(validator, [*known, *judged, *damaged], sandbox)
    of_known, of_judged, of_damaged = (
        said[: len(known)],
        said[len(known) : len(known) + len(judged)],
        said[len(known) + len(judged) :],
    )
    if not all(of_known):
        return Belief("validator-rejects-original", f"original test {of_known.index(False) + 1} is refused")
    refused = tuple(place for place, accepted in enumerate(of_judged) if not accepted)
    if len(refused) * 2 > len(judged):
        return Belief("validator-rejects-most", f"{len(refused)} of {len(judged)} inputs are refused")
    rejected = of_damaged.count(False)
    if rejected < least_rejected * len(damaged):
        return Belief("validator-accepts-damage", f"{rejected} of {len(damaged)} damaged inputs are rejected")
    return Belief(refused=refused)


def damages(inputs: Sequence[str]) -> Iterator[str]:
    """Inputs that hardly any problem allows, made of valid ones; the same for the same inputs.

    Nothing at all; foreign marks for a word; an enormous number for a number; the input twice over with foreign marks
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
