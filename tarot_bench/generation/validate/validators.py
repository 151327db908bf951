"""Choose the validator of a problem: candidates are tried on valid and on illegal inputs, and the best one is kept.

The method is AutoCode's (arXiv 2510.12803). Nothing that an author wrote is trusted alone: not a candidate, not an
input that is said to be illegal. Candidates that accept all valid inputs vote on the doubtful ones.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from tarot_bench.dataset.entry import ValidatorTrial
from tarot_bench.generation.validate.accepting import LIMITS, accepts, accepts_at_once
from tarot_bench.generation.validate.illegal import damages, near_misses
from tarot_bench.grading.arguments import plain_form
from tarot_bench.problem import Problem
from tarot_bench.sandbox.base import Sandbox

MOST_NEAR = 40
"""Inputs that are almost valid, the authors' own among them, that a validator is tried on."""
_INPUTS_DAMAGED = 2
_SMALL = 20_000
_MOST_VARIED = 10


@dataclass(frozen=True, slots=True)
class Inputs:
    """The inputs that validators are tried on.

    Attributes:
        known: valid: those of original tests and of tests that were accepted.
        judged: to be judged: those of new tests.
        illegal: what authors call illegal.
        believed: the validator that judged earlier inputs; None if this is the first trial.
    """

    known: tuple[str, ...]
    judged: tuple[str, ...]
    illegal: tuple[str, ...] = ()
    believed: str | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """The result of trying validators.

    Attributes:
        validator: the best candidate; None if each has a fault.
        trial: how it did; None without one.
        refused: positions of the judged inputs that it rejects.
        faults: why other candidates are refused, as (short code, detail); in their order.
    """

    validator: str | None = None
    trial: ValidatorTrial | None = None
    refused: tuple[int, ...] = ()
    faults: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Tried:
    """A candidate that accepts all known inputs, with what it accepts of the others."""

    program: str
    judged: tuple[bool, ...]
    near: tuple[bool, ...]
    damaged: tuple[bool, ...]


def choose(
    problem: Problem, candidates: Sequence[str], inputs: Inputs, sandbox: Sandbox, least_rejected: float
) -> Choice:
    """Try candidates, and choose the one that judges most inputs right; of equals, the first.

    A candidate has a fault if it rejects a known input, rejects most of the judged ones, hangs, or rejects too few
    illegal ones. The one that is believed already may reject most: those of a repair are few, and may all be wrong.
    Where several candidates have none of the first three, an input that is only said to be illegal counts if at least
    half of them reject it, and a judged input counts as valid if at least half accept it.

    Args:
        problem: what the inputs are for; its statement gives ranges (`near_misses`).
        candidates: programs that read an input on standard input; arguments of function problems as JSON.
        inputs: what they are tried on, beside damaged and almost valid ones that are made here.
        sandbox: where they run.
        least_rejected: the least share of illegal inputs that a validator must reject.

    Raises:
        SandboxError: the sandbox failed.
    """
    inputs = _as_read(problem, inputs)
    valid = _small((*inputs.known, *inputs.judged))
    near = _near(problem, inputs, valid)
    damaged = tuple(damages(valid[:_INPUTS_DAMAGED]))
    sound: list[_Tried] = []
    faults: list[tuple[str, str]] = []
    for program in dict.fromkeys(candidates):
        tried = _tried(program, inputs, near, damaged, sandbox)
        if isinstance(tried, _Tried):
            sound.append(tried)
        else:
            faults.append(tried)
    trials = [(tried, _trial(tried, sound, len(inputs.known), len(set(candidates)))) for tried in sound]
    good = [(tried, trial) for tried, trial in trials if trial.rejected >= least_rejected * trial.illegal]
    faults += [
        ("validator-accepts-damage", f"{trial.rejected} of {trial.illegal} illegal inputs are rejected")
        for tried, trial in trials
        if trial.rejected < least_rejected * trial.illegal
    ]
    if not good:
        return Choice(faults=tuple(faults))
    best, trial = max(good, key=lambda pair: pair[1].accepted + pair[1].rejected)
    refused = tuple(place for place, accepted in enumerate(best.judged) if not accepted)
    return Choice(best.program, trial, refused, tuple(faults))


def _as_read(problem: Problem, inputs: Inputs) -> Inputs:
    read = plain_form(problem)
    known, judged, illegal = (tuple(map(read, each)) for each in (inputs.known, inputs.judged, inputs.illegal))
    return replace(inputs, known=known, judged=judged, illegal=illegal)


def _small(inputs: Sequence[str]) -> list[str]:
    """The inputs that illegal ones are made of: small ones, or the smallest."""
    small = [text for text in inputs if len(text) <= _SMALL][:_MOST_VARIED]
    return small or sorted(inputs, key=len)[:1]


def _near(problem: Problem, inputs: Inputs, valid: Sequence[str]) -> tuple[str, ...]:
    """Inputs that are almost valid: up to half of them of authors, and those made here."""
    made = map(plain_form(problem), near_misses(problem, valid, MOST_NEAR))
    both = dict.fromkeys([*inputs.illegal[: MOST_NEAR // 2], *made])
    return tuple(text for text in both if text not in inputs.known)[:MOST_NEAR]


def _tried(
    program: str, inputs: Inputs, near: Sequence[str], damaged: Sequence[str], sandbox: Sandbox
) -> _Tried | tuple[str, str]:
    """Try one candidate; its fault as soon as there is one, as (short code, detail)."""
    slow = "validator-too-slow", f"it takes more than {LIMITS.cpu_s:g} CPU seconds on one input"
    known = accepts(program, inputs.known, sandbox)
    if known is None:
        return slow
    if not all(known):
        return "validator-rejects-original", f"valid input {known.index(False) + 1} is refused"
    judged = accepts(program, inputs.judged, sandbox)
    if judged is None:
        return slow
    if judged.count(False) * 2 > len(judged) and program != inputs.believed:
        return "validator-rejects-most", f"{judged.count(False)} of {len(judged)} inputs are refused"
    right = [text for text, good in zip(inputs.judged, judged, strict=True) if good]
    illegal = accepts_at_once(program, [*damaged, *near], _small([*inputs.known, *right]), sandbox)
    if illegal is None:
        return slow
    return _Tried(program, tuple(judged), tuple(illegal[len(damaged) :]), tuple(illegal[: len(damaged)]))


def _trial(tried: _Tried, sound: Sequence[_Tried], known: int, candidates: int) -> ValidatorTrial:
    """How a candidate did on the inputs that count, by the vote of all sound candidates."""
    several = len(sound) > 1
    valid = [place for place in range(len(tried.judged)) if several and _half(one.judged[place] for one in sound)]
    near = [place for place in range(len(tried.near)) if not several or _half(not one.near[place] for one in sound)]
    return ValidatorTrial(
        candidates=candidates,
        valid=known + len(valid),
        accepted=known + sum(tried.judged[place] for place in valid),
        illegal=len(tried.damaged) + len(near),
        rejected=tried.damaged.count(False) + sum(not tried.near[place] for place in near),
    )


def _half(votes: Iterable[bool]) -> bool:
    """Whether at least half of the votes are for it: what the author said of an input decides a tie."""
    given = list(votes)
    return sum(given) * 2 >= len(given)
