"""Evaluate a model: request, journal, grade, journal, summarise. A killed run can be resumed at any point."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from tarot_bench import loops
from tarot_bench.errors import InfrastructureError, RefusedError, RunError, one_line
from tarot_bench.evaluation.asking import ask
from tarot_bench.evaluation.calibration import calibrated
from tarot_bench.evaluation.fidelity import settle
from tarot_bench.evaluation.graders import Graders
from tarot_bench.evaluation.parts import LoadedBenchmark, load_parts, stored_settings, with_extent_of
from tarot_bench.evaluation.sandboxes import Sandboxes, describe, opened
from tarot_bench.evaluation.settings import Evaluation
from tarot_bench.evaluation.summary import Summary, check_metrics, summarise_run
from tarot_bench.models import open_model
from tarot_bench.models.base import Answer, Model, Request
from tarot_bench.problem import Problem
from tarot_bench.progress import Progress, Silent
from tarot_bench.runs import JournalReader, JournalWriter, writing
from tarot_bench.runs.evaluation import KIND, EvaluationRun
from tarot_bench.sandbox.base import Sandbox
from tarot_bench.verdict import Completion, Grade, SampleOutcome

Key = tuple[str, int]

_DRAWS_NOTHING = ("gold", "mutant:", "replay:")
"""Models that the temperature means nothing to."""


def evaluate(
    settings: Evaluation,
    output: Path,
    *,
    resume: bool = False,
    cache: bool = True,
    progress: Progress | None = None,
    metrics: Sequence[str] = (),
) -> list[Summary]:
    """Evaluate a model and write the run; arguments as for `evaluated`."""
    return loops.run(evaluated(settings, output, resume, cache, progress or Silent(), metrics))


async def evaluated(
    settings: Evaluation, output: Path, resume: bool, cache: bool, progress: Progress, metrics: Sequence[str] = ()
) -> list[Summary]:
    """Evaluate a model and write the run. Blocks its event loop while programs are measured.

    Args:
        settings: from `tarot_bench.evaluation.settings.resolve`.
        output: the run directory (`tarot_bench.runs.evaluation`): completions and grades grow while it runs, the
            summary is written at its end.
        resume: continue a run that is there. It may have requested fewer samples or problems: only what is missing is
            requested.
        cache: programs that ran before, in this sandbox on this machine, are answered from the verdict cache.
        progress: receives every grade.
        metrics: names of rates that the caller will look up (`Metrics.value`); an unknown one is refused before
            anything is asked.

    Returns:
        One summary per benchmark, as in ``summary.json``.

    Raises:
        UserError: anything the user can correct, before or while running; what was done until then is kept.
    """
    parts = load_parts(settings)
    check_metrics(metrics, settings, parts)
    model = open_model(settings.model, settings.options)
    _warn_of_equal_samples(settings, progress)
    with writing(output), opened(settings.sandbox, cache=cache, least=settings.isolation) as sandboxes:
        environment = {"sandbox": describe(sandboxes.grading), "prices": settings.prices}
        stored = stored_settings(settings, parts)
        run = EvaluationRun.start(
            output, KIND, stored, environment, resume, lambda before: with_extent_of(before, settings, parts)
        )
        grades = await _run_parts(run, settings, parts, model, sandboxes, progress)
        return summarise_run(run, settings, parts, grades)


def _warn_of_equal_samples(settings: Evaluation, progress: Progress) -> None:
    if settings.samples > 1 and settings.sampling.temperature == 0 and not settings.model.startswith(_DRAWS_NOTHING):
        progress.note(
            f"{settings.samples} samples a problem at temperature 0 will be nearly the same; "
            "for pass@k set sampling.temperature, as in sampling.temperature=0.8"
        )


async def _run_parts(
    run: EvaluationRun,
    settings: Evaluation,
    parts: list[LoadedBenchmark],
    model: Model,
    sandboxes: Sandboxes,
    progress: Progress,
) -> dict[str, list[Grade]]:
    made = {}
    try:
        for part in parts:
            files = run.benchmark(part.name)
            with files.write_completions() as completions, files.write_grades() as grades:
                if settings.options.retry_refused:
                    completions.keep(lambda completion: completion.outcome.is_the_models)
                ready = calibrated(part, settings.gold_factor, sandboxes.plain, run.path, progress)
                await _run_part(settings, ready, model, sandboxes.grading, completions, grades, progress)
                rules = settings.compat, settings.extraction, settings.sandbox.packages
                settle(ready.problems, completions, grades, sandboxes.plain, *rules)
                made[part.name] = list(grades)
    finally:
        await model.close()
    return made


async def _run_part(
    settings: Evaluation,
    part: LoadedBenchmark,
    model: Model,
    sandbox: Sandbox,
    completions: JournalWriter[Completion],
    grades: JournalWriter[Grade],
    progress: Progress,
) -> None:
    """Request and grade the pending samples of one benchmark."""
    answered = _answered(completions, part, settings.samples)
    done = _done(completions, grades)
    failures: list[str] = []
    progress.begin(f"{part.name} · {settings.model}", len(part.problems) * settings.samples, len(done))
    async with Graders(part.problems, sandbox, grades, progress, settings.compat, settings.extraction) as graders:
        for completion in completions:
            progress.used(completion.usage.input_tokens, completion.usage.output_tokens)
            if (completion.problem_id, completion.index) not in done:
                await graders.submit(completion)

        async def on_answer(request: Request, answer: Answer) -> None:
            completion = _completion(model.name, request, answer)
            completions.append(completion)
            progress.used(answer.usage.input_tokens, answer.usage.output_tokens)
            await graders.submit(completion)

        async def on_refusal(request: Request, error: RefusedError) -> None:
            refused = Answer("", error.reason, outcome=SampleOutcome.REFUSED_BY_SERVICE, note=error.words)
            await on_answer(request, refused)

        def on_failure(request: Request, error: InfrastructureError) -> None:
            failures.append(one_line(error))

        pending = _pending(settings, part, answered)
        await ask(model, pending, settings.sampling, on_answer, on_failure, on_refusal, proven=bool(answered))
    progress.end()
    if failures:
        progress.note(
            f"{len(failures)} samples got no answer ({failures[0]}); repeat with --resume to request them again"
        )


def _done(completions: JournalReader[Completion], grades: JournalReader[Grade]) -> set[Key]:
    """The samples that need no grading: those with verdicts, and those that cannot have any."""
    unanswered = {(c.problem_id, c.index) for c in completions if not c.outcome.is_the_models}
    keys = ((made.problem_id, made.index, made.ungraded) for made in grades)
    return {(problem_id, index) for problem_id, index, open_ in keys if not open_ or (problem_id, index) in unanswered}


def _answered(completions: JournalReader[Completion], part: LoadedBenchmark, samples: int) -> set[Key]:
    """The samples in the journal.

    Raises:
        RunError: a completion that this run never requested.
    """
    wanted = {problem.id for problem in part.problems}
    answered: set[Key] = set()
    for completion in completions:
        key = (completion.problem_id, completion.index)
        if completion.problem_id not in wanted or completion.index >= samples or key in answered:
            raise RunError(
                f"{completions.path} holds sample {completion.index} of {completion.problem_id!r}, which this run "
                "did not request or already has; restore this run's own journal"
            )
        answered.add(key)
    return answered


def _pending(settings: Evaluation, part: LoadedBenchmark, answered: set[Key]) -> Iterator[Request]:
    """The samples that are not answered yet, starting with the first sample of every problem."""
    for index in range(settings.samples):
        for problem in part.problems:
            if (problem.id, index) not in answered:
                yield _request(settings, problem, index, part.prompt.render(problem))


def _request(settings: Evaluation, problem: Problem, index: int, prompt: str) -> Request:
    if settings.system and not settings.options.system_role:
        return Request(problem, index, f"{settings.system}\n\n{prompt}")
    return Request(problem, index, prompt, settings.system)


def _completion(model: str, request: Request, answer: Answer) -> Completion:
    return Completion(
        problem_id=request.problem.id,
        index=request.index,
        model=model,
        text=answer.text,
        finish_reason=answer.finish_reason,
        usage=answer.usage,
        outcome=answer.outcome,
        note=answer.note,
    )
