"""The stage `author`: every generator of the recipe writes new tests for all tiers of every problem."""

from collections.abc import Iterator, Sequence
from typing import overload

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
            else:
                name, first = drafts[0]
                yield StageOutcome.drop(entry, first.reason or "no-tests", f"{name}: {first.detail}")

    def _drafts(self, entries: Sequence[Entry]) -> Iterator[tuple[Entry, list[tuple[str, Drafted]]]]:
        """Yield each entry with the drafts of all authors; those of the last author are awaited one by one."""
        so_far: list[list[tuple[str, Drafted]]] = [[] for _ in range(len(entries))]
        places: Sequence[int] = range(len(entries))
        *first, last = self._authors
        for author in first:
            places = list(_added(author, _Requests(entries, places, so_far)))
        for place in _added(last, _Requests(entries, places, so_far)):
            drafts, so_far[place] = so_far[place], []
            yield entries[place], drafts


class _Requests(Sequence[Wanted]):
    """One request per entry, made when it is asked for: entries are read from disk and are not held.

    Attributes:
        places: which entries are asked for.
        so_far: the drafts of earlier authors, by entry.
    """

    def __init__(
        self, entries: Sequence[Entry], places: Sequence[int], so_far: list[list[tuple[str, Drafted]]]
    ) -> None:
        self._entries, self.places, self.so_far = entries, places, so_far

    def __len__(self) -> int:
        return len(self.places)

    @overload
    def __getitem__(self, at: int) -> Wanted: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[Wanted]: ...

    def __getitem__(self, at: int | slice) -> Wanted | Sequence[Wanted]:
        if isinstance(at, slice):
            return _Requests(self._entries, self.places[at], self.so_far)
        entry = self._entries[self.places[at]]
        materials = entry.materials
        for _, drafted in self.so_far[self.places[at]]:
            materials = materials.with_more(drafted.materials)
        return Wanted(entry.model_copy(update={"materials": materials}), TIERS)


def _added(author: Author, requests: _Requests) -> Iterator[int]:
    """Add one draft to each entry, and yield its place; places with a pending draft are left out."""
    for place, drafted in zip(requests.places, author.draft(requests), strict=True):
        if not drafted.pending:
            requests.so_far[place].append((author.name, drafted))
            yield place
