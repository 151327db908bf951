"""Grading a batch of completions: every distinct program once, as many at a time as the sandbox has workers."""

import os
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from tarot_bench.grading import extraction_of, grade_extraction
from tarot_bench.grading.compat import Compat
from tarot_bench.problem import Problem
from tarot_bench.sandbox import Sandbox, open_sandbox
from tarot_bench.verdict import Completion, Extraction, Grade

_ELSEWHERE = ("ray", "e2b")
"""Sandboxes that do not run on this machine's cores."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A graded batch.

    Attributes:
        grades: one per completion, in order.
        runs: how many programs were run for them; the others are the same program for the same problem again.
    """

    grades: list[Grade]
    runs: int


class BatchGrader:
    """Grades in a sandbox that is opened when it is first needed, and anew after it failed a whole batch.

    Args:
        sandbox: a kind (see `open_sandbox`), or an open sandbox, which stays its owner's to close.
        workers: of a sandbox that is opened here; None takes the cores that this process has to itself, beside the
            other training processes on the machine.
        compat: reproduce a published grader's comparison.
    """

    def __init__(
        self, sandbox: Sandbox | str = "local", workers: int | None = None, compat: Compat | None = None
    ) -> None:
        self._given = sandbox
        self._workers = workers
        self._compat = compat
        self._sandbox: Sandbox | None = None
        self._pool: ThreadPoolExecutor | None = None

    def grade(self, problems: Sequence[Problem], texts: Sequence[str]) -> Batch:
        """Grade each text as an answer to the problem beside it.

        Raises:
            SandboxUnavailableError: the sandbox cannot be opened. Trouble while running is UNGRADED instead.
        """
        sandbox, pool = self._opened()
        programs: dict[tuple[str, str, str | None, str | None], Future[Grade]] = {}
        known: dict[tuple[str, str, str], Extraction] = {}
        futures = []
        for problem, text in zip(problems, texts, strict=True):
            asked = (problem.id, problem.digest, text)
            if asked not in known:
                completion = Completion(problem_id=problem.id, index=0, model="policy", text=text)
                known[asked] = extraction_of(problem, completion)
            extraction = known[asked]
            key = (problem.id, problem.digest, extraction.code, extraction.verdict)
            if key not in programs:
                programs[key] = pool.submit(grade_extraction, problem, extraction, sandbox, compat=self._compat)
            futures.append(programs[key])
        grades = [future.result() for future in futures]
        if grades and all(grade.ungraded for grade in grades):
            self.close()
        return Batch(grades, len(programs))

    def close(self) -> None:
        """Close the sandbox, unless it was given open. The next batch opens another."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)  # the end of the sandbox ends what runs
        if self._sandbox is not None and self._sandbox is not self._given:
            self._sandbox.close()
        self._pool = self._sandbox = None

    def __getstate__(self) -> dict[str, object]:
        """The settings: what is open here is open in this process alone."""
        if not isinstance(self._given, str):
            raise TypeError("a reward with an open sandbox cannot be pickled; name the sandbox by its kind instead")
        return self.__dict__ | {"_sandbox": None, "_pool": None}

    def _opened(self) -> tuple[Sandbox, ThreadPoolExecutor]:
        if self._sandbox is None or self._pool is None:
            given = self._given
            workers = self._workers or (None if given in _ELSEWHERE else own_cores())
            self._sandbox = open_sandbox(given, workers=workers) if isinstance(given, str) else given
            self._pool = ThreadPoolExecutor(self._sandbox.workers, thread_name_prefix="reward")
        return self._sandbox, self._pool


def own_cores() -> int:
    """The cores of this machine, divided among the training processes that a launcher has started on it."""
    processes = int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
    return max(1, len(os.sched_getaffinity(0)) // processes)
