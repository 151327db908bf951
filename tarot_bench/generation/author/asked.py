"""What one request asks for: the settings of the recipe's section ``author``, without what the problem has already."""

from dataclasses import dataclass

from tarot_bench.dataset.entry import Materials
from tarot_bench.generation.author.drafting import Wanted
from tarot_bench.generation.author.settings import AuthorSettings
from tarot_bench.problem import Tier


@dataclass(frozen=True, slots=True)
class Asked:
    """The contents of one answer. 0 and False: its keys are neither in the prompt nor in the schema.

    Attributes:
        tiers: tests and generator programs are asked for, for each of these.
        literal: tests for each tier.
        generators: generator programs for each tier.
        seeds: inputs that a generator program makes at most.
        validators: candidates for the validator.
        illegal: inputs that validators must reject.
        brute_force: whether a slow and simple solution is asked for.
        checkers: candidates for a checker, with scenarios.
    """

    tiers: tuple[Tier, ...] = ()
    literal: int = 0
    generators: int = 0
    seeds: int = 1
    validators: int = 0
    illegal: int = 0
    brute_force: bool = False
    checkers: int = 0

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to ask for."""
        tests = self.tiers and (self.literal or self.generators)
        return not (tests or self.validators or self.illegal or self.brute_force or self.checkers)


def asked_of(wanted: Wanted, settings: AuthorSettings) -> Asked:
    """Return what to ask for.

    The tests are for the wanted tiers. Of the rest, a first request asks for what earlier authors did not write. A
    repair asks for validators where none of the candidates is believed, and for the brute force and checkers where the
    problem has none because nobody answered, or where they are among the failures.
    """
    entry, materials = wanted.entry, wanted.entry.materials
    validators = _validators(wanted, settings)
    illegal = max(0, settings.illegal - len(materials.illegal)) if validators else 0
    checkable = entry.problem.style == "stdin" and entry.problem.checker.kind != "program"
    return Asked(
        tiers=wanted.tiers if settings.literal or settings.generators else (),
        literal=settings.literal if wanted.tiers else 0,
        generators=settings.generators if wanted.tiers else 0,
        seeds=settings.seeds,
        validators=validators,
        illegal=illegal,
        brute_force=settings.brute_force and _is_due(wanted, "brute-force"),
        checkers=settings.checkers if checkable and _is_due(wanted, "checker") else 0,
    )


def _validators(wanted: Wanted, settings: AuthorSettings) -> int:
    if wanted.entry.validator is not None:
        return 0
    candidates = 0 if wanted.round else len(wanted.entry.materials.validators)  # those of earlier rounds were refused
    return max(0, settings.validators - candidates)


def _is_due(wanted: Wanted, what: str) -> bool:
    """Whether nobody was asked yet, or a failure names it."""
    unanswered = wanted.entry.materials == Materials()
    return unanswered or any(failure.what.startswith(what) for failure in wanted.failures)
