"""Check that gold answers score 100 % through the whole pipeline, from raw fenced text to the metric."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tarot_bench.benchmarks import located, names, open_benchmark
from tarot_bench.errors import DataError, ModelError
from tarot_bench.evaluation.runner import evaluate
from tarot_bench.evaluation.settings import BenchmarkEntry, Evaluation, SandboxSetting
from tarot_bench.progress import Progress
from tarot_bench.runs.evaluation import EvaluationRun


@dataclass(frozen=True, slots=True)
class SelfTest:
    """The result of one benchmark's gold answers.

    Attributes:
        benchmark: its name.
        data: where its problems came from.
        tests: how many tests were run.
        misses: one line per test that gold did not pass.
        skipped: why the benchmark could not be tested, None if it was.
    """

    benchmark: str
    data: str
    tests: int = 0
    misses: tuple[str, ...] = ()
    skipped: str | None = None


def selftest(
    output: Path, data: Iterable[tuple[str, str]] = (), sandbox: str = "local", progress: Progress | None = None
) -> list[SelfTest]:
    """Evaluate the ``gold`` model on every benchmark that can be loaded.

    Args:
        output: where the runs are written, one folder each.
        data: ``(benchmark, source)`` pairs beside each benchmark's default source.
        sandbox: where the golds run.
        progress: receives every grade.

    Returns:
        One entry per benchmark and source. Only a default source may be skipped; one that was named must load.

    Raises:
        UserError: a source that was named cannot be loaded, or the sandbox cannot be opened.
    """
    named = list(data)
    overridden = {benchmark for benchmark, _ in named}
    defaults = [(name, located(open_benchmark(name), None)) for name in names() if name not in overridden]
    results = []
    for number, (benchmark, source) in enumerate([*named, *defaults]):
        try:
            results.append(_one(output / f"{number}-{benchmark}", benchmark, source, sandbox, progress))
        except (DataError, ModelError) as error:  # no data here, or a benchmark that publishes no solutions
            if (benchmark, source) in named:
                raise
            results.append(SelfTest(benchmark, source, skipped=str(error)))
    return results


def _one(output: Path, benchmark: str, source: str, sandbox: str, progress: Progress | None) -> SelfTest:
    entry = BenchmarkEntry(name=benchmark, data=source)
    place = SandboxSetting(kind=sandbox)
    settings = Evaluation(name="selftest", benchmarks=(entry,), model="gold", sandbox=place, gold_factor=None)
    evaluate(settings, output, progress=progress)
    grades = EvaluationRun.open(output).benchmark(benchmark).grades
    results = [(made.problem_id, result) for made in grades for result in made.results]
    misses = tuple(
        f"{problem_id} {result.tier or 'original'}: {result.verdict} {result.detail}"
        for problem_id, result in results
        if result.verdict != "PASSED"
    )
    return SelfTest(benchmark, source, len(results), misses)
