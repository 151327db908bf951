"""A finished evaluation as Python objects: its numbers, its verdicts, and its comparison with another."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from tarot_bench.config import complaints
from tarot_bench.errors import RunError
from tarot_bench.evaluation.summary import Summary
from tarot_bench.metrics.comparison import Comparison, compare_verdicts
from tarot_bench.runs.evaluation import EvaluationRun
from tarot_bench.verdict import Grade, Verdict, VerdictMatrix

if TYPE_CHECKING:
    import pandas as pd

_COLUMNS = (
    *("benchmark", "problem_id", "sample", "test", "tier", "group", "verdict", "passed"),
    *("cpu_s", "wall_s", "peak_mib", "detail"),
)
_MUST_AGREE = {"data_digest": "data", "compat": "compat", "extraction": "extraction"}


@dataclass(frozen=True, slots=True)
class Run:
    """A run of `evaluate`.

    Attributes:
        path: its directory.
        summaries: the metrics of each benchmark, with the setting that they hold for.
    """

    path: Path
    summaries: tuple[Summary, ...]

    @property
    def summary(self) -> Summary:
        """The metrics of the run's only benchmark.

        Raises:
            RunError: the run has several; take one of `summaries`.
        """
        return self._of(None)

    def grades(self, benchmark: str | None = None) -> list[Grade]:
        """All verdicts of one benchmark: the latest grade of each graded sample.

        Args:
            benchmark: its name; None takes the run's only one.

        Raises:
            RunError: no such benchmark, or the grades cannot be read.
        """
        name = self._of(benchmark).benchmark
        journal = EvaluationRun.open(self.path).benchmark(name).grades
        return list({(made.problem_id, made.index): made for made in journal}.values())

    def to_pandas(self) -> "pd.DataFrame":
        """All verdicts as a table, one row per test result.

        Columns: ``benchmark``, ``problem_id``, ``sample`` (index), ``test`` (place in the problem, from 0), ``tier``
        (``original`` for tests without one), ``group`` (the source's label or None), ``verdict``, ``passed``
        (True, False, or ``<NA>`` where the verdict is ``UNGRADED``), ``cpu_s`` and ``wall_s`` (seconds), ``peak_mib``
        (MiB), ``detail`` (one line).

        Raises:
            RunError: the grades cannot be read.
        """
        import pandas as pd

        table = pd.DataFrame(self._rows(), columns=list(_COLUMNS))
        return table.astype({"passed": "boolean"})

    def _rows(self) -> Iterator[tuple[Any, ...]]:
        for summary in self.summaries:
            for made in self.grades(summary.benchmark):
                sample = summary.benchmark, made.problem_id, made.index
                for number, r in enumerate(made.results):
                    passed = None if r.verdict is Verdict.UNGRADED else r.verdict is Verdict.PASSED
                    labels = r.tier.value if r.tier else "original", r.group, r.verdict.value, passed
                    yield (*sample, number, *labels, r.cpu_s, r.wall_s, r.peak_mib, r.detail)

    def _of(self, benchmark: str | None) -> Summary:
        chosen = [s for s in self.summaries if benchmark in (None, s.benchmark)]
        if len(chosen) != 1:
            names = ", ".join(summary.benchmark for summary in self.summaries)
            raise RunError(f"{self.path} has the benchmarks {names}; name one of them")
        return chosen[0]


def open_run(path: str | Path) -> Run:
    """Open a finished run of `evaluate` or `import`; reads only.

    Raises:
        RunError: not a run directory, or the run is not finished.
    """
    run = EvaluationRun.open(Path(path).expanduser())
    content = run.read_summary()
    if content is None:
        raise RunError(f"{run.path} has no summary yet; finish it with `tarot-bench evaluate --resume`")
    try:
        return Run(run.path, tuple(Summary.model_validate(summary) for summary in content["summaries"]))
    except (ValidationError, KeyError, TypeError) as error:
        why = complaints(error) if isinstance(error, ValidationError) else "no summaries"
        raise RunError(
            f"the summary of {run.path} cannot be read ({why}); run `tarot-bench regrade` to write it again"
        ) from None


def compare(first: Run | str | Path, second: Run | str | Path, *, benchmark: str | None = None) -> Comparison:
    """Compare two runs tier by tier, paired by problem.

    Args:
        first: a run or its directory, such as the baseline's.
        second: the other run; differences are ``second - first``.
        benchmark: its name; None takes the only benchmark that both have.

    Returns:
        pass@1 of both, and its difference with a 95 % interval that is clustered by problem, for all tiers
        (``strict``), each tier, and tests without a tier. ``print`` shows one line for each.

    Raises:
        RunError: not two finished runs with a benchmark in common, or their data, ``compat`` or ``extraction`` differ.
    """
    runs = [run if isinstance(run, Run) else open_run(run) for run in (first, second)]
    name = benchmark or _common(*runs)
    settings = [run._of(name).setting for run in runs]
    for key, what in _MUST_AGREE.items():
        one, other = (setting.get(key) for setting in settings)
        if one != other:
            raise RunError(
                f"{runs[0].path} and {runs[1].path} differ in {what} ({one}, {other}); evaluate both models on the "
                "same problems and tiers, with the same settings of the grader"
            )
    return compare_verdicts(*(_matrices(run.grades(name)) for run in runs))


def _common(first: Run, second: Run) -> str:
    names = [[summary.benchmark for summary in run.summaries] for run in (first, second)]
    common = [name for name in names[0] if name in names[1]]
    if len(common) != 1:
        found = f"the benchmarks {', '.join(common)}; name one of them" if common else "no benchmark"
        raise RunError(f"{first.path} and {second.path} share {found}")
    return common[0]


def _matrices(grades: Iterable[Grade]) -> list[VerdictMatrix]:
    by_problem: dict[str, list[Grade]] = {}
    for made in grades:
        by_problem.setdefault(made.problem_id, []).append(made)
    return [VerdictMatrix.of(made) for made in by_problem.values()]
