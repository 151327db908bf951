"""Calibrate limits to this host: a program gets at least a multiple of the CPU time that the gold needs here.

The stated limit is the floor, so calibration is never stricter than what the prompt promised; on a slow machine it
keeps the gold, and programs that are nearly as fast, from failing because of the machine. The measurements are stored
in the run (`BenchmarkFiles.limits`) and used again on resume and regrade.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from tarot_bench.atomic import write_atomically
from tarot_bench.errors import RunError
from tarot_bench.evaluation.parts import LoadedBenchmark
from tarot_bench.grading import as_code, grade_many
from tarot_bench.problem import Problem
from tarot_bench.progress import Progress
from tarot_bench.reading import parse_json
from tarot_bench.runs.evaluation import BenchmarkFiles
from tarot_bench.sandbox.base import Sandbox
from tarot_bench.verdict import Verdict

_WALL_PER_CPU = 4.0


def calibrated(
    part: LoadedBenchmark, factor: float | None, sandbox: Sandbox, run: Path, progress: Progress
) -> LoadedBenchmark:
    """The part with CPU limits of ``max(stated, factor x gold's CPU time on this host)``.

    Args:
        part: as loaded, with the stated limits.
        factor: None leaves the stated limits alone.
        sandbox: where the golds run.
        run: the run's directory; what is stored there is used again, and golds that it lacks are measured.
        progress: receives every gold that ran.

    Raises:
        RunError: the stored calibration cannot be read, or a new one not be written.
    """
    if factor is None:
        return part
    stored = BenchmarkFiles(run / part.name).limits
    known = _read(stored) if stored.exists() else {}
    golds = [problem for problem in part.problems if problem.solution and problem.id not in known]
    gold_s = known | _measure(golds, part.name, sandbox, progress) if golds else known
    if golds or not stored.exists():
        stored.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(stored, json.dumps({"gold_cpu_s": gold_s}, indent=1) + "\n")
    return _with_limits(part, factor, gold_s)


def as_calibrated(part: LoadedBenchmark, factor: float | None, run: Path) -> LoadedBenchmark:
    """The part with the CPU limits under which a run was graded; measures and writes nothing.

    Raises:
        RunError: the stored calibration cannot be read.
    """
    stored = BenchmarkFiles(run / part.name).limits
    return part if factor is None or not stored.exists() else _with_limits(part, factor, _read(stored))


def _with_limits(part: LoadedBenchmark, factor: float, gold_s: Mapping[str, float | None]) -> LoadedBenchmark:
    problems = tuple(_with_gold(problem, factor * (gold_s.get(problem.id) or 0.0)) for problem in part.problems)
    return replace(part, problems=replace(part.problems, problems=problems))


def _with_gold(problem: Problem, cpu_s: float) -> Problem:
    if cpu_s <= problem.limits.cpu_s:
        return problem
    wall_s = max(problem.limits.wall_s, cpu_s * _WALL_PER_CPU)
    limits = problem.limits.model_copy(update={"cpu_s": cpu_s, "wall_s": wall_s})
    allowed = problem.model_copy(update={"limits": limits})
    # Grades name the problem of the data, which is the same on every host. The copy would compute another digest.
    allowed.__dict__["digest"] = problem.digest
    return allowed


def _measure(golds: list[Problem], name: str, sandbox: Sandbox, progress: Progress) -> dict[str, float | None]:
    """CPU seconds that each gold needs for its slowest test; None for golds that do not pass."""
    gold_s: dict[str, float | None] = dict.fromkeys(problem.id for problem in golds)
    progress.begin(f"{name} · gold's CPU time", len(golds))
    answers = ((problem, as_code(problem, problem.solution or "")) for problem in golds)
    for number, made in grade_many(answers, sandbox):
        passed = all(result.verdict is Verdict.PASSED for result in made.results)
        gold_s[golds[number].id] = max(result.cpu_s for result in made.results) if passed else None
        progress.step()
    progress.end()
    return gold_s


def _read(stored: Path) -> dict[str, float | None]:
    try:
        gold_s = parse_json(stored.read_text())["gold_cpu_s"]
        return {str(problem): None if seconds is None else float(seconds) for problem, seconds in gold_s.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise RunError(f"{stored} is not a valid calibration; remove it, and it is made again") from None
