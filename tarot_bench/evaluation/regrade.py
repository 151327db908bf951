"""Grade the stored completions of a run again with the current grader, without requests to the model."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tarot_bench.config import digest
from tarot_bench.errors import RunError
from tarot_bench.evaluation.calibration import calibrated
from tarot_bench.evaluation.fidelity import settle
from tarot_bench.evaluation.parts import LoadedBenchmark, check_compat, parts_of_run
from tarot_bench.evaluation.sandboxes import Sandboxes, describe, opened
from tarot_bench.evaluation.settings import Evaluation
from tarot_bench.evaluation.summary import Summary, summarise_run
from tarot_bench.extraction import ExtractionForm
from tarot_bench.grading import grade_many
from tarot_bench.grading.compat import Compat
from tarot_bench.progress import Progress, Silent
from tarot_bench.runs import Manifest, writing
from tarot_bench.runs.evaluation import EvaluationRun
from tarot_bench.sandbox.base import Sandbox
from tarot_bench.verdict import Grade


def regrade(
    path: Path,
    *,
    compat: Compat | None = None,
    extraction: ExtractionForm | None = None,
    sandbox: str = "local",
    packages: Sequence[str] | None = None,
    cache: bool = True,
    progress: Progress | None = None,
) -> list[Summary]:
    """Grade the completions of a run again.

    Args:
        path: a run directory of `evaluate`.
        compat: a published grader's comparison; its grades and summary go to separate files
            (``grades.COMPAT.jsonl``, ``summary.COMPAT.json``) and never mix with ours.
        extraction: another way to take programs out of texts than the run's; its files are named apart, too.
        sandbox: where the programs run.
        packages: installed packages that they may import; None keeps the run's.
        cache: programs that ran before, in this sandbox on this machine, are answered from the verdict cache.
        progress: receives every grade.

    Returns:
        One summary per benchmark. The old grades are replaced only when all new ones are made; a regrade that is
        killed goes on where it was when it is started again.

    Raises:
        UserError: not a run with completions, another process writes to it, or its data cannot be loaded any more.
    """
    EvaluationRun.open(path)
    chosen = {} if packages is None else {"packages": tuple(packages)}
    with writing(path):
        return _regrade(path, compat, extraction, {"kind": sandbox} | chosen, cache, progress or Silent())


def _regrade(
    path: Path,
    compat: Compat | None,
    extraction: ExtractionForm | None,
    sandbox: dict[str, Any],
    cache: bool,
    progress: Progress,
) -> list[Summary]:
    run = EvaluationRun.open(path)
    settings, parts = parts_of_run(run.manifest)
    check_compat(compat, parts)
    form = extraction or settings.extraction
    label = ".".join(filter(None, [compat, form if form != settings.extraction else None]))
    place = settings.sandbox.model_copy(update=sandbox)
    settings = settings.model_copy(update={"compat": compat, "extraction": form, "sandbox": place})
    with opened(place, cache=cache, least=settings.isolation) as sandboxes:
        run = EvaluationRun(path, _with_sandbox(run, sandboxes.grading))
        key = digest({"compat": compat, "extraction": form, "environment": run.manifest.environment})
        grades = {}
        for part in parts:
            ready = calibrated(part, settings.gold_factor, sandboxes.plain, path, progress)
            grades[part.name] = _regrade_part(run, ready, sandboxes, settings, label, key, progress)
    return summarise_run(run, settings, parts, grades, label)


def _regrade_part(
    run: EvaluationRun,
    part: LoadedBenchmark,
    sandboxes: Sandboxes,
    settings: Evaluation,
    label: str,
    key: str,
    progress: Progress,
) -> list[Grade]:
    files = run.benchmark(part.name)
    completions = files.completions
    if not completions.path.exists():
        raise RunError(f"{run.path} holds no completions of {part.name}; finish it with `evaluate --resume` first")
    with files.write_regrade(key) as grades:
        done = {(made.problem_id, made.index) for made in grades if not made.ungraded}
        progress.begin(f"{part.name} · regrade", sum(1 for _ in completions), len(done))
        problems = {problem.id: problem for problem in part.problems}
        pending = ((problems[c.problem_id], c) for c in completions if (c.problem_id, c.index) not in done)
        compat, form = settings.compat, settings.extraction
        for _, made in grade_many(pending, sandboxes.grading, compat=compat, extraction=form):
            grades.append(made)
            progress.step()
        progress.end()
        settle(part.problems, completions, grades, sandboxes.plain, compat, form, settings.sandbox.packages)
        kept = list(grades)
    files.finish_regrade(key, label)
    return kept


def _with_sandbox(run: EvaluationRun, sandbox: Sandbox) -> Manifest:
    environment = run.manifest.environment | {"sandbox": describe(sandbox)}
    return run.manifest.model_copy(update={"environment": environment})
