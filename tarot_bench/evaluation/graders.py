"""Grading many completions at once: threads that wait on the sandbox, a journal, and back-pressure."""

import asyncio
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self

from tarot_bench.extraction import ExtractionForm
from tarot_bench.grading import grade, near_time_limit
from tarot_bench.grading.compat import Compat
from tarot_bench.problem import Problem
from tarot_bench.progress import Progress
from tarot_bench.runs import JournalWriter
from tarot_bench.sandbox.base import Sandbox
from tarot_bench.verdict import Completion, Grade

_AHEAD = 64
"""Completions that may wait for grading, per worker of the sandbox."""


class Graders:
    """Grades what is submitted and journals every grade; use as ``async with``.

    Leaving the block waits for all grades; a sample that barely missed its time limit is then run again, alone. If
    anything raises, inside the block or while grading, the rest is abandoned and that first error comes out: nothing
    is lost, since ungraded completions are in their own journal.
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
        self._sandbox = sandbox
        self._grades = grades
        self._progress = progress
        self._compat = compat
        self._extraction: ExtractionForm = extraction
        self._free = asyncio.Semaphore(sandbox.workers * _AHEAD)
        self._pool = ThreadPoolExecutor(sandbox.workers, thread_name_prefix="grade")
        self._group = asyncio.TaskGroup()
        self._doubtful: list[Completion] = []

    async def submit(self, completion: Completion) -> None:
        """Have a completion graded; waits while too many others are waiting."""
        await self._free.acquire()
        self._group.create_task(self._grade(completion))

    async def _grade(self, completion: Completion) -> None:
        made = await asyncio.get_running_loop().run_in_executor(self._pool, self._grade_now, completion)
        self._free.release()
        if near_time_limit(self._problems[completion.problem_id], made):
            self._doubtful.append(completion)
        else:
            self._keep(made)

    def _grade_now(self, completion: Completion) -> Grade:
        problem = self._problems[completion.problem_id]
        return grade(problem, completion, self._sandbox, compat=self._compat, extraction=self._extraction)

    def _keep(self, made: Grade) -> None:
        self._grades.append(made)
        self._progress.step()

    async def _grade_doubtful_alone(self) -> None:
        """Programs that barely missed their time limit get a second run, with nothing of ours beside them."""
        for completion in self._doubtful:
            self._keep(await asyncio.get_running_loop().run_in_executor(self._pool, self._grade_now, completion))

    async def __aenter__(self) -> Self:
        await self._group.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await self._group.__aexit__(kind, value, trace)
            await self._grade_doubtful_alone()
        except BaseExceptionGroup as group:
            raise _first(group) from None
        finally:
            # What still runs when the work is abandoned is left to the sandbox's end, which kills it.
            self._pool.shutdown(wait=False, cancel_futures=True)


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    error = group.exceptions[0]
    return _first(error) if isinstance(error, BaseExceptionGroup) else error
