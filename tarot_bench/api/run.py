"""A finished evaluation as Python objects: its numbers and its verdicts."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from tarot_bench.config import complaints
from tarot_bench.errors import RunError
from tarot_bench.evaluation.summary import Summary
from tarot_bench.runs.evaluation import KIND, EvaluationRun
from tarot_bench.verdict import Grade, Verdict

if TYPE_CHECKING:
    import pandas as pd

_COLUMNS = (
    *("benchmark", "problem_id", "sample", "test", "tier", "group", "verdict", "passed"),
    *("cpu_s", "wall_s", "peak_mib", "detail"),
)


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
        return self.of(None)

    def grades(self, benchmark: str | None = None) -> list[Grade]:
        """All verdicts of one benchmark: the latest grade of each graded sample.

        Args:
            benchmark: its name; None takes the run's only one.

        Raises:
            RunError: no such benchmark, or the grades cannot be read.
        """
        name = self.of(benchmark).benchmark
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

    def report(self, path: str | Path) -> Path:
        """Write the HTML report of this run, and return its path; see `tarot_bench.report` for several runs.

        Raises:
            UserError: as `tarot_bench.report`.
        """
        from tarot_bench.api.report import report

        return report([self.path], path)

    def _rows(self) -> Iterator[tuple[Any, ...]]:
        for summary in self.summaries:
            for made in self.grades(summary.benchmark):
                sample = summary.benchmark, made.problem_id, made.index
                for number, r in enumerate(made.results):
                    passed = None if r.verdict is Verdict.UNGRADED else r.verdict is Verdict.PASSED
                    labels = r.tier.value if r.tier else "original", r.group, r.verdict.value, passed
                    yield (*sample, number, *labels, r.cpu_s, r.wall_s, r.peak_mib, r.detail)

    def of(self, benchmark: str | None) -> Summary:
        """The metrics of one benchmark; None takes the run's only one.

        Raises:
            RunError: no such benchmark, or the run has several.
        """
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
    if run.manifest.kind != KIND:
        raise RunError(f"{run.path} is a run of `{run.manifest.kind}`; name a run of `{KIND}`")
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
