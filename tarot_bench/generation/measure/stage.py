"""Measure: what each test costs and what it is worth; and tiers put in the order of measured steps, if asked."""

import random
from collections.abc import Iterator, Sequence

from pydantic import Field

from tarot_bench.dataset.entry import Entry, Measurement, TestFacts
from tarot_bench.generation.measure.killing import kills_of
from tarot_bench.generation.measure.retier import retiered
from tarot_bench.generation.measure.tracing import CAP, steps_of
from tarot_bench.generation.stage import StageOutcome
from tarot_bench.generation.workers import answered
from tarot_bench.problem import Frozen
from tarot_bench.sandbox.base import Sandbox


class MeasureSettings(Frozen):
    """The section ``measure`` of a generation recipe."""

    steps: bool = True
    """Count the lines of the gold that each test executes."""
    most_steps: int = Field(default=CAP, ge=1)
    """Counting stops here."""
    most_mutants: int = Field(default=30, ge=0)
    """Mutants of the gold that are run on every test; 0 leaves kill rates out."""
    share: float = Field(default=1.0, ge=0, le=1)
    """Of the problems, chosen by their ids, whose kill rates are measured: they cost most of the time."""
    retier: bool = False
    """Give the labels basic, intermediate and complex in the order of executed steps; edge stays."""


class MeasureStage:
    """Fills in the measured columns; drops nothing."""

    name = "measure"
    whole = False

    def __init__(self, settings: MeasureSettings, sandbox: Sandbox) -> None:
        self._settings = settings
        self._sandbox = sandbox

    def run(self, entries: Sequence[Entry]) -> Iterator[StageOutcome]:
        """Answer each entry, as many at once as the sandbox has workers."""
        return answered(entries, self._answer, self._sandbox.workers)

    def _answer(self, entry: Entry) -> StageOutcome:
        measured = measure(entry, self._sandbox, self._settings)
        return StageOutcome.keep(retiered(measured) if self._settings.retier else measured)


def measure(entry: Entry, sandbox: Sandbox, settings: MeasureSettings) -> Entry:
    """The entry with the measurements that the settings ask for.

    Raises:
        SandboxError: the sandbox failed.
    """
    problem = entry.problem
    facts = entry.facts or (TestFacts(),) * len(problem.tests)
    found: list[dict[str, float | int | None]] = [{"input_chars": len(test.input)} for test in problem.tests]
    if settings.steps:
        for told, steps in zip(found, steps_of(problem, sandbox, settings.most_steps), strict=True):
            told["steps"] = steps
    if settings.most_mutants and _chosen(problem.id, settings.share) and problem.answer_form == "program":
        slowest = max((known.measurement.gold_cpu_s or 0.0 for known in facts), default=0.0)
        kills = kills_of(problem, sandbox, settings.most_mutants, slowest)
        for place, told in enumerate(found):
            rate = kills.rate(place)
            told["kill_rate"] = None if rate is None else round(rate, 4)
            told["unique_kills"] = None if rate is None else kills.unique(place)
    measured = (
        known.model_copy(update={"measurement": Measurement.model_validate({**known.measurement.model_dump(), **told})})
        for known, told in zip(facts, found, strict=True)
    )
    return entry.model_copy(update={"facts": tuple(measured)})


def _chosen(name: str, share: float) -> bool:
    """Whether a problem is in the sample; says the same of it whatever others there are."""
    return random.Random(f"measured {name}").random() < share
