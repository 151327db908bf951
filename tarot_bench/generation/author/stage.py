"""The stage `author`: every generator of the recipe writes new tests for all tiers of every problem."""

from collections.abc import Iterator, Sequence

from tarot_bench.dataset.entry import Entry
from tarot_bench.generation.author.drafting import Author, Drafted, Wanted
from tarot_bench.generation.author.merging import merged
from tarot_bench.generation.stage import StageOutcome
from tarot_bench.problem import TIERS


class AuthorStage:
    """Implements `stage.Stage`.

    A problem for which a generator writes no tests is kept with a flag; the stage `repair` requests them again.
    It is dropped only where nothing is left to run: no generator wrote a test, and there is no original one.
    """

    name = "author"
    whole = False

    def __init__(self, authors: Sequence[Author]) -> None:
        """Several authors each write every tier; later ones see the validators of earlier ones."""
        self._authors = authors

    def run(self, entries: Sequence[Entry]) -> Iterator[StageOutcome]:
        """Answer each entry, in order; requests that the authors' journals hold are not sent again.

        Raises:
            UserError: an author cannot continue; all answers are kept.
        """
        for entry, drafts in zip(entries, self._drafts(entries), strict=True):
            made = merged(entry, drafts, self.name, replaced=TIERS)
            if made.problem.all_tests:
                yield StageOutcome.keep(made)
            else:
                name, first = drafts[0]
                yield StageOutcome.drop(entry, first.reason or "no-tests", f"{name}: {first.detail}")

    def _drafts(self, entries: Sequence[Entry]) -> Iterator[list[tuple[str, Drafted]]]:
        """Yield each entry's drafts of all authors; those of the last author are awaited one by one."""
        so_far: list[list[tuple[str, Drafted]]] = [[] for _ in entries]
        *first, last = self._authors
        for author in first:
            for drafts, drafted in zip(so_far, author.draft(_wanted(entries, so_far)), strict=True):
                drafts.append((author.name, drafted))
        for drafts, drafted in zip(so_far, last.draft(_wanted(entries, so_far)), strict=True):
            yield [*drafts, (last.name, drafted)]


def _wanted(entries: Sequence[Entry], so_far: Sequence[Sequence[tuple[str, Drafted]]]) -> list[Wanted]:
    wanted = []
    for entry, drafts in zip(entries, so_far, strict=True):
        validators = (entry.validator, *(drafted.validator for _, drafted in drafts))
        known = next((program for program in validators if program), None)
        wanted.append(Wanted(entry.model_copy(update={"validator": known}), TIERS))
    return wanted
