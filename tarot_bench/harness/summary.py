"""From a run's grades to what is reported: one summary per benchmark."""

from typing import Any

from tarot_bench.grading import ungraded
from tarot_bench.grading.metrics import Metrics, summarise
from tarot_bench.harness import fidelity
from tarot_bench.harness.parts import Part
from tarot_bench.harness.rating import RatingSummary, summarise_ratings
from tarot_bench.harness.settings import Evaluation
from tarot_bench.problem import Frozen
from tarot_bench.runs import Run
from tarot_bench.verdict import Grade, VerdictMatrix


class Summary(Frozen):
    """What one benchmark of a run came to, with the setting that the numbers hold for."""

    benchmark: str
    model: str
    setting: dict[str, Any]
    """Data revision, settings digest, versions, sandbox, samples, compat: what a number needs beside it."""
    metrics: Metrics
    rating: RatingSummary | None = None
    """Only of benchmarks whose problems are rated."""


def summarise_run(
    run: Run, settings: Evaluation, parts: list[Part], grades: dict[str, list[Grade]], name: str
) -> list[Summary]:
    """Compute the summaries of a run and write them to it.

    Args:
        run: the open run.
        settings: the run's.
        parts: the run's benchmarks.
        grades: all grades made so far, per benchmark; where a sample was graded twice the later counts.
        name: of the file in the run.
    """
    summaries = [_summary(run, settings, part, grades[part.name]) for part in parts]
    run.write_json(name, {"summaries": [summary.model_dump(mode="json") for summary in summaries]})
    return summaries


def _summary(run: Run, settings: Evaluation, part: Part, grades: list[Grade]) -> Summary:
    verdicts = matrices(part, settings.samples, grades)
    return Summary(
        benchmark=part.name,
        model=settings.model,
        setting=_setting(run, settings, part),
        metrics=summarise(verdicts, ks=settings.k),
        rating=summarise_ratings(part.problems, verdicts),
    )


def matrices(part: Part, samples: int, grades: list[Grade]) -> list[VerdictMatrix]:
    """One verdict matrix per problem, a row per sample; a sample that was never had or graded is UNGRADED."""
    latest = {(made.problem_id, made.index): made for made in grades}
    return [
        VerdictMatrix.of(
            latest.get((problem.id, index)) or ungraded(problem, index, "not answered yet") for index in range(samples)
        )
        for problem in part.problems
    ]


def _setting(run: Run, settings: Evaluation, part: Part) -> dict[str, Any]:
    return {
        "suite": settings.name,
        "data": part.entry.data or "default",
        "revision": part.problems.revision,
        "data_digest": part.problems.digest,
        "notes": dict(part.problems.notes),
        "settings_digest": run.manifest.digest,
        "samples": settings.samples,
        "sampling": settings.sampling.model_dump(mode="json"),
        "tiers": list(settings.tiers) if settings.tiers else None,
        "compat": settings.compat,
        "forgeable_tests": sum(test.forgeable for problem in part.problems for test in problem.all_tests),
        "fidelity": fidelity.read(run.path / part.name),
        **run.manifest.environment,
    }
