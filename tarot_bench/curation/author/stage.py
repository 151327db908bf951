"""The stage `author`: all tiers of every problem are written anew, by every generator of the recipe."""

from collections.abc import Iterator, Sequence

from tarot_bench.curation.author.drafting import Author, Wanted
from tarot_bench.curation.author.merging import merged
from tarot_bench.curation.stage import Outcome
from tarot_bench.dataset.entry import Entry
from tarot_bench.problem import TIERS


class AuthorStage:
    """Implements `stage.Stage`.

    A problem for which a generator has trouble goes on with a flag, with fewer tests: the stage `repair` asks again.
    It is dropped only where nothing is left to run: no generator wrote a test, and there is no original one.
    """

    name = "author"
    whole = False

    def __init__(self, authors: Sequence[Author]) -> None:
        """Several authors each write every tier."""
        self._authors = authors

    def run(self, entries: Sequence[Entry]) -> Iterator[Outcome]:
        """Answer each entry, in order; what the authors' journals hold is not asked for again.

        Raises:
            UserError: an author cannot go on; what was answered is kept.
        """
        wanted = [Wanted(entry, TIERS) for entry in entries]
        streams = [author.draft(wanted) for author in self._authors]
        for entry, *drafts in zip(entries, *streams, strict=True):
            named = [(author.name, drafted) for author, drafted in zip(self._authors, drafts, strict=True)]
            made = merged(entry, named, self.name, replaced=TIERS)
            if made.problem.all_tests:
                yield Outcome.keep(made)
            else:
                name, first = named[0]
                yield Outcome.drop(entry, first.trouble or "no-tests", f"{name}: {first.detail}")
