"""``tarot-bench report``."""

from pathlib import Path
from typing import Annotated

import typer


def report(
    runs: Annotated[list[Path], typer.Argument(help="Run directories of `evaluate`; several are shown side by side.")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write to this file; report.html by default, and tables are printed."),
    ] = None,
    form: Annotated[
        str, typer.Option("--format", help="Write html, or only the rates as md, latex, csv, json or parquet.")
    ] = "html",
    figure: Annotated[
        list[Path] | None,
        typer.Option(
            help="Write only this figure, as in tier-profile.svg, .png, .pdf or .json (Vega-Lite); may be repeated."
        ),
    ] = None,
    outputs: Annotated[
        int, typer.Option(min=0, help="Run up to N failed tests of each run again, to show their actual outputs.")
    ] = 200,
) -> None:
    """Write an HTML report of runs: rates with intervals, charts, every problem and sample; or tables, or figures."""
    from tarot_bench.api import report as api
    from tarot_bench.charts.figure import require
    from tarot_bench.errors import UserError, did_you_mean
    from tarot_bench.reporting.report.figures import save_figures
    from tarot_bench.reporting.report.rates import FORMATS, rates_as, write_rates

    if form not in ("html", *FORMATS):
        known = ", ".join(["html", *FORMATS])
        raise UserError(f"unknown --format {form!r}; the formats are {known}{did_you_mean(form, ['html', *FORMATS])}")
    if figure:
        require()
        for path in save_figures(api.reported(runs), figure):
            typer.echo(f"figure: {path}")
    if form == "html":
        if output or not figure:
            typer.echo(f"report: {api.report(runs, output or 'report.html', outputs=outputs)}")
    elif output or form == "parquet":
        path = output or Path("rates.parquet")
        write_rates(form, api.reported(runs), path)
        typer.echo(f"rates: {path}")
    else:
        typer.echo(rates_as(form, api.reported(runs)), nl=False)
