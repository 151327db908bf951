"""`evaluate`: ask, journal, grade, journal, summarise. Killed at any moment, it goes on where it was."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

from tarot_bench.errors import InfrastructureError, RunError, one_line
from tarot_bench.harness.calibration import calibrated
from tarot_bench.harness.fidelity import settle
from tarot_bench.harness.generation import ask
from tarot_bench.harness.graders import Graders
from tarot_bench.harness.parts import Part, load_parts, stored_settings
from tarot_bench.harness.sandboxes import Sandboxes, describe, opened
from tarot_bench.harness.settings import Evaluation
from tarot_bench.harness.summary import Summary, summarise_run
from tarot_bench.models import open_model
from tarot_bench.models.base import Answer, Model, Request
from tarot_bench.progress import Progress, Silent
from tarot_bench.runs import Journal, Run
from tarot_bench.sandbox.base import Sandbox
from tarot_bench.verdict import Completion, Grade

Key = tuple[str, int]


def evaluate(
    settings: Evaluation,
    output: Path,
    *,
    resume: bool = False,
    cache: bool = True,
    progress: Progress | None = None,
) -> list[Summary]:
    """Evaluate a model and write the run.

    Args:
        settings: from `tarot_bench.harness.settings.resolve`.
        output: the run directory (`tarot_bench.runs`): ``BENCHMARK/completions.jsonl`` and ``BENCHMARK/grades.jsonl``
            grow while it runs, ``summary.json`` is written at its end.
        resume: go on with a run that is there.
        cache: programs that ran before, in this sandbox on this machine, are answered from the verdict cache.
        progress: told of every grade.

    Returns:
        One summary per benchmark, as in ``summary.json``.

    Raises:
        UserError: anything the user can mend, before or while running; what was done until then is kept.
    """
    parts = load_parts(settings)
    model = open_model(settings.model, settings.options)
    with opened(settings.sandbox, cache=cache, least=settings.isolation) as sandboxes:
        environment = {"sandbox": describe(sandboxes.grading)}
        run = Run.start(output, "evaluate", stored_settings(settings, parts), environment, resume)
        grades = asyncio.run(_run_parts(run, settings, parts, model, sandboxes, progress or Silent()))
    return summarise_run(run, settings, parts, grades, "summary.json")


async def _run_parts(
    run: Run, settings: Evaluation, parts: list[Part], model: Model, sandboxes: Sandboxes, progress: Progress
) -> dict[str, list[Grade]]:
    made = {}
    try:
        for part in parts:
            with (
                run.journal(f"{part.name}/completions.jsonl", Completion) as completions,
                run.journal(f"{part.name}/grades.jsonl", Grade) as grades,
            ):
                ready = calibrated(part, settings.gold_factor, sandboxes.plain, run.path, progress)
                await _run_part(settings, ready, model, sandboxes.grading, completions, grades, progress)
                settle(ready.problems, completions, grades, sandboxes.plain, settings.compat)
                made[part.name] = list(grades)
    finally:
        await model.close()
    return made


async def _run_part(
    settings: Evaluation,
    part: Part,
    model: Model,
    sandbox: Sandbox,
    completions: Journal[Completion],
    grades: Journal[Grade],
    progress: Progress,
) -> None:
    """Answer and grade what the two journals of one benchmark do not hold yet."""
    answered = _answered(completions, part, settings.samples)
    graded = {(made.problem_id, made.index) for made in grades if not made.ungraded}
    failures: list[str] = []
    progress.begin(f"{part.name} · {settings.model}", len(part.problems) * settings.samples, len(graded))
    async with Graders(part.problems, sandbox, grades, progress, settings.compat) as graders:
        for completion in completions:
            if (completion.problem_id, completion.index) not in graded:
                await graders.submit(completion)

        async def on_answer(request: Request, answer: Answer) -> None:
            completion = _completion(model.name, request, answer)
            completions.append(completion)
            await graders.submit(completion)

        def on_failure(request: Request, error: InfrastructureError) -> None:
            failures.append(one_line(error))

        await ask(model, _owed(settings, part, answered), settings.sampling, on_answer, on_failure)
    progress.end()
    if failures:
        progress.note(
            f"{len(failures)} samples could not be had ({failures[0]}); they are owed: run the same with --resume"
        )


def _answered(completions: Journal[Completion], part: Part, samples: int) -> set[Key]:
    """Which samples the journal holds.

    Raises:
        RunError: a completion that this run never asked for.
    """
    wanted = {problem.id for problem in part.problems}
    answered: set[Key] = set()
    for completion in completions:
        key = (completion.problem_id, completion.index)
        if completion.problem_id not in wanted or completion.index >= samples or key in answered:
            raise RunError(
                f"{completions.path} holds sample {completion.index} of {completion.problem_id!r}, which this run "
                "did not ask for (once); it is not this run's journal"
            )
        answered.add(key)
    return answered


def _owed(settings: Evaluation, part: Part, answered: set[Key]) -> Iterator[Request]:
    """The samples still to be had, first samples of all problems first."""
    for index in range(settings.samples):
        for problem in part.problems:
            if (problem.id, index) not in answered:
                yield Request(problem, index, part.prompt.render(problem), settings.system)


def _completion(model: str, request: Request, answer: Answer) -> Completion:
    return Completion(
        problem_id=request.problem.id,
        index=request.index,
        model=model,
        text=answer.text,
        finish_reason=answer.finish_reason,
        usage=answer.usage,
    )
