"""Answer entries in parallel, in threads that wait on the sandbox, with bounded look-ahead."""

import logging
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import Protocol, TypeVar

from tarot_bench.errors import InfrastructureError, one_line
from tarot_bench.pools import threads
from tarot_bench.problem import Problem

_log = logging.getLogger(__name__)
_AHEAD = 4
"""Entries in progress or waiting, per worker."""


class OfProblem(Protocol):
    """What is answered: an entry, or another object with a problem."""

    @property
    def problem(self) -> Problem:
        """The problem, which names it in messages."""
        ...


Item = TypeVar("Item", bound=OfProblem)
Outcome = TypeVar("Outcome")


def answered(entries: Iterable[Item], answer: Callable[[Item], Outcome], workers: int) -> Iterator[Outcome]:
    """Outcomes as they become ready, in any order.

    An entry with an infrastructure error is logged and yields no outcome: it stays pending.
    """
    waiting: dict[Future[Outcome], Item] = {}
    with threads(workers, "generate") as pool:
        for entry in entries:
            waiting[pool.submit(answer, entry)] = entry
            if len(waiting) >= workers * _AHEAD:
                yield from _ready(waiting)
        while waiting:
            yield from _ready(waiting)


def _ready(waiting: dict[Future[Outcome], Item]) -> Iterator[Outcome]:
    done, _ = wait(waiting, return_when=FIRST_COMPLETED)
    for future in done:
        entry = waiting.pop(future)
        try:
            yield future.result()
        except InfrastructureError as error:
            _log.warning("%s is still pending: %s", entry.problem.id, one_line(error))
