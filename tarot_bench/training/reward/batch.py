"""Grade a batch of completions: every distinct program once."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tarot_bench.grading import extraction_of, grade_many
from tarot_bench.grading.compat import Compat, known_compat
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
    """Grades in a sandbox that is opened on first use, and again after it failed for a whole batch.

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
        self._compat = known_compat(compat)
        self._sandbox: Sandbox | None = None

    def grade(self, problems: Sequence[Problem], texts: Sequence[str]) -> Batch:
        """Grade each text as an answer to the problem beside it.

        Raises:
            SandboxUnavailableError: the sandbox cannot be opened. An error while running is UNGRADED instead.
        """
        places: list[int] = []
        distinct = _distinct(problems, texts, places)
        made = dict(grade_many(distinct, self._opened(), compat=self._compat))
        grades = [made[place] for place in places]
        if grades and all(grade.ungraded for grade in grades):
            self.close()
        return Batch(grades, len(made))

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


def own_cores() -> int:
    """The cores of this machine, divided among the training processes that a launcher has started on it."""
    processes = int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
    return max(1, len(os.sched_getaffinity(0)) // processes)
