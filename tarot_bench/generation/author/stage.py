"""The stage `author`: every generator of the recipe writes new tests for all tiers of every problem."""

from collections.abc import Iterator, Sequence
from functools import partial

from tarot_bench.dataset.entry import Entry
from tarot_bench.generation.author.drafting import Author, CostEstimate, Drafted, Wanted
from tarot_bench.generation.author.merging import merged
from tarot_bench.generation.stage import StageOutcome
from tarot_bench.problem import TIERS, Frozen
from tarot_bench.runs.spool import Spool
from tarot_bench.views import Mapped


class AuthorStage:
    """Implements `stage.Stage`.

    A problem for which a generator writes no tests is kept with a flag; the stage `repair` requests them again.
    It is dropped only where nothing is left to run: no generator wrote a test or a program that makes some, and there
    is no original test. Where such programs are all there is, the first of the old tests becomes an original one, since
    a gold needs a test until they are run.
    """

    name = "author"
    whole = False

    def __init__(self, authors: Sequence[Author]) -> None:
        """Several authors each write every tier; later ones are not asked for materials that earlier ones wrote."""
        self._authors = authors

    def run(self, entries: Sequence[Entry]) -> Iterator[StageOutcome]:
        """Answer each entry, in order; requests that the authors' journals hold are not sent again.

        An entry with a request that was not served has no outcome: it stays pending.

        Raises:
            UserError: an author cannot continue; all answers are kept.
        """
        for entry, drafts in self._drafts(entries):
            made = merged(entry, drafts, self.name, replaced=TIERS)
            if made.problem.all_tests:
                yield StageOutcome.keep(made)
            elif made.materials.generators:
                originals = {"original_tests": (entry.problem.tests[0].as_original(),)}
                yield StageOutcome.keep(made.model_copy(update={"problem": made.problem.model_copy(update=originals)}))
            else:
                name, first = drafts[0]
                yield StageOutcome.drop(entry, first.reason or "no-tests", f"{name}: {first.detail}")

    def estimate(self, entries: Sequence[Entry], rounds: int = 0) -> list[CostEstimate]:
        """What each author would be sent here and in so many rounds of repair, and its cost; nothing is sent.

        The prompts of an author depend on what earlier ones wrote. Where these have no reply yet, nothing is assumed.
        """
        wanted: Sequence[Wanted] = Mapped(entries, lambda entry: Wanted(entry, TIERS))
        made = []
        for author in self._authors:
            made.append(author.estimate(wanted, rounds))
            wanted = Mapped(wanted, partial(_after, author))
        return made

    def _drafts(self, entries: Sequence[Entry]) -> Iterator[tuple[Entry, Sequence[tuple[str, Drafted]]]]:
        """Yield each entry with the drafts of all authors; those of the last author are awaited one by one."""
        made: Sequence[_Made] = Mapped(range(len(entries)), lambda place: _Made(place=place))
        *first, last = self._authors
        for author in first:
            spool = Spool(_Made)
            for each in _with_draft(made, author, entries):
                spool.append(each, each.place)
            made = spool.records()
        for each in _with_draft(made, last, entries):
            yield entries[each.place], each.drafts


class _Made(Frozen):
    """The drafts so far of one entry, each with its author's name."""

    place: int
    """Of the entry."""
    drafts: tuple[tuple[str, Drafted], ...] = ()


def _with_draft(made: Sequence[_Made], author: Author, entries: Sequence[Entry]) -> Iterator[_Made]:
    """Add an author's drafts; entries with a pending one are left out."""
    for each, drafted in zip(made, author.draft(Mapped(made, partial(_wanted, entries))), strict=True):
        if not drafted.pending:
            yield each.model_copy(update={"drafts": (*each.drafts, (author.name, drafted))})


def _wanted(entries: Sequence[Entry], made: _Made) -> Wanted:
    """All tiers, and the materials that earlier authors did not write."""
    wanted = Wanted(entries[made.place], TIERS)
    for _, drafted in made.drafts:
        wanted = wanted.with_materials(drafted.materials)
    return wanted


def _after(author: Author, wanted: Wanted) -> Wanted:
    """What later authors are asked for, as far as it is known without a request to this one."""
    return wanted.with_materials(author.written(wanted))
