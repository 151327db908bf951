"""Explain why one completion got its verdicts."""

from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from tarot_bench.errors import RunError, did_you_mean
from tarot_bench.evaluation.parts import LoadedBenchmark, parts_of_run
from tarot_bench.problem import Problem, TestCase
from tarot_bench.runs import JournalReader
from tarot_bench.runs.evaluation import EvaluationRun
from tarot_bench.verdict import Completion, Grade, TestResult, Verdict

Sampled = TypeVar("Sampled", Completion, Grade)


@dataclass(frozen=True, slots=True)
class Explanation:
    """One graded completion, its problem, and its tests with their results.

    Attributes:
        problem: what was asked.
        completion: the raw text.
        grade: the latest grade of it.
        tests: every test with its result, in the order they were graded.
    """

    problem: Problem
    completion: Completion
    grade: Grade
    tests: tuple[tuple[TestCase, TestResult], ...]

    @property
    def failures(self) -> tuple[tuple[TestCase, TestResult], ...]:
        """The tests that did not pass, lowest tier first."""
        return tuple(pair for pair in self.tests if pair[1].verdict is not Verdict.PASSED)


def explain(path: Path, problem_id: str, index: int = 0) -> Explanation:
    """Look up one completion of a run.

    Raises:
        RunError: no such problem or sample in the run (close matches are named), or it is not graded yet.
        UserError: the run's data cannot be loaded any more.
    """
    run = EvaluationRun.open(path)
    settings, parts = parts_of_run(run.manifest)
    part, problem = _find(parts, problem_id)
    files = run.benchmark(part.name)
    completion = _latest(files.completions, problem.id, index)
    if completion is None:
        samples = part.counts.get(problem.id, settings.samples)
        raise RunError(_missing(f"sample {index} of {problem_id!r}", index, samples))
    made = _latest(files.grades, problem.id, index)
    if made is None:
        raise RunError(f"sample {index} of {problem_id!r} is not graded yet; finish the run with `evaluate --resume`")
    return Explanation(problem, completion, made, tuple(zip(problem.all_tests, made.results, strict=True)))


def _find(parts: list[LoadedBenchmark], problem_id: str) -> tuple[LoadedBenchmark, Problem]:
    known = {problem.id: (part, problem) for part in parts for problem in part.problems}
    if problem_id in known:
        return known[problem_id]
    ends = [known[name] for name in known if name.rpartition("/")[2] == problem_id]
    if len(ends) == 1:
        return ends[0]
    close = did_you_mean(problem_id, known) or f"; it has {len(known)}, such as {next(iter(known))}"
    raise RunError(f"this run has no problem {problem_id!r}{close}")


def _missing(sample: str, index: int, samples: int) -> str:
    if index >= samples:
        return f"there is no {sample}: the run has {samples} of this problem, numbered from 0"
    return f"{sample} has no answer yet; finish the run with `evaluate --resume`"


def _latest(records: JournalReader[Sampled], problem_id: str, index: int) -> Sampled | None:
    found = None
    for record in records:
        if record.problem_id == problem_id and record.index == index:
            found = record
    return found
