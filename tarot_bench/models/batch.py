"""The protocol of models with a batch API: many requests are answered within a day, at a lower price."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from tarot_bench.models.answers import FailedAnswerError
from tarot_bench.models.retry import Transient
from tarot_bench.reading import parse_json

Body = dict[str, Any]
"""The body of one request, live or in a batch."""
Row = tuple[str, bytes]
"""The key of a request, and the row of the results that belongs to it, as it came."""

CLOCK_SKEW_S = 600.0
"""How far our clock may be ahead of a service's."""


@dataclass(frozen=True, slots=True)
class RequestBatch:
    """A batch that was planned, and perhaps sent.

    Attributes:
        label: ours; no other batch has it.
        keys: names of the requests: at most 64 letters, digits, ``_`` and ``-``.
        planned_at: Unix time.
        service_id: the id that the service gave it; None while we know none.
    """

    label: str
    keys: tuple[str, ...]
    planned_at: float
    service_id: str | None


@dataclass(frozen=True, slots=True)
class BatchProgress:
    """The progress of a batch.

    Attributes:
        ended: no row will be added any more.
        missing: why requests have no row at the end: ``missing-row``, ``expired`` or ``canceled``.
        failed: why the service failed the batch as a whole, which costs nothing; None otherwise.
        full: it failed because too many of our requests are enqueued; it can be sent again later.
        done: requests that the service says are finished, with or without an answer.
    """

    ended: bool
    missing: str = "missing-row"
    failed: str | None = None
    full: bool = False
    done: int = 0


@runtime_checkable
class BatchModel(Protocol):
    """A model with a batch API. Each method is one attempt; `judge` says which failures to repeat."""

    def judge(self, error: Exception) -> Transient:
        """Classify a failed call: return if it may be repeated, raise a typed error otherwise."""
        ...

    def judge_row(self, error: FailedAnswerError, body: Body, answered: bool) -> Transient:
        """Classify the failure of one request, whose batch has answers or none, as `judge` does a failed call."""
        ...

    async def submit(self, batch: RequestBatch, bodies: Sequence[Body]) -> str:
        """Create a batch and return its id."""
        ...

    async def find(self, batch: RequestBatch, known: set[str], poll_s: float) -> str | None:
        """Return the id of a batch that may have been created although we got no answer; None if it was not.

        Args:
            batch: as it was planned.
            known: batches that are known to be others.
            poll_s: seconds between two looks at a batch that must end before its keys can be read.
        """
        ...

    async def look(self, service_id: str) -> BatchProgress:
        """The progress of a batch."""
        ...

    def rows(self, service_id: str) -> AsyncIterator[Row]:
        """Yield all rows of an ended batch, in any order; rows that cannot be read have an empty key."""
        ...


async def rows_of(chunks: AsyncIterator[bytes]) -> AsyncIterator[Row]:
    """Split a batch's results, which come in chunks of any size, into rows.

    Only a line feed ends a row: JSON may hold U+2028, U+2029 and U+0085 as they are, which `str.splitlines` and the
    SDKs' ``iter_lines`` take for line ends.
    """
    rest = b""
    async for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            if line.strip():
                yield _row(line)
    if rest.strip():
        yield _row(rest)


def _row(line: bytes) -> Row:
    try:
        key = parse_json(line)["custom_id"]
    except (ValueError, KeyError, TypeError):
        key = ""
    return key if isinstance(key, str) else "", line
