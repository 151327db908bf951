"""Summarise the records of an audit."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from tarot_bench.generation.audit.findings import findings_of
from tarot_bench.generation.audit.measured import Measured
from tarot_bench.generation.audit.records import ProblemRecord, TestRecord, part_order
from tarot_bench.generation.audit.report import (
    AuditReport,
    Margin,
    OrderReport,
    PartReport,
    ProblemPart,
    ProblemReport,
)
from tarot_bench.generation.measure.killing import rounded
from tarot_bench.metrics.intervals import Estimate
from tarot_bench.metrics.quality import Order, detection, order_of, share
from tarot_bench.problem import Tier
from tarot_bench.verdict import Verdict

LADDER = (Tier.BASIC, Tier.INTERMEDIATE, Tier.COMPLEX)
MEASURES: dict[str, Callable[[ProblemPart], float | None]] = {
    "rejection": lambda part: part.rejected + part.killed if part.wrong + part.killable else None,
    "steps": lambda part: part.steps,
    "size": lambda part: part.input_chars,
}
"""What should rise over the tiers: programs rejected, lines executed, characters of input."""


def problem_report(record: ProblemRecord) -> ProblemReport:
    """The numbers of one problem."""
    measured = Measured(record)
    parts = {name: measured.part(name) for name in measured.parts}
    orders: dict[str, Order] = {}
    if all(tier in parts for tier in LADDER):
        for measure, value in MEASURES.items():
            order = order_of([value(parts[tier]) for tier in LADDER])
            if order:
                orders[measure] = order
    return ProblemReport(id=record.id, parts=parts, orders=orders, ambiguous=record.ambiguous)


def audit_report(records: Sequence[ProblemRecord], told: dict[str, Any]) -> AuditReport:
    """Summarise all records.

    Args:
        records: one per problem, in the order of the dataset.
        told: the fields of `AuditReport` about dataset, settings and environment.
    """
    details = tuple(problem_report(record) for record in records)
    findings = tuple(finding for record in records for finding in findings_of(record))
    names = sorted({part for detail in details for part in detail.parts}, key=part_order)
    return AuditReport(
        **told,
        problems=len(records),
        tests=sum(len(record.tests) for record in records),
        without_gold=sum(not record.gold for record in records),
        malformed=sum(bool(test.malformed) for record in records for test in record.tests),
        programs=dict(sorted(Counter(program.kind for record in records for program in record.programs).items())),
        mutants=sum(len(record.mutants) for record in records),
        killable=sum(len(Measured(record).killable) for record in records),
        extra_tests=sum(record.extra_tests for record in records),
        parts={name: _part_report(name, records, details) for name in names},
        orders=_orders(details),
        reasons=dict(sorted(Counter(finding.reason for finding in findings).items())),
        details=details,
        findings=findings,
    )


def _part_report(name: str, records: Sequence[ProblemRecord], details: Sequence[ProblemReport]) -> PartReport:
    pairs = zip(records, details, strict=True)
    present = [(record, detail.parts[name]) for record, detail in pairs if name in detail.parts]
    records, parts = [record for record, _ in present], [part for _, part in present]
    groups = [[record.tests[number] for number in record.parts()[name]] for record in records]
    tests = [test for group in groups for test in group]
    constants = [part.constant for part in parts if part.constant is not None]
    known = [part for part in parts if part.redundant is not None]
    return PartReport(
        problems=len(parts),
        tests=len(tests),
        detection=detection([Measured(record).judged(name) for record in records]),
        exclusion=share([part.excluded for part in parts], [part.basis for part in parts]),
        mutation_score=share([part.killed for part in parts], [part.killable for part in parts]),
        redundant=share([part.redundant or 0 for part in known], [part.tests for part in known]),
        unique_rejections=sum(part.unique_rejections for part in parts),
        constant=share([int(value) for value in constants], [1] * len(constants)),
        flaky=_flaky(groups),
        gold_failures=sum(test.gold not in (None, Verdict.PASSED) for test in tests),
        margin=_margin(name, records),
        duplicates=sum(test.duplicate_of is not None for test in tests),
        leaked_inputs=sum(test.leak != "none" for test in tests),
        leaked_tests=sum(test.leak == "test" for test in tests),
    )


def _flaky(groups: Sequence[Sequence[TestRecord]]) -> Estimate | None:
    run = [[test for test in group if test.gold is not None] for group in groups]
    return share([sum(test.flaky for test in group) for group in run], [len(group) for group in run])


def _margin(name: str, records: Sequence[ProblemRecord]) -> Margin | None:
    found = [
        (record.cpu_limit_s / rounded(seconds), record.id)
        for record in records
        for number in record.parts()[name]
        if (seconds := record.tests[number].gold_cpu_s) is not None
    ]
    if not found:
        return None
    ratio, problem = min(found)
    return Margin(ratio=ratio, problem=problem)


def _orders(details: Sequence[ProblemReport]) -> dict[str, OrderReport]:
    made = {}
    for measure in MEASURES:
        orders = [detail.orders[measure] for detail in details if measure in detail.orders]
        ones = [1] * len(orders)
        made[measure] = OrderReport(
            rising=share([order is Order.RISING for order in orders], ones),
            not_falling=share([order is not Order.FALLING for order in orders], ones),
        )
    return made
