"""``tarot-bench power``."""

from pathlib import Path
from typing import Annotated

import typer

SAMPLES = (1, 4, 10)
"""Samples per problem that a plan is shown for."""


def power(
    gap: Annotated[float, typer.Option(min=0.01, max=100, help="Find a true difference of so many percentage points.")],
    run: Annotated[
        Path | None, typer.Option(help="Take the spread of the problems from this run directory of `evaluate`.")
    ] = None,
    rate: Annotated[
        float,
        typer.Option(min=0.01, max=0.99, help="Without --run: pass@1 of the weaker model, the same on all problems."),
    ] = 0.5,
) -> None:
    """Say how many problems and samples a difference between two models needs (80 % power, 5 % level)."""
    from tarot_bench.api.compare import rates_of
    from tarot_bench.api.run import open_run
    from tarot_bench.cli.terminal import plain_console, say_line
    from tarot_bench.errors import UserError
    from tarot_bench.metrics.power import gap_of, problems_for, spread_of
    from tarot_bench.reporting.tables import Columns

    known, drawn = rates_of(open_run(run)) if run else ({"": rate}, 1)
    mean = sum(known.values()) / len(known) if known else 0.0
    if mean in (0, 1):
        raise UserError(f"{run} shows no spread: {'all' if mean else 'none'} of its graded samples pass; give --rate")
    if gap / 100 > (max(mean, 1 - mean) if run else 1 - mean):
        raise UserError(f"a rate of {100 * mean:.1f} % cannot differ by {gap:g} pp; choose a smaller --gap")
    spread = spread_of(known, drawn, gap / 100)
    columns = ["problems needed", *([f"finds with these {len(known)} problems"] if run else [])]
    made = Columns("samples", *columns)
    for samples in SAMPLES:
        found = [str(problems_for(spread, gap / 100, samples))]
        if run:
            found.append(f"{100 * gap_of(spread, len(known), samples):.1f} pp")
        made.add_row(str(samples), *found)
    say_line(f"A true difference of {gap:g} pp, found with 80 % power by a two-sided test at 5 %:")
    plain_console().print(made)
    if drawn == 1:
        say_line(
            "Of one sample per problem the spread within a problem cannot be seen; these numbers are upper bounds."
        )
