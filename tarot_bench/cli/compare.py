"""``tarot-bench compare``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from tarot_bench.metrics.comparison import Comparison
    from tarot_bench.metrics.ranking import Ranked


def compare(
    runs: Annotated[list[Path], typer.Argument(help="Two or more run directories; the first is the baseline.")],
    benchmark: Annotated[
        str | None, typer.Option("--benchmark", "-b", help="Compare this benchmark, where the runs share several.")
    ] = None,
    fail_if_worse: Annotated[
        list[str] | None,
        typer.Option(help="Exit with status 1 if a rate is certainly worse by more, as in edge=2pp; may be repeated."),
    ] = None,
    despite: Annotated[
        list[str] | None, typer.Option(help="Compare although data, prompt, compat or extraction differ.")
    ] = None,
    json_output: Annotated[Path | None, typer.Option("--json", help="Write everything to this JSON file.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write the report of all runs, side by side, to this file.")] = None,
) -> None:
    """Compare runs by paired differences per tier, with intervals and p values, and rank three or more in bands."""
    from tarot_bench.api import compare as api
    from tarot_bench.api.report import report
    from tarot_bench.cli.output import listed, show_comparison
    from tarot_bench.cli.terminal import plain_console, say_line
    from tarot_bench.errors import UserError
    from tarot_bench.reporting.comparison import Tolerance, ranking, worse

    if len(runs) < 2:
        raise UserError("name two runs or more; `tarot-bench report` shows one run")
    tolerances = [Tolerance.parse(text) for text in listed(fail_if_worse)]
    allowed = listed(despite)
    missed: list[str] = []
    comparisons: dict[str, Comparison] = {}
    for other in runs[1:]:
        comparison = api.compare(runs[0], other, benchmark=benchmark, despite=allowed)
        comparisons[str(other)] = comparison
        show_comparison(f"{runs[0]} (first) and {other} (second): pass@1, paired by problem", comparison)
        missed += [f"{other}: {line}" for line in worse(comparison, tolerances)]
    bands = api.rank(runs, benchmark=benchmark, despite=allowed) if len(runs) > 2 else []
    if bands:
        say_line("Rank bands on all tiers; the runs of a band cannot be told apart from their neighbours:")
        plain_console().print(ranking(bands))
    if json_output:
        _write(json_output, str(runs[0]), comparisons, bands)
    if html:
        say_line(f"report: {report(runs, html, despite=allowed)}")
    for line in missed:
        say_line(f"tarot-bench: {line}", err=True)
    raise typer.Exit(1 if missed else 0)


def _write(path: Path, first: str, comparisons: "dict[str, Comparison]", bands: "list[Ranked]") -> None:
    import json

    from tarot_bench.atomic import write_atomically

    told = {
        "first": first,
        "comparisons": {second: found.model_dump(mode="json") for second, found in comparisons.items()},
        "ranking": [ranked.model_dump(mode="json") for ranked in bands],
    }
    write_atomically(path, json.dumps(told, indent=2, ensure_ascii=False) + "\n")
