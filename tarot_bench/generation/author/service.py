"""What an author needs of a service: one request at a time, and batches of them."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Protocol, TypeVar

from tarot_bench.errors import InfrastructureError, QuotaError, RefusedError
from tarot_bench.generation.author.bodies import Body
from tarot_bench.generation.author.journal import RawReply, RequestBatch
from tarot_bench.models.retry import Transient
from tarot_bench.models.service import Service

Answer = TypeVar("Answer")


class RejectedError(Exception):
    """The service finds a request unacceptable; others may be fine."""

    def __init__(self, status: int, raw: bytes, said: str) -> None:
        super().__init__(said)
        self.status, self.raw = status, raw


@dataclass(frozen=True, slots=True)
class BatchProgress:
    """How far a batch is.

    Attributes:
        ended: no row will be added any more.
        missing: the trouble of requests that have no row at the end.
        failed: why the service made nothing of the batch as a whole, which costs nothing; None otherwise.
        full: it failed because too many requests of ours are enqueued: later it may be sent again.
    """

    ended: bool
    missing: str = "missing-row"
    failed: str | None = None
    full: bool = False


class LlmService(Protocol):
    """One service with its official SDK. Every method may raise what `Judge.judge` lets through."""

    judge: "Judge"

    async def ask(self, body: Body) -> tuple[int, bytes]:
        """Send one request, once; HTTP status and body of the answer."""
        ...

    async def submit(self, batch: RequestBatch, bodies: Sequence[Body]) -> str:
        """Create a batch, once; the service's name for it."""
        ...

    async def find(self, batch: RequestBatch, known: set[str]) -> str | None:
        """A batch of ours that may have been created without our hearing of it.

        Args:
            batch: as it was planned.
            known: batches that are some other shard of ours.
        """
        ...

    async def look(self, service_id: str) -> BatchProgress:
        """How far a batch is."""
        ...

    def rows(self, service_id: str) -> AsyncIterator[RawReply]:
        """All rows of an ended batch, in any order; rows that cannot be read have an empty key."""
        ...

    async def close(self) -> None:
        """Close the connections."""
        ...


@dataclass(frozen=True, slots=True)
class Judge:
    """Decides what a failed request means; knows the service through `tarot_bench.models.service`."""

    sdk: ModuleType
    service: Service

    def judge(self, error: Exception) -> Transient:
        """Say that a request may be repeated, or raise what its failure means.

        Raises:
            RejectedError: this request is unacceptable.
            QuotaError: no credit is left.
            ModelError: every request would fail: the key, the name or the address is wrong.
            InfrastructureError: the service asks not to be asked again.
        """
        try:
            return self.service.judge(error)
        except QuotaError as trouble:
            raise QuotaError(f"{trouble}; everything answered is kept: when there is credit again, --resume") from error
        except RefusedError as trouble:
            if isinstance(error, self.sdk.APIStatusError):
                raise RejectedError(error.status_code, error.response.content, str(trouble)) from error
            raise

    def answered(self) -> None:
        """Note that the service answered: what fails from now on is no wrong address or setting."""
        self.service.answered = True

    def sound(self, answer: Answer) -> Answer:
        """The answer, unless it is the text of a web page at the wrong address.

        Raises:
            ModelError: it is.
        """
        if isinstance(answer, str):
            raise self.service.not_this_api(answer)
        return answer

    def trouble(self, failure: InfrastructureError) -> str:
        """The name under which a request is counted whose retries are used up."""
        cause = failure.__cause__
        if isinstance(cause, self.sdk.APITimeoutError):
            return "timed-out"
        if isinstance(cause, self.sdk.APIStatusError):
            return "rate-limited" if cause.status_code == 429 else "server-error"
        return "disconnected"
