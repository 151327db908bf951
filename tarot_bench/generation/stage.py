"""The protocol of a stage: it keeps each entry, or drops it with a reason."""

from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from typing import Protocol, Self

from pydantic import model_validator

from tarot_bench.dataset.entry import Entry
from tarot_bench.errors import one_line
from tarot_bench.grading.generated import UnmadeInputError
from tarot_bench.problem import Frozen

NOT_MADE = "input-not-made"
"""The reason of an entry that is dropped because an input can no longer be made."""


class StageOutcome(Frozen):
    """The outcome of one entry in a stage: one line of the stage's journal.

    Raises (on construction, as pydantic's ValidationError): dropped without a reason, or kept with one.
    """

    id: str
    """The problem's id; the place of a row that could not be read."""
    source_id: str | None = None
    """The id in the source of a row that could not be read."""
    entry: Entry | None
    """The entry for the next stage; None if it was dropped."""
    reason: str | None = None
    """A short code for why it was dropped, as in ``gold-crashes``; the funnel counts by reason."""
    detail: str = ""
    """One line for readers of ``rejected.jsonl``."""

    @model_validator(mode="after")
    def _dropped_if_and_only_if_there_is_a_reason(self) -> Self:
        if (self.entry is None) != (self.reason is not None):
            raise ValueError(f"problem {self.id!r}: an entry is dropped if, and only if, a reason is given")
        return self

    @classmethod
    def keep(cls, entry: Entry) -> Self:
        """Keep an entry, changed or not."""
        return cls(id=entry.problem.id, entry=entry)

    @classmethod
    def drop(cls, entry: Entry, reason: str, detail: str = "") -> Self:
        """Drop an entry."""
        return cls(id=entry.problem.id, entry=None, reason=reason, detail=detail)


def unless_unmade(answer: Callable[[Entry], StageOutcome]) -> Callable[[Entry], StageOutcome]:
    """Drop an entry whose generator program prints another input than it did: no resume would change that."""

    @wraps(answer)
    def answer_or_drop(entry: Entry) -> StageOutcome:
        try:
            return answer(entry)
        except UnmadeInputError as error:
            return StageOutcome.drop(entry, NOT_MADE, one_line(error))

    return answer_or_drop


class Stage(Protocol):
    """A step of the pipeline. Its constructor takes its section of the recipe and the objects it works with."""

    @property
    def name(self) -> str:
        """The name in recipes, journals and the funnel."""
        ...

    @property
    def whole(self) -> bool:
        """Whether the stage must see all entries at once.

        If so, an interrupted run of it starts again on resume; otherwise it gets only the pending entries.
        """
        ...

    def run(self, entries: Sequence[Entry]) -> Iterator[StageOutcome]:
        """Answer each entry with one `StageOutcome`, in any order.

        An entry is read from disk whenever it is asked for: hold few of them at a time. Slices read nothing yet.

        An outcome must not depend on the order in which replies arrive, nor (unless the stage is ``whole``) on other
        entries: a resumed run writes the same bytes as an uninterrupted one.
        """
        ...
