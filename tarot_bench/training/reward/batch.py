"""Grade a batch of completions: every distinct program once."""

import logging
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tarot_bench.grading import extraction_of, grade_many
from tarot_bench.grading.compat import Compat, known_compat
from tarot_bench.problem import Problem
from tarot_bench.sandbox import Sandbox, open_sandbox
from tarot_bench.sandbox.until_timeout import OVER_BUDGET, UntilTimeout
from tarot_bench.verdict import Completion, Extraction, Grade, Verdict

_log = logging.getLogger(__name__)

_ELSEWHERE = ("ray", "e2b")
"""Sandboxes that do not run on this machine's cores."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A graded batch.

    Attributes:
        grades: one per completion, in order.
        runs: how many programs were run for them; the others are the same program for the same problem again.
        late: how many have no verdict because the time for the batch was used up.
    """

    grades: list[Grade]
    runs: int
    late: int = 0

    @classmethod
    def merged(cls, batches: Sequence["Batch"]) -> "Batch":
        """One batch of several training processes' batches, in their order."""
        grades = [grade for batch in batches for grade in batch.grades]
        return cls(grades, sum(batch.runs for batch in batches), sum(batch.late for batch in batches))


class BatchGrader:
    """Grades in a sandbox that is opened on first use, and again after it failed for a whole batch.

    After a program's first time-out its remaining tests are not run: they have the verdict TIME_LIMIT.

    Args:
        sandbox: a kind (see `open_sandbox`), or an open sandbox, which stays its owner's to close.
        workers: of a sandbox that is opened here; None takes the cores that this process has to itself, beside the
            other training processes on the machine.
        compat: reproduce a published grader's comparison.
        wall_s: wall seconds for one batch, after which programs that were not run are UNGRADED; None sets no limit.
    """

    def __init__(
        self,
        sandbox: Sandbox | str = "local",
        workers: int | None = None,
        compat: Compat | None = None,
        wall_s: float | None = None,
    ) -> None:
        self._given = sandbox
        self._workers = workers
        self._compat = known_compat(compat)
        self._wall_s = wall_s
        self._sandbox: Sandbox | None = None

    def grade(self, problems: Sequence[Problem], texts: Sequence[str]) -> Batch:
        """Grade each text as an answer to the problem beside it.

        Raises:
            SandboxUnavailableError: the sandbox cannot be opened. An error while running is UNGRADED instead.
        """
        places: list[int] = []
        distinct = _distinct(problems, texts, places)
        made = dict(grade_many(distinct, UntilTimeout(self._opened(), self._wall_s), compat=self._compat))
        grades = [made[place] for place in places]
        late = sum(map(_is_late, grades))
        if late:
            _log.warning(
                "%d of %d completions have no reward: grading them took more than reward.step_wall_s=%g",
                late,
                len(grades),
                self._wall_s,
            )
        elif grades and all(grade.ungraded for grade in grades):
            self.close()
        return Batch(grades, len(made), late)

    def close(self) -> None:
        """Close the sandbox, unless it was given open. The next batch opens another."""
        if self._sandbox is not None and self._sandbox is not self._given:
            self._sandbox.close()
        self._sandbox = None

    def __getstate__(self) -> dict[str, object]:
        """The settings: what is open here is open in this process alone."""
        if not isinstance(self._given, str):
            raise TypeError("a reward with an open sandbox cannot be pickled; name the sandbox by its kind instead")
        return self.__dict__ | {"_sandbox": None}

    def _opened(self) -> Sandbox:
        if self._sandbox is None:
            given = self._given
            workers = self._workers or (None if given in _ELSEWHERE else own_cores())
            self._sandbox = open_sandbox(given, workers=workers) if isinstance(given, str) else given
        return self._sandbox


def _distinct(
    problems: Sequence[Problem], texts: Sequence[str], places: list[int]
) -> Iterator[tuple[Problem, Extraction]]:
    """The distinct programs of a batch; `places` gets, for every text, the place of its program among them."""
    extracted: dict[tuple[str, str, str], Extraction] = {}
    programs: dict[tuple[str, str, str | None, str | None], int] = {}
    for problem, text in zip(problems, texts, strict=True):
        asked = (problem.id, problem.digest, text)
        if asked not in extracted:
            completion = Completion(problem_id=problem.id, index=0, model="policy", text=text)
            extracted[asked] = extraction_of(problem, completion)
        extraction = extracted[asked]
        key = (problem.id, problem.digest, extraction.code, extraction.verdict)
        is_new = key not in programs
        places.append(programs.setdefault(key, len(programs)))
        if is_new:
            yield problem, extraction


def _is_late(grade: Grade) -> bool:
    return any(result.verdict is Verdict.UNGRADED and OVER_BUDGET in result.detail for result in grade.results)


def own_cores() -> int:
    """The cores of this machine, divided among the training processes that a launcher has started on it."""
    processes = int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
    return max(1, len(os.sched_getaffinity(0)) // processes)
