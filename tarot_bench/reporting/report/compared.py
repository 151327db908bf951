"""The paired comparison in a report: each run against the first one, and rank bands of three and more."""

from collections.abc import Iterator, Sequence

from tarot_bench.metrics.comparison import compare_verdicts, rates, scopes
from tarot_bench.metrics.ranking import rank
from tarot_bench.pages.page import Markup, paragraph, section, table
from tarot_bench.reporting.comparison import COLUMNS, cells, named
from tarot_bench.reporting.report.reported import ReportedRun
from tarot_bench.texts import inline
from tarot_bench.verdict import VerdictMatrix, matrices_of


def comparison_of(name: str, runs: Sequence[ReportedRun]) -> Iterator[Markup]:
    """Yield the section of a benchmark; nothing where there is only one run.

    Runs on other data, or graded in another way, are named and not compared.
    """
    if len(runs) < 2:
        return
    first = runs[0]
    alike = [run for run in runs if run.comparable == first.comparable]
    parts = [
        paragraph(f"{run.label} is not compared: it differs from the first in {_differing(first, run)}.")
        for run in runs
        if run not in alike
    ]
    matrices = {run.label: matrices_of(run.grades) for run in alike}
    for run in alike[1:]:
        parts += _pair(first, run, matrices)
    parts += _bands(matrices) if len(alike) > 2 else []
    yield section(f"Comparison on {name}", *parts)


def _differing(first: ReportedRun, second: ReportedRun) -> str:
    return ", ".join(key for key, value in first.comparable.items() if second.comparable.get(key) != value)


def _pair(first: ReportedRun, second: ReportedRun, matrices: dict[str, list[VerdictMatrix]]) -> Iterator[Markup]:
    comparison = compare_verdicts(matrices[first.label], matrices[second.label])
    said = f"{first.label} (first) and {second.label} (second): pass@1, paired by problem"
    yield paragraph(said)
    yield table(COLUMNS, [[name, *cells(found)] for name, found in comparison.differences.items()])
    if comparison.differences:
        yield from (paragraph(inline(line)) for line in named(comparison))


def _bands(matrices: dict[str, list[VerdictMatrix]]) -> Iterator[Markup]:
    found = {label: scopes(of_run) for label, of_run in matrices.items()}
    if all("strict" in scope for scope in found.values()):
        ranked = rank({label: rates(matrices[label], scope["strict"]) for label, scope in found.items()})
        yield paragraph("Rank bands on all tiers; the runs of a band cannot be told apart from their neighbours:")
        rows = [[inline(r.name), r.band, f"{100 * r.rate:.1f} %", " to ".join(map(str, r.ranks))] for r in ranked]
        yield table(["run", "band", "rate", "ranks"], rows)
