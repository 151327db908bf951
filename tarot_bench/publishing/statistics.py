"""Counts and measurements of a card, computed from the entries."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, median
from typing import TypeVar

from pydantic import Field

from tarot_bench.dataset import Entry, Measurement
from tarot_bench.problem import TIERS, Frozen, Tier
from tarot_bench.publishing.layout import fitting_tarot_v1

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
class AuditSummary:
    """What an audit measured of one tier's tests.

    Attributes:
        tests: number of audited tests.
        tpr: mean share of correct programs that pass one test; None where none are known. Likewise below.
        tnr: mean share of wrong programs that fail one test.
        unique_rejections: mean number of programs that only this test of its problem rejects.
        flaky: tests on which the gold's runs differ.
        leaked: tests whose input the statement shows.
    """

    tests: int
    tpr: float | None
    tnr: float | None
    unique_rejections: float | None
    flaky: int
    leaked: int


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
    audited: dict[Tier, AuditSummary]
    compared: int
    """Problems that were compared with benchmarks."""
    near: int
    """Of these, those with a containment or Jaccard index of `NEAR` or more."""
    evaluation_only: int
    """Problems of benchmarks, which must not be trained on."""
    outside_tarot_v1: int
    """Problems with tests that the published TAROT format cannot represent."""
    generated: int
    """Tests, originals too, whose inputs a generator program printed."""
    made_again: int
    """Of these, those whose inputs are not stored."""
    generator_programs: int
    wrong_programs: int

    @property
    def all_tests(self) -> int:
        """Tests of all tiers together."""
        return sum(self.tests.values())

    @property
    def is_audited(self) -> bool:
        """Whether an audit measured tests of any tier."""
        return any(tier.tests for tier in self.audited.values())

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
    tests = [test for problem in problems for test in problem.all_tests]
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
        audited={tier: _audited(entries, tier) for tier in TIERS},
        compared=len(compared),
        near=sum(max(found.score, found.jaccard) >= NEAR for found in compared),
        evaluation_only=sum(problem.origin.evaluation_only for problem in problems),
        outside_tarot_v1=sum(fitting_tarot_v1(problem) is None for problem in problems),
        generated=sum(test.generated is not None for test in tests),
        made_again=sum(not test.stored for test in tests),
        generator_programs=sum(len(problem.generator_programs) for problem in problems),
        wrong_programs=sum(len(entry.wrong) for entry in entries),
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
    names = ("input_chars", "steps", "kill_rate", "unique_kills", "gold_cpu_s")
    values = {name: measured(entries, tier, name) for name in names}
    return TierSummary(
        tests=sum(len(entry.problem.at(tier)) for entry in entries),
        input_chars=median(values["input_chars"]) if values["input_chars"] else None,
        steps=median(values["steps"]) if values["steps"] else None,
        kill_rate=fmean(values["kill_rate"]) if values["kill_rate"] else None,
        unique_kills=fmean(values["unique_kills"]) if values["unique_kills"] else None,
        gold_cpu_s=median(values["gold_cpu_s"]) if values["gold_cpu_s"] else None,
        measured=len(values["kill_rate"]),
    )


def _audited(entries: Sequence[Entry], tier: Tier) -> AuditSummary:
    values = {name: measured(entries, tier, name) for name in ("tpr", "tnr", "unique_rejections", "flaky")}
    leaks = [found.leak for entry in entries for found in measurements(entry, tier)]
    return AuditSummary(
        tests=len(values["flaky"]),
        tpr=fmean(values["tpr"]) if values["tpr"] else None,
        tnr=fmean(values["tnr"]) if values["tnr"] else None,
        unique_rejections=fmean(values["unique_rejections"]) if values["unique_rejections"] else None,
        flaky=int(sum(values["flaky"])),
        leaked=sum(leak in {"input", "test"} for leak in leaks),
    )


def _counted(items: Iterable[Key]) -> dict[Key, int]:
    return dict(Counter(items).most_common())
