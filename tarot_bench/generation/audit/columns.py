"""The measured facts of each test as rows, for publishing and for a notebook."""

from collections.abc import Iterator

from tarot_bench.dataset.audited import TestColumns
from tarot_bench.generation.audit.measured import Measured
from tarot_bench.generation.audit.records import ProblemRecord
from tarot_bench.metrics.quality import count_rejected, unique_rejections
from tarot_bench.verdict import Verdict


def columns_of(record: ProblemRecord) -> Iterator[TestColumns]:
    """One row per test that is not malformed."""
    measured = Measured(record)
    unique = unique_rejections(measured.killable, record.usable)
    for number in record.usable:
        test = record.tests[number]
        one = frozenset({number})
        correct, wrong, killable = measured.correct, measured.wrong, measured.killable
        yield TestColumns(
            problem_id=record.id,
            part=test.part,
            number=number + 1,
            test=test.digest,
            input_chars=test.input_chars,
            steps=test.steps,
            kill_rate=_rate(count_rejected(killable, one & record.sound), len(killable)),
            unique_kills=unique[number] if killable else None,
            gold_cpu_s=test.gold_cpu_s,
            tpr=_rate(len(correct) - count_rejected(correct, one), len(correct)),
            tnr=_rate(count_rejected(wrong, one), len(wrong)),
            unique_rejections=measured.unique[number],
            gold_passes=None if test.gold is None else test.gold is Verdict.PASSED,
            flaky=test.flaky,
            leak=test.leak,
            duplicate_of=test.duplicate_of,
        )


def _rate(count: int, total: int) -> float | None:
    return round(count / total, 4) if total else None
