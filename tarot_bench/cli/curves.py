"""``tarot-bench curves``."""

from pathlib import Path
from typing import Annotated

import typer


def curves(
    runs: Annotated[list[Path], typer.Argument(help="Run directories of `train`, finished or under way.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write to this file; curves.html by default.")
    ] = None,
    figure: Annotated[
        list[Path] | None,
        typer.Option(help="Write only this figure, as in reward.svg, .png, .pdf or .json; may be repeated."),
    ] = None,
) -> None:
    """Draw trainings: reward, pass rate per tier, dead groups, lengths, and what the time of a step goes to."""
    from tarot_bench.api import curves as api
    from tarot_bench.reporting.curves import save_figures

    if figure:
        save_figures(api.read_curves(runs), figure)
        for path in figure:
            typer.echo(f"figure: {path}")
    if output or not figure:
        typer.echo(f"curves: {api.curves(runs, output or 'curves.html')}")
