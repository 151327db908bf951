"""The outcomes of a stage while it runs: a journal on disk, and in memory a few bytes per entry."""

from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import overload

import numpy as np
from pydantic_core import from_json, to_json

from tarot_bench.dataset.entry import Entry
from tarot_bench.generation.stage import StageOutcome
from tarot_bench.problem import Frozen
from tarot_bench.runs import JournalWriter
from tarot_bench.runs.stored import StoredRecords
from tarot_bench.views import Selected

_PENDING = -1


class Answer(Frozen):
    """One line of a stage's journal."""

    place: int
    """Of the entry among those that the stage got, from 0; the first stage counts its outcomes."""
    outcome: StageOutcome


class Outcomes:
    """Appends the outcomes of a stage to its journal, in any order, and gives them back in the order of the entries.

    Attributes:
        dropped: the counts of dropped entries, by reason.
        flags: the counts of flags of this stage that it added to kept entries, by reason.
    """

    def __init__(self, path: Path, stage: str, entries: Sequence[Entry] | None) -> None:
        """Open the journal; outcomes of an interrupted run are found in it.

        Args:
            path: the journal.
            stage: its name.
            entries: what the stage gets; None for the first stage, which makes the entries.
        """
        self.dropped: Counter[str] = Counter()
        self.flags: Counter[str] = Counter()
        self._path, self._stage, self._entries = path, stage, entries
        self._lines = array("q", [_PENDING]) * len(entries or ())
        self._is_drop = bytearray(len(entries or ()))
        self._places: dict[str, int] = {}
        self._journal = JournalWriter(path, Answer)
        self._length = 0
        for answer in self._journal:
            self._note(answer)

    def __len__(self) -> int:
        """The number of entries, answered and pending."""
        return len(self._lines)

    @property
    def pending(self) -> int:
        """The number of entries without an outcome."""
        return self._lines.count(_PENDING)

    def unanswered(self) -> Sequence[Entry]:
        """The entries without an outcome, read as they are asked for."""
        if self._entries is None:
            return []
        places = np.flatnonzero(np.array(self._lines) == _PENDING)
        return _Given(Selected(self._entries, places), self._places.__setitem__)

    def append(self, outcome: StageOutcome) -> None:
        """Add an outcome to the journal.

        Raises:
            RunError: it could not be written.
            AssertionError: the stage was not given this entry, or answered it before.
        """
        if self._entries is None:
            place = len(self)
            self._lines.append(_PENDING)
            self._is_drop.append(False)
        elif (given := self._places.pop(outcome.id, None)) is None or self._lines[given] != _PENDING:
            raise AssertionError(f"stage {self._stage} answered {outcome.id!r} twice, or was not given it")
        else:
            place = given
        answer = Answer(place=place, outcome=outcome)
        self._journal.append(answer)
        self._note(answer)

    def close(self) -> None:
        """Close the journal. Idempotent."""
        self._journal.close()

    def rejected(self) -> Iterator[StageOutcome]:
        """The outcomes of the dropped entries, in the order of the entries."""
        journal = StoredRecords(self._path, Answer)
        return (journal[self._lines[place]].outcome for place in range(len(self)) if self._is_drop[place])

    def kept(self) -> Iterator[str]:
        """The kept entries as lines of JSON, in the order of the entries."""
        journal = StoredRecords(self._path, Answer)
        lines = (journal.line(self._lines[place]) for place in range(len(self)) if not self._is_drop[place])
        return (to_json(from_json(line)["outcome"]["entry"]).decode() + "\n" for line in lines)

    def _note(self, answer: Answer) -> None:
        outcome = answer.outcome
        self._lines[answer.place] = self._length
        self._length += 1
        if outcome.reason is not None:
            self._is_drop[answer.place] = True
            self.dropped[outcome.reason] += 1
        elif outcome.entry and any(flag.stage == self._stage for flag in outcome.entry.flags):
            before = self._entries[answer.place].flags if self._entries is not None else ()
            self.flags.update(
                flag.reason for flag in outcome.entry.flags if flag.stage == self._stage and flag not in before
            )


class _Given(Sequence[Entry]):
    """Entries that a stage is given; notes the place of each one that is read."""

    def __init__(self, entries: Selected[Entry], note: Callable[[str, int], None]) -> None:
        self._entries, self._note = entries, note

    def __len__(self) -> int:
        return len(self._entries)

    @overload
    def __getitem__(self, at: int) -> Entry: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[Entry]: ...

    def __getitem__(self, at: int | slice) -> Entry | Sequence[Entry]:
        if isinstance(at, slice):
            return _Given(self._entries[at], self._note)
        entry = self._entries[at]
        self._note(entry.problem.id, int(self._entries.places[at]))
        return entry

    def __iter__(self) -> Iterator[Entry]:
        return (self[at] for at in range(len(self)))
