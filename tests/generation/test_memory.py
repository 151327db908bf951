"""Stages hold a few entries at a time, however many there are: what waits for a later author or round is on disk."""

import gc

import pytest

from tarot_bench.dataset.entry import Entry, Provenance, WrongProgram
from tarot_bench.generation.author.drafting import Drafted, FailedTest
from tarot_bench.generation.author.stage import AuthorStage
from tarot_bench.generation.repair import RepairStage
from tarot_bench.generation.selection.assessing import Assessment
from tarot_bench.generation.selection.improving import Improver
from tarot_bench.generation.stage import StageOutcome
from tarot_bench.generation.validate.stage import Checked
from tarot_bench.problem import Tier
from tarot_bench.views import Mapped
from tests.generation.making import case_of, entry_of

COUNT, FEW = 150, 40
ENTRIES = Mapped(range(COUNT), lambda number: entry_of(f"p{number}", tests=()))
FAILURE = FailedTest(Tier.EDGE, "1\n1\n", "2\n", "1\n", "gold-disagrees: ")


def alive(kind):
    """How many objects of a type are reachable or not yet collected."""
    gc.collect()
    return sum(isinstance(each, kind) for each in gc.get_objects())


class Author:
    """Writes one basic test for everybody, and counts what is held in the middle of its work."""

    def __init__(self, name, kind):
        self.name, self.kind, self.held = name, kind, 0

    def draft(self, wanted):
        for number, want in enumerate(wanted):
            if number == COUNT // 2:
                self.held = alive(self.kind)
            yield Drafted(want.entry.problem.id, ((case_of(Tier.BASIC, str(number)), Provenance(generator=self.name)),))


def test_drafts_of_earlier_authors_are_not_held():
    before = alive(Drafted)
    authors = [Author(name, Drafted) for name in ("a", "b", "c")]
    outcomes = AuthorStage(authors).run(ENTRIES)
    assert sum(outcome.reason is None for outcome in outcomes) == COUNT
    assert [author.held < before + FEW for author in authors] == [True] * 3


def test_entries_that_wait_for_a_round_of_repair_are_not_held():
    before = alive(Entry)
    author = Author("a", Entry)
    stage = RepairStage([author], lambda entry: Checked(entry, (FAILURE,)), rounds=2)
    assert sum(outcome.reason is not None for outcome in stage.run(ENTRIES)) == COUNT  # which lack an edge test
    assert author.held < before + FEW


def test_entries_that_wait_for_a_round_of_the_loop_are_not_held(tmp_path):
    before = alive(Entry)
    author = Author("a", Entry)
    improver = Improver([author], lambda entry: Checked(entry, ()), 2, tmp_path / "requests.jsonl")
    survivor = WrongProgram(source="print(0)", origin="source")
    outcomes = improver.run(ENTRIES, lambda entry: Assessment(entry, (), (survivor,)), lambda found: found.entry)
    assert sum(isinstance(outcome, StageOutcome) for outcome in outcomes) == COUNT
    assert author.held < before + FEW


@pytest.mark.parametrize("kind", [Drafted, Entry])
def test_the_count_sees_what_is_held(kind):
    before = alive(kind)
    held = [Drafted(entry.problem.id) if kind is Drafted else entry for entry in ENTRIES]
    assert alive(kind) == before + len(held)
