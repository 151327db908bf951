"""Serve the reports of a run, or of all runs of a folder, on loopback."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tarot_bench.api.report import OUTPUTS, reported
from tarot_bench.charts.figure import require
from tarot_bench.errors import RunError
from tarot_bench.reporting.report.write import write_report
from tarot_bench.reporting.view.pages import Pages
from tarot_bench.reporting.view.server import Server
from tarot_bench.runs.evaluation import EvaluationRun
from tarot_bench.runs.run import MANIFEST


@contextmanager
def viewer(folder: Path, port: int = 0, outputs: int = OUTPUTS) -> Iterator[Server]:
    """Open a server of reports; call its ``serve_forever``.

    A report is written when it is looked at, into a temporary folder, and again when its run has changed.

    Args:
        folder: a run directory, or a folder with runs.
        port: 0 takes a free one.
        outputs: as in `tarot_bench.report`.

    Raises:
        RunError: there is no such folder, or it is a run of another kind.
        UserError: the port is taken, or the charting libraries are not installed.
    """
    require()
    if not folder.is_dir():
        raise RunError(f"there is no folder {folder}; name a run directory or a folder with runs")
    if (folder / MANIFEST).is_file() and (kind := EvaluationRun.open(folder).manifest.kind) != "evaluate":
        raise RunError(f"{folder} is a run of `{kind}`; only runs of `evaluate` have a report")
    with tempfile.TemporaryDirectory(prefix="tarot-bench-view-") as cache:

        def write(run: Path, path: Path, version: str) -> None:
            write_report(reported([run], outputs), path, version)

        with Server(Pages(folder, Path(cache), write), port) as server:
            yield server
