"""Counts and measurements of a card, computed from the entries."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, median
from typing import TypeVar

from pydantic import Field

from tarot_bench.dataset import Entry, Measurement
from tarot_bench.problem import TIERS, Frozen, Tier
from tarot_bench.publishing.layout import fits_tarot_v1

Key = TypeVar("Key")

NEAR = 0.2
"""Containment or Jaccard index at which a statement counts as near to a benchmark."""


class FunnelStage(Frozen):
    """The counts of one generation stage."""

    stage: str
    entered: int
    kept: int
    dropped: dict[str, int] = Field(default_factory=dict)
    """Dropped entries by reason."""
    flags: dict[str, int] = Field(default_factory=dict)
    """Flags on kept entries, by reason."""


@dataclass(frozen=True, slots=True)
class TierSummary:
    """Measurements of one tier's tests; None where nothing was measured.

    Attributes:
        tests: number of tests.
        input_chars: median.
        steps: median of the gold's executed lines.
        kill_rate: mean share of the gold's killable mutants that one test fails.
        unique_kills: mean number of mutants that only this test of its problem fails.
        gold_cpu_s: median CPU seconds of the gold.
        measured: tests that have a kill rate.
    """

    tests: int
    input_chars: float | None
    steps: float | None
    kill_rate: float | None
    unique_kills: float | None
    gold_cpu_s: float | None
    measured: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """Statistics of a set of entries. Counters are ordered from the most frequent."""

    problems: int
    tests: dict[Tier, int]
    original_tests: int
    with_all_tiers: int
    validators: int
    styles: dict[str, int]
    sources: dict[str, int]
    licenses: dict[str | None, int]
    generators: dict[str, int]
    flags: dict[str, int]
    """Problems by ``stage: reason``."""
    tiers: dict[Tier, TierSummary]
    compared: int
    """Problems that were compared with benchmarks."""
    near: int
    """Of these, those with a containment or Jaccard index of `NEAR` or more."""
    evaluation_only: int
    """Problems of benchmarks, which must not be trained on."""
    outside_tarot_v1: int
    """Problems with tests that the published TAROT format cannot represent."""

    @property
    def all_tests(self) -> int:
        """Tests of all tiers together."""
        return sum(self.tests.values())

    @property
    def is_measured(self) -> bool:
        """Whether anything was measured of any tier."""
        return any(
            value is not None
            for tier in self.tiers.values()
            for value in (tier.input_chars, tier.steps, tier.kill_rate, tier.gold_cpu_s)
        )


def statistics_of(entries: Sequence[Entry]) -> Statistics:
    """Compute the statistics of entries."""
    problems = [entry.problem for entry in entries]
    compared = [entry.contamination for entry in entries if entry.contamination]
    return Statistics(
        problems=len(problems),
        tests={tier: sum(len(problem.at(tier)) for problem in problems) for tier in TIERS},
        original_tests=sum(len(problem.original_tests) for problem in problems),
        with_all_tiers=sum(all(problem.at(tier) for tier in TIERS) for problem in problems),
        validators=sum(entry.validator is not None for entry in entries),
        styles=_counted(problem.style for problem in problems),
        sources=_counted(problem.origin.source for problem in problems),
        licenses=_counted(problem.origin.license for problem in problems),
        generators=_counted(fact.provenance.generator for entry in entries for fact in entry.facts if fact.provenance),
        flags=_counted(
            said for entry in entries for said in sorted({f"{flag.stage}: {flag.reason}" for flag in entry.flags})
        ),
        tiers={tier: _summary(entries, tier) for tier in TIERS},
        compared=len(compared),
        near=sum(max(found.score, found.jaccard) >= NEAR for found in compared),
        evaluation_only=sum(problem.origin.evaluation_only for problem in problems),
        outside_tarot_v1=sum(not fits_tarot_v1(problem) for problem in problems),
    )


def measured(entries: Iterable[Entry], tier: Tier, name: str) -> list[float]:
    """The values of one measurement over the tests of a tier, without missing ones."""
    values = (getattr(found, name) for entry in entries for found in measurements(entry, tier))
    return [float(value) for value in values if value is not None]


def measurements(entry: Entry, tier: Tier) -> list[Measurement]:
    """The measurements of the tests of one tier."""
    pairs = zip(entry.problem.tests, entry.facts, strict=False)
    return [fact.measurement for test, fact in pairs if test.tier is tier]


def _summary(entries: Sequence[Entry], tier: Tier) -> TierSummary:
    values = {name: measured(entries, tier, name) for name in Measurement.model_fields}
    return TierSummary(
        tests=sum(len(entry.problem.at(tier)) for entry in entries),
        input_chars=median(values["input_chars"]) if values["input_chars"] else None,
        steps=median(values["steps"]) if values["steps"] else None,
        kill_rate=fmean(values["kill_rate"]) if values["kill_rate"] else None,
        unique_kills=fmean(values["unique_kills"]) if values["unique_kills"] else None,
        gold_cpu_s=median(values["gold_cpu_s"]) if values["gold_cpu_s"] else None,
        measured=len(values["kill_rate"]),
    )


def _counted(items: Iterable[Key]) -> dict[Key, int]:
    return dict(Counter(items).most_common())
