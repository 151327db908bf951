"""Run stages one after the other; an interrupted run resumes in the stage where it stopped."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from tarot_bench.dataset.entry import Entry
from tarot_bench.errors import InfrastructureError, RecipeError, RunError
from tarot_bench.generation.results import StageCount, StageResults
from tarot_bench.generation.stage import Stage
from tarot_bench.progress import Progress
from tarot_bench.runs import RunDirectory
from tarot_bench.runs.generation import ENTRIES, FUNNEL


def run_stages(
    run: RunDirectory, stages: Sequence[Stage], progress: Progress, *, start: str | None = None, only: str | None = None
) -> list[StageCount]:
    """Run the pending stages.

    Args:
        run: the run directory. Each stage's files are in ``stages/N-NAME/`` (`StageResults`); at the end
            ``entries.jsonl`` holds the kept entries and ``funnel.json`` the counts of all stages.
        stages: in order; the first one makes the entries.
        progress: reports every outcome.
        start: repeat this stage and those after it.
        only: run this stage only; the one before it must be finished.

    Returns:
        The counts of each finished stage.

    Raises:
        RecipeError: no such stage.
        RunError: the stage before ``only`` is not finished, or the disk is full.
        InfrastructureError: some entries are pending because of infrastructure errors; finished work is kept.
    """
    results = [StageResults(run, number, stage.name) for number, stage in enumerate(stages)]
    first = _place(stages, start) if start else len(stages)
    wanted = range(len(stages)) if only is None else [_place(stages, only)]
    if start or not all(result.done for result in results):
        (run.path / ENTRIES).unlink(missing_ok=True)  # first: a kill must not leave the dataset of another run
    for number in reversed(range(first, len(stages))):
        results[number].discard()
    for number in wanted:
        before = results[number - 1] if number else None
        if before and not before.done:
            raise RunError(f"stage {before.name} is not finished, but {stages[number].name} needs it; omit --only")
        if results[number].done:
            results[number].drop_journal()
        else:
            _run_stage(stages[number], results[number], before.entries() if before else None, progress)
    return _conclude(run, results)


def _place(stages: Sequence[Stage], name: str) -> int:
    names = [stage.name for stage in stages]
    if name not in names:
        raise RecipeError(f"no stage {name!r} in this recipe; its stages are {', '.join(names)}")
    return names.index(name)


def _run_stage(stage: Stage, results: StageResults, entries: Sequence[Entry] | None, progress: Progress) -> None:
    """Run a stage on the entries that it has not answered; None: it makes the entries."""
    if stage.whole:
        results.discard()
    with closing(results.outcomes(entries)) as outcomes:
        if entries:
            progress.begin(stage.name, len(entries), len(entries) - outcomes.pending)
        for outcome in stage.run(outcomes.unanswered()):
            outcomes.append(outcome)
            if entries:
                progress.step()
        if entries:
            progress.end()
        else:
            progress.note(f"{stage.name}: {len(outcomes)} rows read")
        pending = outcomes.pending
        if pending:
            raise InfrastructureError(
                f"stage {stage.name}: {pending} of {len(outcomes)} entries are pending; use --resume"
            )
        results.finish(outcomes)


def _conclude(run: RunDirectory, results: Sequence[StageResults]) -> list[StageCount]:
    counts = [result.counts() for result in results if result.done]
    run.write_json(FUNNEL, {"stages": [count.model_dump() for count in counts]})
    if results[-1].done:
        results[-1].copy_kept(run.path / ENTRIES)
    else:
        Path(run.path / ENTRIES).unlink(missing_ok=True)
    return counts
