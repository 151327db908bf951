"""Write the report of one or several runs as one HTML file."""

import html
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tarot_bench.atomic import replacing
from tarot_bench.charts.figure import require
from tarot_bench.errors import RunError
from tarot_bench.metrics.intervals import Estimate
from tarot_bench.pages.chunks import Chunk
from tarot_bench.pages.page import Markup, figure, page, paragraph, section, table, trail
from tarot_bench.problem import TIERS, Problem, sha256
from tarot_bench.reporting.report.budget import MOST_BYTES, PROBLEMS_SHARE
from tarot_bench.reporting.report.compared import comparison_of
from tarot_bench.reporting.report.diagnosis import diagnosis
from tarot_bench.reporting.report.figures import figures_of
from tarot_bench.reporting.report.problems import Place, rows_of
from tarot_bench.reporting.report.reported import ReportedRun, answers_of
from tarot_bench.reporting.report.samples import level_of, problem_chunks, sample_chunks
from tarot_bench.texts import inline

_ASSETS = Path(__file__).parent / "assets"


def write_report(
    runs: Sequence[ReportedRun], path: Path, version: str = "", links: Mapping[str, str] | None = None
) -> None:
    """Write the report.

    Args:
        runs: one or more, each with one benchmark; those of the same benchmark are shown side by side.
        path: the HTML file; its folder is there.
        version: of the run, where the page is served and loads itself again when the run has another one.
        links: addresses of other pages by their names, for the top of the page.

    Raises:
        UserError: the charting libraries are not installed.
        RunError: the file cannot be written, or there are no runs.
    """
    require()
    if not runs:
        raise RunError("there is no run to report; name a run directory of `tarot-bench evaluate`")
    benchmarks = {
        name: [run for run in runs if run.benchmark == name] for name in dict.fromkeys(r.benchmark for r in runs)
    }
    chunks: list[Chunk] = []
    data = [
        _benchmark(number, name, same, chunks, MOST_BYTES * len(same) / len(runs))
        for number, (name, same) in enumerate(benchmarks.items())
    ]
    body = [
        part
        for (name, same), known in zip(benchmarks.items(), data, strict=True)
        for part in _overview(name, same, known["left_out"])
    ]
    body.append(Markup("<section id=problems aria-label=Problems></section>\n<section id=problem></section>\n"))
    body[:0] = [trail(links)] if links else []
    title = inline(f"{', '.join(dict.fromkeys(run.model for run in runs))} on {', '.join(benchmarks)}")
    scripts = [_ASSETS / "report.js"]
    if version:
        body.insert(0, Markup(f'<p id=following class=muted role=status data-version="{html.escape(version)}"></p>\n'))
        scripts.insert(0, _ASSETS / "follow.js")  # before the table is made, which it is told of
    styles = [_ASSETS / "report.css"]
    made = page(title, body, data=data, chunks=chunks, scripts=scripts, styles=styles, served=bool(version))
    with replacing(path) as file:
        file.writelines(made)


def _benchmark(
    number: int, name: str, runs: Sequence[ReportedRun], chunks: list[Chunk], most_bytes: float
) -> dict[str, Any]:
    """What the page's scripts know of a benchmark when it opens; appends the chunks that they read later."""
    answers = [answers_of(run) for run in runs]
    problems: dict[str, Problem] = {}
    known: dict[tuple[str, str], Place] = {}
    places: list[dict[str, Place]] = []
    for place, run in enumerate(runs):  # as a rule all runs have the problems and prompts of the first one
        prompts = {problem.id: run.prompt_of(problem) for problem in run.problems}
        asked = {problem.id: (problem.digest, sha256(prompts[problem.id])) for problem in run.problems}
        new = [problem for problem in run.problems if asked[problem.id] not in known]
        made = problem_chunks(f"problems.{number}.{place}", new, prompts, PROBLEMS_SHARE * most_bytes / len(runs))
        known |= {asked[name]: at for name, at in _kept(chunks, made).items()}
        places.append({name: known[key] for name, key in asked.items()})
        problems = {problem.id: problem for problem in run.problems} | problems
    used = sum(len(chunk.text) for chunk in chunks if chunk.name.startswith(f"problems.{number}."))
    left_bytes = (most_bytes - used) / len(runs)
    samples, left_out = [], []
    for place, (run, found) in enumerate(zip(runs, answers, strict=True)):
        left_out.append(level_of(run.problems, found, run.outputs, left_bytes))
        made = sample_chunks(f"samples.{number}.{place}", run.problems, found, run.outputs, left_out[-1])
        samples.append(_kept(chunks, made))
    chunks.append(Chunk.of(f"rows.{number}", list(rows_of(list(problems.values()), answers, places, samples))))
    return {"name": name, "rows": f"rows.{number}", "runs": [_known(run) for run in runs], "left_out": left_out}


