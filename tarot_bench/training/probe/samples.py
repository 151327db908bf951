"""Read the saved grades of an evaluation, for `probe`, `choose` and `reward-replay`."""

from dataclasses import dataclass
from pathlib import Path

from tarot_bench.errors import RunError
from tarot_bench.runs.evaluation import EvaluationRun
from tarot_bench.verdict import Grade, grouped


@dataclass(frozen=True, slots=True)
class SavedGrades:
    """The latest grades of a run.

    Attributes:
        model: the model that wrote the samples.
        benchmarks: where the problems come from; in runs of several, problem ids begin with the benchmark's name.
        grades: of problems that have tests in tiers, ordered by problem and sample.
        untiered: samples of problems that have none.
    """

    model: str
    benchmarks: tuple[str, ...]
    grades: tuple[Grade, ...]
    untiered: int

    @property
    def by_problem(self) -> dict[str, list[Grade]]:
        """The samples of each problem: a group."""
        return grouped(self.grades)


def saved_grades(path: Path) -> SavedGrades:
    """Read the grades of a run of `evaluate`, or of one that was imported.

    Raises:
        RunError: not such a run, or no sample of it is graded on tests in tiers.
    """
    run = EvaluationRun.open(path)
    latest: dict[tuple[str, int], Grade] = {}
    for benchmark in run.graded:
        for grade in run.benchmark(benchmark).grades:
            name = f"{benchmark}/{grade.problem_id}" if len(run.graded) > 1 else grade.problem_id
            latest[name, grade.index] = grade.model_copy(update={"problem_id": name})
    ordered = [latest[key] for key in sorted(latest)]
    tiered = tuple(grade for grade in ordered if any(result.tier for result in grade.results))
    if not tiered:
        why = "its problems have no tests in tiers" if ordered else f"a run of `{run.manifest.kind}` without grades"
        raise RunError(f"{path}: {why}; evaluate a model on four-tier data first")
    model = str(run.manifest.settings.get("model", "unknown"))
    return SavedGrades(model, run.graded, tiered, len(ordered) - len(tiered))
