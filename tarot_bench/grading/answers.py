"""Grade one answer, or many at once. Programs that barely exceed their time limit are run again, alone."""

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from threading import Lock, Semaphore, Thread
from typing import get_args

from tarot_bench.errors import DataError, RecipeError, SandboxUnavailableError
from tarot_bench.extraction import ExtractionForm
from tarot_bench.grading.compat import Compat, known_compat
from tarot_bench.grading.grade import grade, grade_extraction, near_time_limit
from tarot_bench.problem import Problem
from tarot_bench.sandbox import Sandbox
from tarot_bench.sandbox.shared import shared_sandbox
from tarot_bench.verdict import Completion, Extraction, Grade

Answer = str | Completion | Extraction
"""A model's raw text, the same as a completion, or the program that was taken out of it."""

ProblemAnswer = tuple[Problem, Answer]

_AHEAD = 8
"""Grades that may wait for the caller, per worker of the sandbox."""


def grade_text(
    problem: Problem | str,
    text: str | Path | Completion,
    sandbox: Sandbox | str = "local",
    *,
    compat: Compat | None = None,
) -> Grade:
    """Grade one answer: extract its program, run it on every test, compare.

    Args:
        problem: a problem, or the id of an embedded one.
        text: a model's raw text, a file that holds it, or a completion.
        sandbox: an open sandbox, or the kind of one, which is opened once and kept until the process ends.
        compat: reproduce a published grader's comparison.

    Returns:
        One verdict per test. A program that barely missed its time limit was run twice; the second run counts. A
        failure of the sandbox is ``UNGRADED``, never a failure of the program.

    Raises:
        UserError: no such problem, or this machine cannot isolate programs.
        OSError: the file cannot be read.
    """
    sample = _sample((problem, text))
    once = _grader(_opened(sandbox), compat, "answer")
    made = once(sample)
    return _again(sample, made, once) if near_time_limit(sample[0], made) else made


def grade_many(
    samples: Iterable[tuple[Problem | str, Answer | Path]],
    sandbox: Sandbox | str = "local",
    *,
    compat: Compat | None = None,
    extraction: ExtractionForm = "answer",
) -> Generator[tuple[int, Grade], None, None]:
    """Grade many answers in parallel, one per worker of the sandbox.

    Nothing is run before the first grade is requested. ``[made for _, made in sorted(grade_many(samples))]`` gives
    the grades in the order of the samples.

    Args:
        samples: pairs of a problem and an answer to it, as `grade_text` takes them. They are taken one by one, in
            threads of this function, each when a worker is free; while the caller does not take grades, at most eight
            per worker are made ahead.
        sandbox: an open sandbox, or the kind of one, which is opened once and kept until the process ends.
        compat: reproduce a published grader's comparison.
        extraction: how programs are taken out of texts (`tarot_bench.grading.grade`).

    Yields:
        The place of a sample, counted from 0, and its grade; as soon as it is made, in any order. Samples that barely
        missed their time limit come last: each of them is run again while no other is. A failure of the sandbox or a
        bug of this package makes the sample ``UNGRADED`` and concerns no other.

    Raises:
        UserError: the sandbox cannot be used as it is, or a sample is none.
        Exception: what taking a sample raised. Samples under way are then abandoned, as they are when the caller
            closes this iterator.
    """
    opened = _opened(sandbox)
    once = _grader(opened, compat, extraction)
    near_misses: list[tuple[int, ProblemAnswer, Grade]] = []
    for number, sample, made in _graded_beside(map(_sample, samples), once, opened.workers):
        if near_time_limit(sample[0], made):
            near_misses.append((number, sample, made))
        else:
            yield number, made
    for number, sample, made in near_misses:
        yield number, _again(sample, made, once)