def _kept(chunks: list[Chunk], made: Iterable[tuple[Chunk, list[str]]]) -> dict[str, Place]:
    """Append chunks; returns where each problem is."""
    places: dict[str, Place] = {}
    for chunk, names in made:
        chunks.append(chunk)
        places |= {name: (chunk.name, number) for number, name in enumerate(names)}
    return places


def _known(run: ReportedRun) -> dict[str, Any]:
    """What the drill-down says of a run."""
    tiers = [tier.value for tier in run.metrics.tiers] + (["original"] if run.metrics.original else [])
    told = ("data", "revision", "data_digest", "settings_digest", "sampling", "tarot_bench")
    setting = {key: run.setting.get(key) for key in told}
    return {
        "label": run.label,
        "model": inline(run.model),
        "path": run.path,
        "tiers": tiers,
        "setting": setting,
    }


def _overview(name: str, runs: Sequence[ReportedRun], left_out: Sequence[str]) -> Iterator[Markup]:
    """The parts above the table of problems."""
    small = [
        paragraph(f"{run.label}: to stay small, this report leaves out {what}; `tarot-bench explain` shows them.")
        for run, what in zip(runs, left_out, strict=True)
        if what
    ]
    said = [paragraph(f"{run.label}: {diagnosis(run.metrics)}") for run in runs]
    remarks = [paragraph(f"{run.label}: {inline(remark)}") for run in runs for remark in run.remarks]
    yield section(name, *said, _rates(runs), *remarks, *small, _settings(runs))
    yield from comparison_of(name, runs)
    figures = "".join(figure(drawn).html for drawn in figures_of(runs))
    yield Markup(f"<section aria-label='Charts of {html.escape(name)}'><div class=figures>{figures}</div></section>\n")


def _rates(runs: Sequence[ReportedRun]) -> Markup:
    columns = [
        "run",
        "problems",
        "samples",
        "strict pass@1",
        *(f"{tier} pass@1" for tier in TIERS),
        "robustness gap",
        "ungraded",
    ]
    return table(columns, [_rates_of(run) for run in runs])


def _rates_of(run: ReportedRun) -> list[str]:
    metrics = run.metrics
    tiers = [metrics.tiers[tier].pass_at[1] if tier in metrics.tiers else None for tier in TIERS]
    whole = metrics.strict.get(1) or (metrics.original.pass_at[1] if metrics.original else None)
    gap = metrics.robustness_gap
    return [
        run.label,
        str(metrics.counts.problems),
        str(metrics.counts.samples),
        _percent(whole),
        *map(_percent, tiers),
        f"{100 * gap.value:+.1f} pp [{100 * gap.low:+.1f}, {100 * gap.high:+.1f}]" if gap else "",
        str(metrics.counts.ungraded),
    ]


def _percent(rate: Estimate | None) -> str:
    return f"{100 * rate.value:.1f} % [{100 * rate.low:.1f}, {100 * rate.high:.1f}]" if rate else ""


def _settings(runs: Sequence[ReportedRun]) -> Markup:
    """The settings of the runs, to unfold."""
    parts = [f"<h3>{html.escape(run.label)}</h3><dl>{''.join(_terms(run))}</dl>" for run in runs]
    return Markup(f"<details><summary>Settings</summary>{''.join(parts)}</details>\n")


def _terms(run: ReportedRun) -> Iterator[str]:
    known = {"run directory": run.path, "command": run.command, "model": run.model, **run.setting}
    for key, value in known.items():
        if value not in (None, "", {}, []):
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
            yield f"<dt>{html.escape(key)}</dt><dd>{html.escape(inline(text))}</dd>"
