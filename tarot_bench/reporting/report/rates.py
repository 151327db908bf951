"""The rates of runs as a table: Markdown and LaTeX for papers, CSV, JSON and Parquet for scripts."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tarot_bench.atomic import write_atomically
from tarot_bench.errors import RunError, boundary
from tarot_bench.metrics.intervals import Estimate
from tarot_bench.reporting.report.reported import ReportedRun
from tarot_bench.texts import Verbatim, inline, markdown, spreadsheet_cell

FORMATS = ("md", "latex", "csv", "json", "parquet")
_NOTE = "pass@k in per cent, with 95 % intervals clustered by problem"
_LATEX = {
    **{mark: f"\\{mark}" for mark in "&%$#_{}"},
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


def rows_of(runs: Sequence[ReportedRun]) -> list[dict[str, Any]]:
    """One row for each run, benchmark and rate.

    Columns: ``run``, ``model``, ``benchmark``; ``metric`` (`Metrics.named`); ``value``, ``low``, ``high`` in [0, 1],
    None where nothing could be graded; ``problems``, ``samples``, ``ungraded`` (counts); ``data``, ``revision``,
    ``settings_digest``, ``tarot_bench`` (the setting that the numbers hold for).
    """
    return [row for run in runs for row in _rows(run)]


def _rows(run: ReportedRun) -> Iterator[dict[str, Any]]:
    counts, setting = run.metrics.counts, run.setting
    head = {"run": run.label, "model": inline(run.model), "benchmark": run.benchmark}
    tail: dict[str, Any] = {"problems": counts.problems, "samples": counts.samples, "ungraded": counts.ungraded}
    tail |= {key: setting.get(key) for key in ("data", "revision", "settings_digest", "tarot_bench")}
    for name, rate in run.metrics.named().items():
        ends = dict.fromkeys(("value", "low", "high")) if rate is None else _ends(rate)
        yield {**head, "metric": name, **ends, **tail}


def _ends(rate: Estimate) -> dict[str, float]:
    return {"value": rate.value, "low": rate.low, "high": rate.high}


def rates_as(form: str, runs: Sequence[ReportedRun]) -> str:
    """The rates as text.

    Args:
        form: one of `FORMATS` except ``parquet``. Markdown and LaTeX have a row for each run, and pass@k only.
        runs: in the order of the rows.
    """
    match form:
        case "md":
            return _markdown(runs)
        case "latex":
            return _latex(runs)
        case "json":
            return json.dumps(rows_of(runs), indent=1, ensure_ascii=False) + "\n"
    text = io.StringIO()
    rows = rows_of(runs)
    writer = csv.DictWriter(text, rows[0].keys() if rows else (), lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: spreadsheet_cell(value) for key, value in row.items()} for row in rows)
    return text.getvalue()


def write_rates(form: str, runs: Sequence[ReportedRun], path: Path) -> None:
    """Write the rates in one of `FORMATS`.

    Raises:
        RunError: the file cannot be written.
    """
    if form != "parquet":
        write_atomically(path, rates_as(form, runs))
        return
    import pyarrow as pa
    from pyarrow import parquet

    buffer = io.BytesIO()
    with boundary(RunError, f"writing {path}"):
        parquet.write_table(pa.Table.from_pylist(rows_of(runs)), buffer)
    write_atomically(path, buffer.getvalue())


def _columns(runs: Sequence[ReportedRun]) -> list[str]:
    """The pass@k that some run has: of all tiers, of each tier, of the original tests, of the source's groups."""
    names = dict.fromkeys(name for run in runs for name in run.metrics.named())
    return [name for name in names if "." not in name]


def _cells(run: ReportedRun, columns: Sequence[str], dash: str) -> list[str]:
    named = run.metrics.named()
    rates = [named.get(column) for column in columns]
    return [f"{100 * r.value:.1f} [{100 * r.low:.1f}{dash}{100 * r.high:.1f}]" if r else "" for r in rates]


def _markdown(runs: Sequence[ReportedRun]) -> str:
    columns = _columns(runs)
    head = ["run", "benchmark", *map(markdown, columns), "problems", "samples", "ungraded"]
    lines = ["| " + " | ".join(head) + " |", "|---|---|" + "--:|" * (len(head) - 2)]
    for run in runs:
        counts = run.metrics.counts
        numbers = [str(number) for number in (counts.problems, counts.samples, counts.ungraded)]
        cells = [markdown(run.label), markdown(run.benchmark), *_cells(run, columns, ", "), *numbers]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join([*lines, "", Verbatim(f"{_NOTE}. {markdown(_settings(runs))}"), ""])


def _latex(runs: Sequence[ReportedRun]) -> str:
    columns = _columns(runs)
    head = ["run", "benchmark", *columns, "problems", "samples"]
    lines = [rf"\begin{{tabular}}{{ll{'r' * (len(head) - 2)}}}", r"\hline", _latex_row(head), r"\hline"]
    for run in runs:
        numbers = [str(run.metrics.counts.problems), str(run.metrics.counts.samples)]
        lines.append(_latex_row([run.label, run.benchmark, *_cells(run, columns, ", "), *numbers]))
    return "\n".join([*lines, r"\hline", r"\end{tabular}", *(f"% {line}" for line in (_NOTE, _settings(runs))), ""])


def _latex_row(cells: Sequence[str]) -> str:
    return " & ".join("".join(_LATEX.get(mark, mark) for mark in inline(cell)) for cell in cells) + r" \\"


def _settings(runs: Sequence[ReportedRun]) -> str:
    """The data of the runs, on one line."""
    found = dict.fromkeys(
        f"{run.benchmark}: {run.setting.get('data')} {run.setting.get('revision') or ''}".rstrip() for run in runs
    )
    return inline("; ".join(found))
