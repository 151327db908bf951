"""``tarot-bench view``."""

from pathlib import Path
from typing import Annotated

import typer


def view(
    folder: Annotated[Path, typer.Argument(help="A run directory of `evaluate`, or a folder with runs.")] = Path(
        "runs"
    ),
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Listen on this port of 127.0.0.1; 0 takes a free one.")
    ] = 0,
    outputs: Annotated[
        int, typer.Option(min=0, help="Run up to N failed tests of each run again, to show their actual outputs.")
    ] = 200,
) -> None:
    """Serve the reports of runs on this machine only, and follow a run that is being written. Ctrl-C ends it."""
    from tarot_bench.api.view import viewer
    from tarot_bench.cli import interrupts

    with viewer(folder, port, outputs) as server:
        interrupts.expect()
        typer.echo(f"view: {server.url}  (Ctrl-C ends it)")
        server.serve_forever()
