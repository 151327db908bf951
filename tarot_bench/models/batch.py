"""Batches of requests: the capability of APIs that answer many requests together, within a day and at a lower price."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

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
    """One batch that was planned, and perhaps sent.

    Attributes:
        label: ours; no other batch has it.
        keys: names of the requests: at most 64 letters, digits, ``_`` and ``-``.
        planned_at: Unix time.
        service_id: the service's name for it; None while we do not know one.
    """

    label: str
    keys: tuple[str, ...]
    planned_at: float
    service_id: str | None


@dataclass(frozen=True, slots=True)
class BatchProgress:
    """How far a batch is.

    Attributes:
        ended: no row will be added any more.
        missing: why requests have no row at the end: ``missing-row``, ``expired`` or ``canceled``.
        failed: why the service failed the batch as a whole, which costs nothing; None otherwise.
        full: it failed because too many requests of ours are enqueued; it can be sent again later.
    """

    ended: bool
    missing: str = "missing-row"
    failed: str | None = None
    full: bool = False


@runtime_checkable
class BatchModel(Protocol):
    """A model with a batch API. Each method is one attempt; `judge` says which failures to repeat."""

    def judge(self, error: Exception) -> Transient:
        """Say that a failed call may be repeated, or raise what its failure means."""
        ...

    async def submit(self, batch: RequestBatch, bodies: Sequence[Body]) -> str:
        """Create a batch; the service's name for it."""
        ...

    async def find(self, batch: RequestBatch, known: set[str], poll_s: float) -> str | None:
        """The service's name of a batch that may have been created although we got no answer; None if it was not.

        Args:
            batch: as it was planned.
            known: batches that are known to be others.
            poll_s: seconds between two looks at a batch that must end before its keys can be read.
        """
        ...

    async def look(self, service_id: str) -> BatchProgress:
        """How far a batch is."""
        ...

    def rows(self, service_id: str) -> AsyncIterator[Row]:
        """All rows of an ended batch, in any order; rows that cannot be read have an empty key."""
        ...


async def rows_of(chunks: AsyncIterator[bytes]) -> AsyncIterator[Row]:
    """The rows of a batch's results, which come in chunks of any size.

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
