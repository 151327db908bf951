"""A sandbox for a batch that waits for its slowest program: a time-out ends a program, idle workers share its tests."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from tarot_bench.errors import SandboxError
from tarot_bench.sandbox.base import Closing, Job, Sandbox, SandboxInfo
from tarot_bench.verdict import Execution

OVER_BUDGET = "the time for this batch is used up"
"""How the error of a program that was not run begins."""


class UntilTimeout(Closing):
    """Wraps a sandbox for one batch of jobs.

    - Inputs after the first one, in order, that a program exceeds its time limit on are ``skipped``: an endless loop
      costs one time limit and not one for each test.
    - While workers are idle, they run further inputs of the programs under way. What they ran after a time-out counts
      as skipped too, so that the result does not depend on how many workers there are.
    - After `wall_s` seconds every further input raises SandboxError. What is running then may finish.

    Args:
        inner: runs the programs; closed together with this one.
        wall_s: wall seconds for the whole batch, from now; None sets no limit.
    """

    def __init__(self, inner: Sandbox, wall_s: float | None = None) -> None:
        self._inner = inner
        self._wall_s = wall_s
        self._started = time.monotonic()
        self._running = 0
        self._lock = threading.Lock()

    @property
    def workers(self) -> int:
        """How many jobs the inner sandbox runs at the same time."""
        return self._inner.workers

    @property
    def info(self) -> SandboxInfo:
        """The description of the inner sandbox."""
        return self._inner.info

    def run(self, job: Job) -> tuple[Execution, ...]:
        """Run a program on its inputs up to its first time-out; see `base.Sandbox.run`.

        Raises:
            SandboxError: the inner sandbox failed, or the time for the batch is used up.
        """
        course = _Course(job)
        self._work(course)
        return course.finished()

    def close(self) -> None:
        """Close the inner sandbox. Idempotent."""
        self._inner.close()

    def _work(self, course: "_Course") -> None:
        """Run inputs of a program until none is left; an idle worker takes the next one meanwhile."""
        while (number := course.take()) is not None:
            with self._counted() as idle:
                if idle:
                    course.share(self._work)
                try:
                    course.put(number, self._execution(course.job, number))
                except BaseException as error:
                    course.fail(error)

    def _execution(self, job: Job, number: int) -> Execution:
        if self._wall_s is not None and time.monotonic() - self._started > self._wall_s:
            raise SandboxError(f"{OVER_BUDGET} ({self._wall_s:g} s)")
        (execution,) = self._inner.run(replace(job, inputs=(job.inputs[number],)))
        return execution

    @contextmanager
    def _counted(self) -> Iterator[bool]:
        """Count this input as running; tells whether a worker is idle beside it."""
        with self._lock:
            self._running += 1
            idle = self._running < self._inner.workers
        try:
            yield idle
        finally:
            with self._lock:
                self._running -= 1


class _Course:
    """The executions of one job, which several threads may make."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self._done: dict[int, Execution] = {}
        self._next = 0
        self._end = len(job.inputs)
        self._error: BaseException | None = None
        self._helpers: list[threading.Thread] = []
        self._lock = threading.Lock()

    def take(self) -> int | None:
        """The next input to run; None if there is none, or the program has exceeded its time limit."""
        with self._lock:
            if self._error or self._next >= self._end:
                return None
            self._next += 1
            return self._next - 1

    def share(self, work: Callable[["_Course"], None]) -> None:
        """Start a thread that takes inputs, too, if any are left."""
        with self._lock:
            if self._next >= self._end:
                return
            helper = threading.Thread(target=work, args=(self,), name="grade-helper", daemon=True)
            self._helpers.append(helper)
        helper.start()

    def put(self, number: int, execution: Execution) -> None:
        """Store an execution; nothing after a time-out is run, or counts."""
        with self._lock:
            self._done[number] = execution
            if execution.outcome == "time":
                self._end = min(self._end, number + 1)

    def fail(self, error: BaseException) -> None:
        """End the program with an error, which `finished` raises."""
        with self._lock:
            self._error = self._error or error

    def finished(self) -> tuple[Execution, ...]:
        """Wait for the other threads; one execution per input.

        Raises:
            BaseException: what `fail` was told.
        """
        for helper in self._joined():
            helper.join()
        if self._error:
            raise self._error
        ran = tuple(self._done[number] for number in range(self._end))
        return ran + (Execution("skipped"),) * (len(self.job.inputs) - self._end)

    def _joined(self) -> Iterator[threading.Thread]:
        """All helpers, those that helpers start while this waits included."""
        number = 0
        while number < len(self._helpers):
            yield self._helpers[number]
            number += 1
