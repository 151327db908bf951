"""Grade completions while others are still being generated, and journal the grades."""

import asyncio
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from types import TracebackType
from typing import Self

from tarot_bench.extraction import ExtractionForm
from tarot_bench.grading import grade_many
from tarot_bench.grading.compat import Compat
from tarot_bench.problem import Problem
from tarot_bench.progress import Progress
from tarot_bench.runs import JournalWriter
from tarot_bench.sandbox.base import Sandbox
from tarot_bench.verdict import Completion, Grade

_AHEAD = 64
"""Completions that may wait for grading, per worker of the sandbox."""


class Graders:
    """Passes submitted completions to `grade_many`, and journals every grade; use as ``async with``.

    Leaving the block waits for all grades. If anything raises, inside the block or while grading, the rest is
    abandoned and that first error is raised: nothing is lost, since ungraded completions are in their own journal.
    """

    def __init__(
        self,
        problems: Iterable[Problem],
        sandbox: Sandbox,
        grades: JournalWriter[Grade],
        progress: Progress,
        compat: Compat | None = None,
        extraction: ExtractionForm = "answer",
    ) -> None:
        self._problems = {problem.id: problem for problem in problems}
        self._grades = grades
        self._progress = progress
        self._waiting: SimpleQueue[Completion | None] = SimpleQueue()
        self._room = asyncio.Semaphore(sandbox.workers * _AHEAD)
        self._abandoned = False
        self._graded = grade_many(self._samples(), sandbox, compat=compat, extraction=extraction)
        self._taking = ThreadPoolExecutor(1, thread_name_prefix="take-grades")
        self._group = asyncio.TaskGroup()

    async def submit(self, completion: Completion) -> None:
        """Submit a completion for grading; waits while the queue is full."""
        await self._room.acquire()
        self._waiting.put(completion)

    def _samples(self) -> Iterator[tuple[Problem, Completion]]:
        """Yield the submitted completions to the threads of `grade_many`."""
        while (completion := self._waiting.get()) and not self._abandoned:
            self._loop.call_soon_threadsafe(self._room.release)
            yield self._problems[completion.problem_id], completion

    async def _keep(self) -> None:
        while made := await self._loop.run_in_executor(self._taking, next, self._graded, None):
            self._grades.append(made[1])
            self._progress.step()

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        await self._group.__aenter__()
        self._group.create_task(self._keep())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._abandoned = kind is not None
        self._waiting.put(None)
        try:
            await self._group.__aexit__(kind, value, trace)
        except BaseExceptionGroup as group:
            raise _first(group) from None
        finally:
            # What still runs when the work is abandoned is left to the sandbox's end, which kills it.
            self._abandoned = True
            self._taking.submit(self._graded.close)
            self._taking.shutdown(wait=False)


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    error = group.exceptions[0]
    return _first(error) if isinstance(error, BaseExceptionGroup) else error
