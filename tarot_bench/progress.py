"""The protocol by which long work reports progress; `tarot_bench.reporting.progress` shows it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Protocol


class Progress(Protocol):
    """Receives the steps of long work, from one thread."""

    def begin(self, what: str, total: int, done: int = 0) -> None:
        """A phase of ``total`` steps starts, ``done`` of which were done before this process."""
        ...

    def step(self, count: int = 1) -> None:
        """Steps of the current phase were done."""
        ...

    def used(self, input_tokens: int, output_tokens: int) -> None:
        """An answer cost tokens."""
        ...

    def note(self, message: str) -> None:
        """Something that the user should read, without stopping."""
        ...

    def end(self) -> None:
        """The current phase is over."""
        ...


class Silent:
    """Says nothing."""

    def begin(self, what: str, total: int, done: int = 0) -> None:
        """Ignore."""

    def step(self, count: int = 1) -> None:
        """Ignore."""

    def used(self, input_tokens: int, output_tokens: int) -> None:
        """Ignore."""

    def note(self, message: str) -> None:
        """Ignore."""

    def end(self) -> None:
        """Ignore."""


@dataclass(frozen=True, slots=True)
class Retry:
    """A request that failed and will be made again.

    Attributes:
        reason: what went wrong, on one line.
        delay_s: seconds until the next attempt.
        asked: whether the server asked for this delay (``Retry-After``).
    """

    reason: str
    delay_s: float
    asked: bool


_listener: ContextVar[Callable[[Retry], None] | None] = ContextVar("retries", default=None)


@contextmanager
def hearing_retries(listener: Callable[[Retry], None]) -> Iterator[None]:
    """Have a function called at every retry of requests that are made in this context, until the block is left."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def report_retry(retry: Retry) -> None:
    """Tell whoever listens in this context that a request is about to wait."""
    if listener := _listener.get():
        listener(retry)
