"""The stage `measure`: steps, kill rates and input size of each test; optionally reassign tiers by steps."""

import random
from collections.abc import Iterator, Sequence

from pydantic import Field

from tarot_bench.dataset.entry import Entry, Measurement, TestFacts
from tarot_bench.generation.measure.killing import kills_of
from tarot_bench.generation.measure.retier import retiered
from tarot_bench.generation.measure.tracing import CAP, steps_of
from tarot_bench.generation.stage import StageOutcome, unless_unmade
from tarot_bench.generation.workers import answered
from tarot_bench.grading.generated import with_inputs
from tarot_bench.problem import Frozen
from tarot_bench.sandbox.base import Sandbox


class MeasureSettings(Frozen):
    """The section ``measure`` of a generation recipe."""

    steps: bool = True
    """Count the lines of the gold that each test executes."""
    most_steps: int = Field(default=CAP, ge=1)
    """Counting stops at this number."""
    most_mutants: int = Field(default=30, ge=0)
    """Mutants of the gold that are run on every test; 0 disables kill rates."""
    share: float = Field(default=1.0, ge=0, le=1)
    """Share of problems, chosen by their ids, whose kill rates are measured; kill rates take most of the time."""
    retier: bool = False
    """Reassign the labels basic, intermediate and complex by executed steps; edge is kept."""


class MeasureStage:
    """Fills in the measured columns; drops an entry only if an input of it can no longer be made."""

    name = "measure"
    whole = False

    def __init__(self, settings: MeasureSettings, sandbox: Sandbox) -> None:
        self._settings = settings
        self._sandbox = sandbox

    def run(self, entries: Sequence[Entry]) -> Iterator[StageOutcome]:
        """Answer each entry, as many at once as the sandbox has workers."""
        return answered(entries, unless_unmade(self._answer), self._sandbox.workers)

    def _answer(self, entry: Entry) -> StageOutcome:
        measured = measure(entry, self._sandbox, self._settings)
        return StageOutcome.keep(retiered(measured) if self._settings.retier else measured)


def measure(entry: Entry, sandbox: Sandbox, settings: MeasureSettings) -> Entry:
    """Add the measurements that the settings enable.

    Raises:
        SandboxError: the sandbox failed.
    """
    problem = with_inputs(entry.problem, sandbox)
    facts = entry.facts or (TestFacts(),) * len(problem.tests)
    found: list[dict[str, float | int | None]] = [{"input_chars": len(test.input)} for test in problem.tests]
    if settings.steps:
        for values, steps in zip(found, steps_of(problem, sandbox, settings.most_steps), strict=True):
            values["steps"] = steps
    if settings.most_mutants and _chosen(problem.id, settings.share) and problem.answer_form == "program":
        slowest = max((known.measurement.gold_cpu_s or 0.0 for known in facts), default=0.0)
        kills = kills_of(problem, sandbox, settings.most_mutants, slowest)
        for place, values in enumerate(found):
            rate = kills.rate(place)
            values["kill_rate"] = None if rate is None else round(rate, 4)
            values["unique_kills"] = None if rate is None else kills.unique(place)
    measured = (
        known.model_copy(update={"measurement": Measurement.model_validate({**known.measurement.model_dump(), **new})})
        for known, new in zip(facts, found, strict=True)
    )
    return entry.model_copy(update={"facts": tuple(measured)})


def _chosen(name: str, share: float) -> bool:
    """Whether a problem is in the sample, independently of other problems."""
    return random.Random(f"measured {name}").random() < share
