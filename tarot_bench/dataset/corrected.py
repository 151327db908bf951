"""Entries after errata: facts follow the tests that they are about."""

from collections.abc import Iterable, Sequence

from tarot_bench.dataset.entry import Entry, Measurement, TestFacts
from tarot_bench.dataset.errata import Erratum, apply_errata, test_digest
from tarot_bench.problem import Problem


def corrected_entries(entries: Sequence[Entry], errata: Iterable[Erratum]) -> list[Entry]:
    """Apply errata; entries without tests are left out.

    What was voted and measured of a test whose output was corrected does not hold any more, and is removed.

    Raises:
        DataError: an erratum names a problem or a test that does not exist.
    """
    known = {entry.problem.id: entry for entry in entries}
    made = apply_errata([entry.problem for entry in entries], errata)
    return [_with_problem(known[problem.id], problem) for problem in made.problems]


def _with_problem(entry: Entry, problem: Problem) -> Entry:
    """The entry with its problem after errata."""
    if problem is entry.problem or not entry.facts:
        return entry.model_copy(update={"problem": problem})
    pairs = zip(entry.problem.tests, entry.facts, strict=True)
    known = {test_digest(test): (test.output, facts) for test, facts in pairs}
    facts = tuple(_facts_of(test.output, *known[test_digest(test)]) for test in problem.tests)
    return entry.model_copy(update={"problem": problem, "facts": facts})


def _facts_of(output: str, before: str, facts: TestFacts) -> TestFacts:
    return facts if output == before else facts.model_copy(update={"votes": (), "measurement": Measurement()})