def _sample(given: tuple[Problem | str, Answer | Path]) -> ProblemAnswer:
    """The problem with an id, the text in a file."""
    if not isinstance(given, (tuple, list)) or len(given) != 2:
        raise DataError(f"a sample is a pair of a problem and an answer, not {type(given).__name__}")
    problem, answer = given
    if isinstance(problem, str):
        from tarot_bench.dataset import load_problems

        problem = load_problems()[problem]
    if isinstance(answer, Path):
        answer = answer.expanduser().read_text(encoding="utf-8", errors="replace")
    if not isinstance(problem, Problem):
        raise DataError(f"a problem is a `Problem` or the id of an embedded one, not {type(problem).__name__}")
    if not isinstance(answer, (str, Completion, Extraction)):
        raise DataError(f"an answer is a text, a `Path` or a `Completion`, not {type(answer).__name__}")
    return problem, answer


def _opened(sandbox: Sandbox | str) -> Sandbox:
    if isinstance(sandbox, str):
        return shared_sandbox(sandbox)
    if not callable(getattr(sandbox, "run", None)):
        raise SandboxUnavailableError(f"a sandbox is an open one or the name of a kind, not {sandbox!r}")
    return sandbox


Grader = Callable[[ProblemAnswer], Grade]


def _grader(sandbox: Sandbox, compat: Compat | None, extraction: ExtractionForm) -> Grader:
    known_compat(compat)
    if extraction not in get_args(ExtractionForm):
        raise RecipeError(f"unknown extraction {extraction!r}; write {' or '.join(get_args(ExtractionForm))}")

    def once(sample: ProblemAnswer) -> Grade:
        problem, answer = sample
        if isinstance(answer, Extraction):
            return grade_extraction(problem, answer, sandbox, compat=compat)
        if isinstance(answer, str):
            answer = Completion(problem_id=problem.id, index=0, model="given", text=answer)
        return grade(problem, answer, sandbox, compat=compat, extraction=extraction)

    return once


def _again(sample: ProblemAnswer, made: Grade, once: Grader) -> Grade:
    """The grade of a second run; the first one where that could not be made."""
    second = once(sample)
    return made if second.ungraded else second


def _graded_beside(
    samples: Iterable[ProblemAnswer], once: Grader, workers: int
) -> Iterator[tuple[int, ProblemAnswer, Grade]]:
    """Yield every sample with its position and its first grade, made in threads.

    The threads are daemons: the end of the process does not wait for the programs of an abandoned iterator.
    """
    shared = _Shared(samples, once, workers)
    with shared.stopped_at_the_end():
        for number in range(workers):
            Thread(target=shared.work, name=f"grade-{number}", daemon=True).start()
        working = workers
        while working:
            made = shared.results.get()
            if isinstance(made, BaseException):
                raise made
            if made is None:
                working -= 1
            else:
                shared.room.release()
                yield made


class _Shared:
    """The state shared by the threads of one `grade_many`."""

    def __init__(self, samples: Iterable[ProblemAnswer], once: Grader, workers: int) -> None:
        self.results: SimpleQueue[tuple[int, ProblemAnswer, Grade] | BaseException | None] = SimpleQueue()
        """Grades, what a thread raised, and None for each thread that found no further sample."""
        self.room = Semaphore(workers * _AHEAD)
        self._samples = enumerate(samples)
        self._once = once
        self._workers = workers
        self._taking = Lock()
        self._stopped = False

    def work(self) -> None:
        """Grade samples until there are no more."""
        try:
            while taken := self._take():
                self.results.put((*taken, self._once(taken[1])))
        except BaseException as error:
            self.results.put(error)
        else:
            self.results.put(None)

    def _take(self) -> tuple[int, ProblemAnswer] | None:
        self.room.acquire()
        with self._taking:
            return None if self._stopped else next(self._samples, None)

    @contextmanager
    def stopped_at_the_end(self) -> Iterator[None]:
        """At the end of the block, stop the threads from starting another sample."""
        try:
            yield
        finally:
            self._stopped = True
            self.room.release(self._workers)
