"""Load the benchmarks of an evaluation: problems and prompts."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tarot_bench.benchmarks import located, open_benchmark
from tarot_bench.dataset import ProblemSet
from tarot_bench.errors import RecipeError, RunError
from tarot_bench.evaluation.prompts import Prompt
from tarot_bench.evaluation.settings import BenchmarkEntry, Evaluation
from tarot_bench.grading.compat import Compat, applies
from tarot_bench.runs import Manifest


@dataclass(frozen=True, slots=True)
class LoadedBenchmark:
    """One benchmark of an evaluation, loaded.

    Attributes:
        entry: as the suite names it.
        problems: already narrowed to the tiers, ids and limit that were requested.
        prompt: the template.
        counts: samples by problem id, where an imported file has another number of them for each problem; empty where
            every problem has as many as in the settings.
    """

    entry: BenchmarkEntry
    problems: ProblemSet
    prompt: Prompt
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The benchmark's name, which is also that of its folder in the run."""
        return self.entry.name


def check_compat(compat: Compat | None, parts: list[LoadedBenchmark]) -> None:
    """Check that a published grader's comparison covers a problem of every benchmark.

    Raises:
        RecipeError: a benchmark has no problem that it judges.
    """
    for part in parts:
        if compat and not any(applies(compat, problem) for problem in part.problems):
            raise RecipeError(
                f"compat={compat} has no comparison for {part.name}: evalplus is for humaneval_plus and mbpp_plus read "
                "from evalplus' files, tarot and evalchemy are for problems of standard input; leave it out"
            )


def load_parts(settings: Evaluation) -> list[LoadedBenchmark]:
    """Load the problems and prompts of an evaluation; nothing here costs money.

    Raises:
        UserError: unknown benchmark, unreadable data, unknown ids or prompt.
    """
    parts = []
    for entry in settings.benchmarks:
        benchmark = open_benchmark(entry.name)
        problems = benchmark.load(located(benchmark, entry.data), entry.revision, entry.split)
        problems = problems.select(ids=settings.ids, limit=settings.limit, tiers=settings.tiers)
        parts.append(LoadedBenchmark(entry, problems, Prompt(entry.prompt or benchmark.default_prompt)))
    check_compat(settings.compat, parts)
    return parts


def stored_settings(settings: Evaluation, parts: list[LoadedBenchmark]) -> dict[str, Any]:
    """The settings that a run stores and compares: the evaluation's, with digests of the data and the prompts."""
    data = {
        part.name: {
            "revision": part.problems.revision,
            "digest": part.problems.digest,
            "problems": len(part.problems),
            "notes": dict(part.problems.notes),
            "prompt": part.prompt.source,
            **({"counts": dict(part.counts)} if part.counts else {}),
        }
        for part in parts
    }
    return settings.identity | {"data": data}


def with_extent_of(before: dict[str, Any], settings: Evaluation, parts: list[LoadedBenchmark]) -> dict[str, Any]:
    """The settings of an evaluation with the number of samples and the problems of an earlier, smaller run.

    Args:
        before: the settings that the earlier run stored.
        settings: of the evaluation now.
        parts: its benchmarks, loaded.

    Returns:
        What the evaluation would store if it requested no more than the earlier run; equal to `before` where more
        samples or problems are the only difference. Unchanged where `before` requested as many or more.
    """
    samples, limit = before.get("samples"), before.get("limit")
    extent: dict[str, Any] = {}
    if isinstance(samples, int) and samples <= settings.samples:
        extent |= {"samples": samples, "k": tuple(before.get("k", ()))}
    if isinstance(limit, int) and (settings.limit is None or limit <= settings.limit):
        extent["limit"] = limit
        parts = [replace(part, problems=part.problems.select(limit=limit)) for part in parts]
    return stored_settings(settings.model_copy(update=extent), parts)


def parts_of_run(manifest: Manifest) -> tuple[Evaluation, list[LoadedBenchmark]]:
    """Load the settings of an existing evaluation run, and its parts again from their source.

    Errata that the source got since the run are not applied.

    Raises:
        RunError: the run was not made by ``evaluate``, or the data's source now holds something else.
        UserError: as `load_parts`.
    """
    if manifest.kind != "evaluate":
        raise RunError(f"this is a run of `{manifest.kind}`; only runs of `evaluate` have completions to grade")
    stored = dict(manifest.settings)
    data = stored.pop("data")
    settings = Evaluation.model_validate(stored)
    parts = [
        replace(
            part,
            problems=part.problems.with_digest(data[part.name]["digest"]),
            counts=data[part.name].get("counts", {}),
        )
        for part in load_parts(settings)
    ]
    for part in parts:
        was, now = data[part.name]["digest"], part.problems.digest
        if was != now:
            source = part.entry.data or "its default source"
            raise RunError(
                f"the data of {part.name} ({source}) changed since the run (digest {was}, now {now}); "
                "restore that revision of the data"
            )
    return settings, parts
