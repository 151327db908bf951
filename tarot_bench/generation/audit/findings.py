"""Findings about single problems and tests, and the errata that they propose."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Literal

from tarot_bench.dataset.errata import DataVersion, Errata, Erratum
from tarot_bench.generation.audit.records import ProblemRecord, ProgramRecord
from tarot_bench.generation.audit.report import AuditReport, Finding
from tarot_bench.problem import TIERS, Tier
from tarot_bench.verdict import Verdict

PROPOSED = ("malformed", "gold-fails", "flaky", "outvoted", "solutions-disagree")
"""Reasons for which an erratum is proposed; the others are no fault of a test by themselves."""


def findings_of(record: ProblemRecord) -> list[Finding]:
    """All findings about one problem."""
    found = [finding for number in range(len(record.tests)) for finding in _about_test(record, number)]
    if not record.gold:
        found.append(Finding(problem=record.id, reason="no-gold"))
    if record.ambiguous:
        disagree = record.ambiguous.startswith("correct solutions")
        reason = "solutions-disagree" if disagree else "several-answers"
        found.append(Finding(problem=record.id, reason=reason, detail=record.ambiguous))
    for program in record.programs:
        if not program.correct and not record.sound.intersection(program.failed):
            found.append(Finding(problem=record.id, reason="not-rejected", detail=f"{program.kind} {program.name}"))
        found += _about_stated_tiers(record, program)
    return found


def _about_test(record: ProblemRecord, number: int) -> Iterator[Finding]:
    test = record.tests[number]

    def finding(reason: str, detail: str, output: str | None = None) -> Finding:
        return Finding(
            problem=record.id,
            part=test.part,
            test=test.digest,
            number=number + 1,
            reason=reason,
            detail=detail,
            output=output,
        )

    if test.malformed:
        yield finding("malformed", test.malformed)
        return
    correct = [program for program in record.programs if program.correct]
    failing = [program for program in correct if number in program.failed]
    output = _majority(failing, number, len(correct))
    if test.flaky:
        yield finding("flaky", "the runs of the gold differ")
    elif test.gold not in (None, Verdict.PASSED):
        yield finding("gold-fails", f"{test.gold}: {test.detail}", output if len(correct) > 1 else None)
    elif 2 * len(failing) > len(correct):
        yield finding("outvoted", f"{len(failing)} of {len(correct)} correct programs fail the test", output)
    if test.duplicate_of is not None:
        yield finding("duplicate", f"the input is that of a test of {test.duplicate_of}")
    if test.leak == "test" and test.part in TIERS:  # statements show original tests as their samples
        yield finding("in-statement", "the statement shows input and output")


def _majority(programs: Sequence[ProgramRecord], number: int, voters: int) -> str | None:
    """The output that more than half of the correct programs give instead of the expected one."""
    answers = [program.answers[number].strip() for program in programs if number in program.answers]
    for program in programs:
        said = program.answers.get(number)
        if said is not None and 2 * answers.count(said.strip()) > voters:
            return said
    return None


def _about_stated_tiers(record: ProblemRecord, program: ProgramRecord) -> Iterator[Finding]:
    if program.fails is None:
        return
    parts = record.parts()
    failed = tuple(tier for tier in TIERS if not parts.get(tier, frozenset()).isdisjoint(program.failed))
    if failed != program.fails:
        said, got = (", ".join(tiers) or "no tier" for tiers in (program.fails, failed))
        detail = f"{program.name} is said to fail {said}, and fails {got}"
        yield Finding(problem=record.id, reason="stated-tiers", detail=detail)


def proposals(report: AuditReport, day: date) -> Errata:
    """Errata that the findings propose.

    A test is corrected where more than half of the correct programs, the gold included, agree on another output, and
    retracted otherwise. A problem on which correct solutions disagree is retracted, unless its tests are.
    """
    made: list[Erratum] = []
    for finding in report.findings:
        if finding.reason not in PROPOSED:
            continue
        if finding.test is None and any(erratum.problem == finding.problem for erratum in made):
            continue
        made.append(
            Erratum(
                problem=finding.problem,
                tier=_tier(finding.part),
                test=finding.test,
                action="retract" if finding.output is None else "correct",
                output=finding.output,
                reason=finding.reason,
                date=day,
                evidence=finding.detail,
            )
        )
    data = DataVersion(source=report.data, revision=report.revision, digest=report.digest)
    return Errata(data=data, errata=tuple(made))


def _tier(part: str | None) -> Tier | Literal["original"] | None:
    if part is None:
        return None
    return Tier(part) if part in TIERS else "original"
