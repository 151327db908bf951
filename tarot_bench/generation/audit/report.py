"""The result of an audit: numbers per part of the tests, per problem and in total."""

from typing import Any

from tarot_bench.metrics.intervals import Estimate
from tarot_bench.metrics.quality import Detection, Order
from tarot_bench.problem import Frozen


class Margin(Frozen):
    """The smallest ratio of the CPU limit to the gold's CPU seconds."""

    ratio: float
    """At least; the gold's seconds are rounded up to a power of two, so that repeated audits agree."""
    problem: str


class PartReport(Frozen):
    """The tests of one part: a tier, a group of the source, ``tiers`` (all of these) or ``all``.

    Estimates are None where there is nothing to measure.
    """

    problems: int
    """Problems that have such tests."""
    tests: int
    """Malformed ones not counted."""
    detection: Detection
    """TPR, TNR, DR and VAcc on the programs whose correctness is known; the gold is one of the correct ones."""
    exclusion: Estimate | None = None
    """Share of the basis of wrong programs and mutants that the tests reject (`tarot_bench.metrics.basis`)."""
    mutation_score: Estimate | None = None
    """Share of the killable mutants that the tests kill; killable is what any test or further input kills."""
    redundant: Estimate | None = None
    """Share of tests whose removal loses no rejected program; tests with a tier are compared among themselves."""
    unique_rejections: int = 0
    """Wrong programs and mutants that only one of the tests rejects."""
    constant: Estimate | None = None
    """Share of problems on which a program that prints one fixed output passes."""
    flaky: Estimate | None = None
    """Share of tests on which the runs of the gold differ in verdict or output."""
    gold_failures: int = 0
    """Tests that the gold fails."""
    margin: Margin | None = None
    """The least time margin of the gold."""
    duplicates: int = 0
    """Tests with the input of an earlier test, of any part."""
    leaked_inputs: int = 0
    """Tests whose input the statement shows."""
    leaked_tests: int = 0
    """Those of them whose output it shows, too."""


class OrderReport(Frozen):
    """Whether a measure rises over basic, intermediate and complex."""

    rising: Estimate | None
    """Share of problems on which it strictly rises."""
    not_falling: Estimate | None
    """Share of problems on which it does not fall."""


class Finding(Frozen):
    """Something that a person should look at."""

    problem: str
    part: str | None = None
    """None where the finding is about the whole problem."""
    test: str | None = None
    """`tarot_bench.dataset.errata.test_digest`; None where the finding is about no single test."""
    number: int | None = None
    """The test's number among all tests of the problem, from 1."""
    reason: str
    """A short code; findings are counted by it."""
    detail: str = ""
    output: str | None = None
    """The output that more than half of the correct programs give, where it is not the expected one."""


class ProblemPart(Frozen):
    """The counts of one part of one problem."""

    tests: int
    correct: int
    accepted: int
    wrong: int
    rejected: int
    basis: int
    excluded: int
    killable: int
    killed: int
    redundant: int | None
    """None where nothing is rejected by any test."""
    unique_rejections: int
    constant: bool | None
    steps: int | None
    """The most of a test."""
    input_chars: int
    """The most of a test."""


class ProblemReport(Frozen):
    """One problem."""

    id: str
    parts: dict[str, ProblemPart]
    orders: dict[str, Order]
    """By measure: ``rejection``, ``steps``, ``size``; those that are known for the three tiers."""
    ambiguous: str = ""


class AuditReport(Frozen):
    """The result of an audit, as ``audit.json`` holds it."""

    data: str
    revision: str
    digest: str
    """`tarot_bench.problem.digest_of` the problems."""
    settings: dict[str, Any]
    environment: dict[str, Any]
    problems: int
    tests: int
    without_gold: int
    malformed: int
    """Tests that cannot judge any program."""
    skipped: dict[str, int]
    """Rows that hold no usable problem, by reason."""
    programs: dict[str, int]
    """Programs whose correctness is known, by kind."""
    mutants: int
    killable: int
    """Mutants that some test or further input kills. Others may be equivalent to the gold and are never counted."""
    extra_tests: int
    parts: dict[str, PartReport]
    orders: dict[str, OrderReport]
    """By measure."""
    reasons: dict[str, int]
    """Findings, by reason."""
    details: tuple[ProblemReport, ...]
    findings: tuple[Finding, ...]
