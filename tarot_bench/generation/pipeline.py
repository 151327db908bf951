"""Run stages one after the other; an interrupted run resumes in the stage where it stopped."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from tarot_bench.dataset.entry import Entry
from tarot_bench.errors import InfrastructureError, RecipeError, RunError
from tarot_bench.generation.results import StageCount, StageResults
from tarot_bench.generation.stage import Stage, StageOutcome
from tarot_bench.progress import Progress
from tarot_bench.runs import RunDirectory
from tarot_bench.runs.generation import ENTRIES, FUNNEL, write_lines


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
    for number in reversed(range(first, len(stages))):
        results[number].discard()
    for number in wanted:
        before = results[number - 1] if number else None
        if before and not before.done:
            raise RunError(f"stage {before.name} is not finished, but {stages[number].name} needs it; omit --only")
        if results[number].done:
            results[number].drop_journal()
        else:
            _run_stage(stages[number], results[number], before.entries() if before else [], progress)
    return _conclude(run, results)


def _place(stages: Sequence[Stage], name: str) -> int:
    names = [stage.name for stage in stages]
    if name not in names:
        raise RecipeError(f"no stage {name!r} in this recipe; its stages are {', '.join(names)}")
    return names.index(name)


def _run_stage(stage: Stage, results: StageResults, entries: list[Entry], progress: Progress) -> None:
    with closing(results.journal()) as journal:
        made: dict[str, StageOutcome] = {}
        if not stage.whole:
            made = {outcome.id: outcome for outcome in journal}
    if stage.whole:
        results.discard()
    pending = [entry for entry in entries if entry.problem.id not in made]
    if entries:
        progress.begin(stage.name, len(entries), len(made))
    with closing(results.journal()) as journal:
        for outcome in stage.run(pending):
            if outcome.id in made:
                raise AssertionError(f"stage {stage.name} answered {outcome.id!r} twice")
            journal.append(outcome)
            made[outcome.id] = outcome
            if entries:
                progress.step()
    if entries:
        progress.end()
    else:
        progress.note(f"{stage.name}: {len(made)} rows read")
    order = [entry.problem.id for entry in entries] if results.number else list(made)
    missing = len(order) - len(made)
    if missing:
        raise InfrastructureError(f"stage {stage.name}: {missing} of {len(order)} entries are pending; use --resume")
    results.finish(order, made, entries)


def _conclude(run: RunDirectory, results: Sequence[StageResults]) -> list[StageCount]:
    counts = [result.counts() for result in results if result.done]
    run.write_json(FUNNEL, {"stages": [count.model_dump() for count in counts]})
    if results[-1].done:
        write_lines(run.path / ENTRIES, results[-1].entries())
    else:
        Path(run.path / ENTRIES).unlink(missing_ok=True)
    return counts
