"""Compare runs of `evaluate`, paired by problem: `tarot_bench.compare` and `tarot_bench.rank`."""

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from tarot_bench.api.run import Run, open_run
from tarot_bench.errors import RunError
from tarot_bench.evaluation.alike import MUST_AGREE, setting_of
from tarot_bench.metrics.comparison import Comparison, compare_verdicts, rates, scopes
from tarot_bench.metrics.ranking import Ranked
from tarot_bench.metrics.ranking import rank as ranked
from tarot_bench.runs.evaluation import EvaluationRun
from tarot_bench.verdict import Verdict, matrices_of


def compare(
    first: Run | str | Path, second: Run | str | Path, *, benchmark: str | None = None, despite: Collection[str] = ()
) -> Comparison:
    """Compare two runs tier by tier, paired by problem.

    Args:
        first: a run or its directory, such as the baseline's.
        second: the other run; differences are ``second - first``.
        benchmark: its name; None takes the only benchmark that both have.
        despite: settings of `MUST_AGREE` that may differ; with ``data``, problems with the same id are compared.

    Returns:
        pass@1 of both, and its difference with a 95 % interval that is clustered by problem, for all tiers
        (``strict``), each tier, and tests without a tier. ``print`` shows one line for each.

    Raises:
        RunError: not two finished runs with a benchmark and a problem in common, or a setting of `MUST_AGREE` differs.
    """
    runs = _opened((first, second))
    name = benchmark or common_benchmark(runs)
    _check(runs, name, despite)
    comparison = compare_verdicts(*(matrices_of(run.grades(name)) for run in runs))
    if not comparison.differences:
        raise RunError(f"{runs[0].path} and {runs[1].path} share no graded problem of {name}")
    return comparison


def rank(
    runs: Iterable[Run | str | Path],
    *,
    benchmark: str | None = None,
    scope: str = "strict",
    despite: Collection[str] = (),
) -> list[Ranked]:
    """Rank runs in bands, on the problems that all of them have; those of a band cannot be told apart.

    Args:
        runs: two or more, or their directories; they are named by their directories.
        benchmark: its name; None takes the only benchmark that all have.
        scope: ``strict`` (all tiers), a tier, or ``original``.
        despite: as in `compare`.

    Raises:
        RunError: as `compare`, or the runs have no such tests.
    """
    opened = _opened(runs)
    name = benchmark or common_benchmark(opened)
    _check(opened, name, despite)
    by_run = {str(run.path): matrices_of(run.grades(name)) for run in opened}
    tiers = scopes(*by_run.values()).get(scope) if by_run else ()
    if tiers is None:
        raise RunError(f"these runs have no {scope} rate in common")
    made = ranked({path: rates(matrices, tiers) for path, matrices in by_run.items()})
    if not made:
        raise RunError(f"the {len(opened)} runs share no graded problem of {name}")
    return made


def common_benchmark(runs: Sequence[Run]) -> str:
    """The only benchmark that all runs have.

    Raises:
        RunError: there is none, or there are several.
    """
    names = [[summary.benchmark for summary in run.summaries] for run in runs]
    common = [name for name in names[0] if all(name in other for other in names[1:])]
    if len(common) != 1:
        found = f"the benchmarks {', '.join(common)}; name one of them" if common else "no benchmark"
        raise RunError(f"{' and '.join(str(run.path) for run in runs)} share {found}")
    return common[0]


def _opened(runs: Iterable[Run | str | Path]) -> list[Run]:
    return [run if isinstance(run, Run) else open_run(run) for run in runs]


def _check(runs: Sequence[Run], benchmark: str, despite: Collection[str]) -> None:
    unknown = set(despite) - set(MUST_AGREE)
    if unknown:
        raise RunError(
            f"{', '.join(sorted(unknown))}: no such setting; {', '.join(MUST_AGREE)} may be allowed to differ"
        )
    settings = [setting_of(EvaluationRun.open(run.path), benchmark, run.of(benchmark).setting) for run in runs]
    for run, setting in zip(runs[1:], settings[1:], strict=True):
        for key in MUST_AGREE:
            if key not in despite and settings[0][key] != setting[key]:
                said = "" if key == "prompt" else f" ({settings[0][key]}, {setting[key]})"
                raise RunError(
                    f"{runs[0].path} and {run.path} differ in {key}{said}; evaluate both models on the same problems "
                    f"and tiers, with the same settings, or allow it with --despite {key}"
                )


def rates_of(run: Run, benchmark: str | None = None) -> tuple[dict[str, float], int]:
    """Share of graded samples that pass everything, by problem, and the fewest graded samples of a problem.

    Raises:
        RunError: no sample is graded.
    """
    matrices = matrices_of(run.grades(run.of(benchmark).benchmark))
    graded = [count for matrix in matrices if (count := sum(Verdict.UNGRADED not in row for row in matrix.rows))]
    found = scopes(matrices)
    if not graded or not found:
        raise RunError(f"{run.path} has no graded sample; grade it first, as with `tarot-bench regrade`")
    return rates(matrices, found.get("strict") or found["original"]), min(graded)
