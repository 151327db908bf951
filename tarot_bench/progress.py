"""The protocol for progress reports of long work; `tarot_bench.reporting.progress` shows them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class RequestState:
    """The state of the requests to services.

    Attributes:
        done: finished ones, those of open batches included.
        total: with those that are left, as far as is known.
        usd: the cost of the run so far; None where no prices are known.
        limit_usd: the most that the run may cost; None without a limit.
        open_batches: batches at the services.
    """

    done: int
    total: int
    usd: float | None = None
    limit_usd: float | None = None
    open_batches: int = 0


class Progress(Protocol):
    """Receives progress reports, from one thread."""

    def begin(self, what: str, total: int, done: int = 0) -> None:
        """A phase of ``total`` steps starts, ``done`` of which were done before this process."""
        ...

    def step(self, count: int = 1) -> None:
        """Steps of the current phase were done."""
        ...

    def used(self, input_tokens: int, output_tokens: int) -> None:
        """An answer cost tokens."""
        ...

    def requests(self, state: RequestState) -> None:
        """The state of the requests to services changed."""
        ...

    def facts(self, told: str) -> None:
        """Facts of the last step, shown beside the rate in place of the former ones."""
        ...

    def note(self, message: str) -> None:
        """Show a message to the user, without stopping."""
        ...

    def end(self) -> None:
        """The current phase is over."""
        ...


class Silent:
    """Ignores all progress reports."""

    def begin(self, what: str, total: int, done: int = 0) -> None:
        """Ignore."""

    def step(self, count: int = 1) -> None:
        """Ignore."""

    def used(self, input_tokens: int, output_tokens: int) -> None:
        """Ignore."""

    def requests(self, state: RequestState) -> None:
        """Ignore."""

    def facts(self, told: str) -> None:
        """Ignore."""

    def note(self, message: str) -> None:
        """Ignore."""

    def end(self) -> None:
        """Ignore."""


class Notes(Silent):
    """Passes on the messages alone.

    Args:
        tell: takes one message.
    """

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell

    def note(self, message: str) -> None:
        """Pass the message on."""
        self._tell(message)


@dataclass(frozen=True, slots=True)
class Retry:
    """A request that failed and will be repeated.

    Attributes:
        reason: what went wrong, on one line.
        delay_s: seconds until the next attempt.
        asked: whether the server requested this delay (``Retry-After``).
    """

    reason: str
    delay_s: float
    asked: bool


_listener: ContextVar[Callable[[Retry], None] | None] = ContextVar("retries", default=None)


@contextmanager
def hearing_retries(listener: Callable[[Retry], None]) -> Iterator[None]:
    """Call a function at every retry of requests made in this context, until the block ends."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def report_retry(retry: Retry) -> None:
    """Report to this context's listeners that a request is about to wait."""
    if listener := _listener.get():
        listener(retry)
