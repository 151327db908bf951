"""The effect of another version of a dataset on recorded verdicts, as far as they tell it without running anything."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import fmean
from typing import Literal

from tarot_bench.errors import DataError
from tarot_bench.grading.rescoring import grade_after
from tarot_bench.problem import Frozen, Problem
from tarot_bench.runs.evaluation import KIND, EvaluationRun
from tarot_bench.verdict import Grade, TestResult, Verdict

Outcome = Literal["passed", "failed", "unknown"]


class SampleEffect(Frozen):
    """A sample whose outcome on all tests changes, or is not known before it is graded again."""

    problem: str
    index: int
    before: Outcome
    after: Outcome


class Effect(Frozen):
    """The effect on one run. Rates are the mean over problems of the share of samples that pass all tests."""

    run: str
    samples: int
    """Graded samples of problems that are in both versions."""
    left_out: dict[str, int]
    """Other graded samples, by reason."""
    changed: tuple[SampleEffect, ...]
    before: float | None
    """On all problems of the first version; None where nothing was graded."""
    after_low: float | None
    """On the problems of both versions, if every unknown sample fails; None where nothing was graded."""
    after_high: float | None
    """Likewise, if every unknown sample passes."""


def effect(run: Path, before: Iterable[Problem], after: Iterable[Problem], benchmark: str | None = None) -> Effect:
    """Compare the recorded verdicts of a run with what they would be.

    Verdicts of tests that both versions have are kept. Added and corrected tests are not run: a sample that passes
    everything else is ``unknown``.

    Args:
        run: a run of `evaluate` on the first version.
        before: the first version.
        after: the second version.
        benchmark: of the run; None where it has only one.

    Raises:
        RunError: not a run.
        DataError: not a run of `evaluate`, several benchmarks and none chosen, or no grades of the first version.
    """
    first, second = ({problem.id: problem for problem in each} for each in (before, after))
    left_out: Counter[str] = Counter()
    changed: list[SampleEffect] = []
    old: dict[str, list[Outcome]] = defaultdict(list)
    new: dict[str, list[Outcome]] = defaultdict(list)
    for grade in _grades(run, benchmark):
        problem = first.get(grade.problem_id)
        if problem is None or grade.problem_digest != problem.digest:
            left_out["graded with other tests" if problem else "not in the first version"] += 1
            continue
        if (was := _outcome(grade.results)) == "unknown":
            left_out["without a verdict"] += 1
            continue
        old[problem.id].append(was)
        if problem.id not in second:
            left_out["removed problem"] += 1
            continue
        now = outcome_after(grade, problem, second[problem.id])
        new[problem.id].append(now)
        if was != now:
            changed.append(SampleEffect(problem=problem.id, index=grade.index, before=was, after=now))
    if not old:
        raise DataError(f"{run} has no verdicts on the first version; name the version that it was graded with first")
    return Effect(
        run=str(run),
        samples=sum(map(len, new.values())),
        left_out=dict(left_out),
        changed=tuple(changed),
        before=_rate(old, ("passed",)),
        after_low=_rate(new, ("passed",)),
        after_high=_rate(new, ("passed", "unknown")),
    )


def outcome_after(grade: Grade, before: Problem, after: Problem) -> Outcome:
    """The outcome of a graded sample on all tests of another version of its problem."""
    return _outcome(grade_after(before, after, grade).results)


def _outcome(results: Sequence[TestResult]) -> Outcome:
    verdicts = [result.verdict for result in results]
    if any(verdict not in (Verdict.PASSED, Verdict.UNGRADED) for verdict in verdicts):
        return "failed"
    return "unknown" if Verdict.UNGRADED in verdicts else "passed"


def _rate(outcomes: dict[str, list[Outcome]], passing: tuple[Outcome, ...]) -> float | None:
    shares = [sum(each in passing for each in found) / len(found) for found in outcomes.values()]
    return fmean(shares) if shares else None


def _grades(path: Path, benchmark: str | None) -> list[Grade]:
    """The last grade of every sample, by problem and index."""
    run = EvaluationRun.open(path)
    if run.manifest.kind not in {KIND, "import"}:
        raise DataError(f"{path} holds a run of `{run.manifest.kind}`, not of `{KIND}`")
    names = [benchmark] if benchmark else list(run.graded)
    if len(names) != 1 or names[0] not in run.graded:
        known = ", ".join(run.graded) or "none"
        raise DataError(f"{path}: choose one benchmark with --benchmark; those with grades: {known}")
    latest = {(grade.problem_id, grade.index): grade for grade in run.benchmark(names[0]).grades}
    return [latest[key] for key in sorted(latest)]
