"""List the problems of a run with a failed sample, each with the first failed test."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tarot_bench.runs.evaluation import EvaluationRun
from tarot_bench.verdict import Grade, TestResult, Verdict


@dataclass(frozen=True, slots=True)
class FailedProblem:
    """One problem that at least one graded sample failed.

    Attributes:
        benchmark: which benchmark of the run it belongs to.
        problem_id: its id.
        passed: samples that passed all tests.
        graded: samples with a verdict on every test.
        index: the first sample that failed.
        result: the first test that this sample failed, lowest tier first.
    """

    benchmark: str
    problem_id: str
    passed: int
    graded: int
    index: int
    result: TestResult


def failures(path: Path) -> list[FailedProblem]:
    """The failed problems of an evaluation run, in the order in which they were first graded.

    Raises:
        RunError: not a run directory, or its grades cannot be read.
    """
    run = EvaluationRun.open(path)
    return [failed for name in run.benchmarks for failed in failures_of(name, run.benchmark(name).grades)]


def without_verdict(path: Path) -> tuple[int, int]:
    """The numbers of samples without a verdict and of all samples of an evaluation run.

    Raises:
        RunError: as `failures`.
    """
    run = EvaluationRun.open(path)
    settings = run.manifest.settings
    graded = asked = 0
    for name in run.benchmarks:
        data = settings["data"][name]
        asked += sum(data.get("counts", {}).values()) or data["problems"] * settings["samples"]
        latest = {(made.problem_id, made.index): made for made in run.benchmark(name).grades}
        graded += sum(not made.ungraded for made in latest.values())
    return asked - graded, asked


def failures_of(benchmark: str, grades: Iterable[Grade]) -> list[FailedProblem]:
    """The failed problems among grades; of several grades of a sample, the latest counts."""
    by_problem: dict[str, dict[int, Grade]] = {}
    for made in grades:
        by_problem.setdefault(made.problem_id, {})[made.index] = made
    found = [_failure(benchmark, [samples[index] for index in sorted(samples)]) for samples in by_problem.values()]
    return [failure for failure in found if failure]


def _failure(benchmark: str, samples: Sequence[Grade]) -> FailedProblem | None:
    graded = [made for made in samples if not made.ungraded]
    failed = next((made for made in graded if not made.solved), None)
    if failed is None:
        return None
    result = next(result for result in failed.results if result.verdict is not Verdict.PASSED)
    passed = sum(made.solved is True for made in graded)
    return FailedProblem(benchmark, failed.problem_id, passed, len(graded), failed.index, result)
