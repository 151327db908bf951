"""Summarise the grades of a run: metrics and settings, one summary per benchmark."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import Field

from tarot_bench.errors import RecipeError
from tarot_bench.evaluation import fidelity
from tarot_bench.evaluation.parts import LoadedBenchmark
from tarot_bench.evaluation.settings import Evaluation
from tarot_bench.grading import ungraded
from tarot_bench.metrics.rating import RatingSummary, summarise_ratings
from tarot_bench.metrics.tiers import Metrics, summarise
from tarot_bench.problem import Frozen
from tarot_bench.runs.evaluation import EvaluationRun
from tarot_bench.verdict import Completion, Grade, SampleOutcome, VerdictMatrix


class Summary(Frozen):
    """The metrics of one benchmark of a run, with the settings under which they were measured."""

    benchmark: str
    model: str
    setting: dict[str, Any]
    """Data revision, settings digest, versions, sandbox, samples, compat: what a number needs beside it."""
    metrics: Metrics
    outcomes: dict[str, int] = Field(default_factory=dict)
    """Samples by what became of their request: a `SampleOutcome`, with the reason where the service refused it, as in
    ``REFUSED_BY_SERVICE context_length``; ``PENDING`` for those without an answer. They add up to all samples."""
    rating: RatingSummary | None = None
    """Only of benchmarks whose problems are rated."""

    @property
    def remarks(self) -> list[str]:
        """One line per kind of sample without an ordinary answer, with its effect on the metrics."""
        return [
            f"{name}: {count} {'sample' if count == 1 else 'samples'}; {_MEANING[name.split()[0]]}"
            for name, count in self.outcomes.items()
            if name != SampleOutcome.ANSWERED
        ]


PENDING = "PENDING"
_MEANING = {
    SampleOutcome.DECLINED_BY_MODEL: "the model's own answer, graded like any other",
    SampleOutcome.FILTERED_BY_SERVICE: "no score; --resume options.retry_refused=true asks again",
    SampleOutcome.REFUSED_BY_SERVICE: "no score; --resume options.retry_refused=true asks again",
    PENDING: "no answer yet; --resume requests it again",
}


def summarise_run(
    run: EvaluationRun,
    settings: Evaluation,
    parts: list[LoadedBenchmark],
    grades: dict[str, list[Grade]],
    label: str = "",
) -> list[Summary]:
    """Compute the summaries of a run and write them to it.

    Args:
        run: the open run.
        settings: the run's.
        parts: the run's benchmarks.
        grades: all grades made so far, per benchmark; where a sample was graded twice the later counts.
        label: of the grader, where it is not ours.
    """
    summaries = [summary_of(run, settings, part, grades[part.name]) for part in parts]
    run.write_summary({"summaries": [summary.model_dump(mode="json") for summary in summaries]}, label)
    return summaries


def summary_of(run: EvaluationRun, settings: Evaluation, part: LoadedBenchmark, grades: list[Grade]) -> Summary:
    """Compute the summary of one benchmark of a run, finished or not; reads only."""
    verdicts = matrices(part, settings.samples, grades)
    return Summary(
        benchmark=part.name,
        model=settings.model,
        setting=_setting(run, settings, part),
        metrics=summarise(verdicts, ks=settings.k),
        outcomes=outcomes(run.benchmark(part.name).completions, len(part.problems) * settings.samples),
        rating=summarise_ratings(part.problems, verdicts),
    )


def outcomes(completions: Iterable[Completion], samples: int) -> dict[str, int]:
    """Count the outcomes of a benchmark's samples, for `Summary.outcomes`; answered ones come first."""
    found = Counter(_outcome(completion) for completion in completions)
    answered = found.pop(SampleOutcome.ANSWERED, 0)
    pending = samples - answered - found.total()
    counts = {SampleOutcome.ANSWERED.value: answered} | dict(sorted(found.items()))
    return counts | ({PENDING: pending} if pending else {})


def _outcome(completion: Completion) -> str:
    refused = completion.outcome is SampleOutcome.REFUSED_BY_SERVICE
    return f"{completion.outcome} {completion.finish_reason}" if refused else completion.outcome.value


def check_metrics(names: Sequence[str], settings: Evaluation, parts: list[LoadedBenchmark]) -> None:
    """Check, before any request to the model, that every required rate exists in some benchmark.

    Raises:
        RecipeError: a name that no benchmark has; lists those there are.
    """
    if not names:
        return
    known = dict.fromkeys(
        name for part in parts for name in summarise(matrices(part, settings.samples, []), ks=settings.k).named()
    )
    for name in names:
        if name.removesuffix("@1") not in known:
            raise RecipeError(f"unknown metric {name!r}; this evaluation has {', '.join(known)}")


def matrices(part: LoadedBenchmark, samples: int, grades: list[Grade]) -> list[VerdictMatrix]:
    """One verdict matrix per problem, a row per sample; a sample without an answer or a grade is UNGRADED."""
    latest = {(made.problem_id, made.index): made for made in grades}
    return [
        VerdictMatrix.of(
            latest.get((problem.id, index)) or ungraded(problem, index, "not answered yet")
            for index in range(part.counts.get(problem.id, samples))
        )
        for problem in part.problems
    ]


def _setting(run: EvaluationRun, settings: Evaluation, part: LoadedBenchmark) -> dict[str, Any]:
    return {
        **run.manifest.environment,  # first, so that it replaces no setting
        "suite": settings.name,
        "data": part.problems.source,
        "revision": part.problems.revision,
        "data_digest": part.problems.digest,
        "notes": dict(part.problems.notes),
        "settings_digest": run.manifest.digest,
        "samples": settings.samples,
        "fewest_samples": min(part.counts.values(), default=settings.samples),
        "sampling": settings.sampling.model_dump(mode="json"),
        "options": settings.identity["options"],
        "tiers": list(settings.tiers) if settings.tiers else None,
        "limit": settings.limit,
        "ids": len(settings.ids) if settings.ids else None,
        "compat": settings.compat,
        "extraction": settings.extraction,
        "forgeable_tests": sum(test.forgeable for problem in part.problems for test in problem.all_tests),
        "fidelity": fidelity.read(run.benchmark(part.name).fidelity),
    }
