"""What every export reads: one benchmark of a run, and its samples one by one."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tarot_bench.api.report import reported
from tarot_bench.errors import RunError
from tarot_bench.hub import HUB_ID
from tarot_bench.integrations.scores import score_names
from tarot_bench.metrics.intervals import Estimate
from tarot_bench.problem import Problem
from tarot_bench.reporting.report.reported import ReportedRun, answers_of
from tarot_bench.runs import Manifest
from tarot_bench.runs.evaluation import EvaluationRun
from tarot_bench.verdict import Completion, Grade


@dataclass(frozen=True, slots=True)
class Sample:
    """One answer of the model.

    Attributes:
        problem: with its tests.
        prompt: as the model got it, without the system message.
        completion: what arrived; where the service filtered or refused the answer, perhaps nothing.
        grade: its verdicts; None where it is not graded yet.
    """

    problem: Problem
    prompt: str
    completion: Completion
    grade: Grade | None

    @property
    def graded(self) -> Grade | None:
        """The grade if it has all verdicts, so that the sample counts; else None."""
        return None if self.grade is None or self.grade.ungraded else self.grade


@dataclass(frozen=True, slots=True)
class Source:
    """One benchmark of a run.

    Attributes:
        run: as in a report, with its metrics.
        manifest: settings of the whole run, and when it began.
    """

    run: ReportedRun
    manifest: Manifest

    @property
    def entry(self) -> dict[str, Any]:
        """The benchmark as the run's settings name it: data, revision, split, prompt."""
        found: dict[str, Any] = next(
            entry for entry in self.manifest.settings["benchmarks"] if entry["name"] == self.run.benchmark
        )
        return found

    @property
    def sampling(self) -> dict[str, Any]:
        """The sampling parameters; empty where an imported file does not tell them."""
        return {} if self.run.setting["suite"] == "imported" else dict(self.run.setting["sampling"])

    @property
    def hub_dataset(self) -> str | None:
        """The id of the dataset on the Hub that the run's problems are of; None where they came from elsewhere."""
        data, revision = str(self.run.setting["data"]), str(self.run.setting["revision"])
        return data if HUB_ID.fullmatch(data) and not revision.startswith("sha256:") else None

    def samples(self) -> Iterator[Sample]:
        """Yield the samples that have an answer or a refusal, in the order of the problems, then of the samples."""
        answers = answers_of(self.run)
        for problem in self.run.problems:
            prompt, found = self.run.prompt_of(problem), answers[problem.id]
            for index in sorted(found.completions):
                yield Sample(problem, prompt, found.completions[index], found.grades.get(index))

    @property
    def missing(self) -> int:
        """Samples that are not answered or not graded yet; resuming the run adds them."""
        answers = answers_of(self.run).values()
        there = sum(len(found.completions.keys() & found.grades.keys()) for found in answers)
        return self.run.metrics.counts.samples - there

    @property
    def ungraded(self) -> int:
        """Samples whose grade is no score: refused by the service, or an infrastructure error."""
        return self.run.metrics.counts.ungraded - self.missing

    def rates(self) -> Iterator[tuple[str, str, int, Estimate]]:
        """Yield every pass@k of the report: its name, that of its tests (`score_names`), k and the estimate."""
        found = self.run.metrics.named()
        for k in self.run.metrics.counts.left_out:
            for scope in score_names(self.run.problems):
                name = scope if k == 1 else f"{scope}@{k}"
                estimate = found.get(name)
                if estimate is not None:
                    yield name, scope, k, estimate


def sources(path: Path, benchmark: str | None = None) -> list[Source]:
    """Read the benchmarks of a run, finished or not.

    Args:
        path: the run directory.
        benchmark: only this one.

    Raises:
        RunError: not a run, or it has no such benchmark.
        UserError: the run's data cannot be loaded any more.
    """
    manifest = EvaluationRun.open(path).manifest
    found = [Source(run, manifest) for run in reported([path]) if benchmark in (None, run.benchmark)]
    if not found:
        names = ", ".join(EvaluationRun.open(path).benchmarks)
        raise RunError(f"{path} has no benchmark {benchmark!r}; it has {names}")
    return found


def only_source(path: Path, benchmark: str | None) -> Source:
    """Read the only benchmark of a run, or the one that is named.

    Raises:
        RunError: as `sources`, or the run has several.
    """
    found = sources(path, benchmark)
    if len(found) > 1:
        names = ", ".join(source.run.benchmark for source in found)
        raise RunError(f"{path} has the benchmarks {names}; name one of them with --benchmark")
    return found[0]
