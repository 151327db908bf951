"""What every stage of the factory answers: for each entry, keep it or drop it with a reason."""

from collections.abc import Iterator, Sequence
from typing import Protocol, Self

from pydantic import model_validator

from tarot_bench.dataset.entry import Entry
from tarot_bench.problem import Frozen


class StageOutcome(Frozen):
    """One line of a stage's journal: what became of one entry.

    Raises (on construction, as pydantic's ValidationError): dropped without a reason, or kept with one.
    """

    id: str
    """The problem's id."""
    entry: Entry | None
    """What goes on to the next stage; None where the entry was dropped."""
    reason: str | None = None
    """A short code of why it was dropped, as in ``gold-crashes``; the funnel counts by it."""
    detail: str = ""
    """One line for the reader of the rejects."""

    @model_validator(mode="after")
    def _dropped_if_and_only_if_there_is_a_reason(self) -> Self:
        if (self.entry is None) != (self.reason is not None):
            raise ValueError(f"problem {self.id!r}: an entry is dropped if, and only if, a reason is given")
        return self

    @classmethod
    def keep(cls, entry: Entry) -> Self:
        """The entry goes on, changed or not."""
        return cls(id=entry.problem.id, entry=entry)

    @classmethod
    def drop(cls, entry: Entry, reason: str, detail: str = "") -> Self:
        """The entry leaves the factory here."""
        return cls(id=entry.problem.id, entry=None, reason=reason, detail=detail)


class Stage(Protocol):
    """A step of the factory. Its constructor takes its section of the recipe and what it works with."""

    @property
    def name(self) -> str:
        """As recipes, journals and the funnel call it."""
        ...

    @property
    def whole(self) -> bool:
        """Whether it must see all entries at once.

        Then an interrupted run of it starts anew on resume; otherwise it gets only the entries it still owes.
        """
        ...

    def run(self, entries: Sequence[Entry]) -> Iterator[StageOutcome]:
        """Answer each entry with one `StageOutcome`, in any order.

        What a stage says of an entry must not depend on the order in which answers arrive, nor (unless it is
        ``whole``) on which other entries it was given: a resumed run ends with the same bytes as an undisturbed one.
        """
        ...
