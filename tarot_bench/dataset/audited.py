"""Facts of tests that an audit measured: the rows of its ``columns.jsonl``."""

from collections.abc import Iterable, Sequence

from tarot_bench.dataset.entry import Entry, Measurement, TestFacts


class TestColumns(Measurement):
    """One test of an audited dataset."""

    __test__ = False

    problem_id: str
    part: str
    """A tier, a group of the source, or ``original``."""
    number: int
    """The test's number among all tests of the problem, from 1."""
    test: str
    """`tarot_bench.dataset.errata.test_digest`."""
    gold_passes: bool | None
    duplicate_of: str | None


def with_columns(entries: Sequence[Entry], rows: Iterable[TestColumns]) -> list[Entry]:
    """The entries with the measurements of an audit of the same tests; what it did not measure stays as it is."""
    measured = {(row.problem_id, row.number): row for row in rows}
    return [_with_columns(entry, measured) for entry in entries]


def _with_columns(entry: Entry, measured: dict[tuple[str, int], TestColumns]) -> Entry:
    facts = entry.facts or (TestFacts(),) * len(entry.problem.tests)
    made = []
    for number, known in enumerate(facts, start=1):
        row = measured.get((entry.problem.id, number))
        found = row.model_dump(include=set(Measurement.model_fields), exclude_none=True) if row else {}
        made.append(known.model_copy(update={"measurement": known.measurement.model_copy(update=found)}))
    return entry.model_copy(update={"facts": tuple(made)})
