"""The pages of the viewer: the list of runs, and the reports, which are written again when a run has changed."""

import os
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import quote

from tarot_bench.errors import RunError
from tarot_bench.pages.page import Markup, escaped, page, paragraph, table
from tarot_bench.reporting.view.found import FoundRun, runs_in
from tarot_bench.texts import inline

_EVERY_S = 5.0
"""Seconds after which a page asks again whether its run has changed."""
_SHARE = 0.25
"""Of the time at most is spent on writing the report of a run that always changes."""

Write = Callable[[Path, Path, str], object]
"""Writes the report of a run to a file; the third argument is the version that the page follows."""


class Pages:
    """The pages of the runs of a folder. Thread-safe.

    Args:
        folder: a run directory, or a folder with runs at any depth up to four.
        cache: a folder for the written reports.
        write: how.
    """

    def __init__(self, folder: Path, cache: Path, write: Write) -> None:
        self.folder = folder
        self._cache = cache
        self._write = write
        self._lock = Lock()
        self._written: dict[str, tuple[str, Path]] = {}
        self._took_s: dict[str, float] = {}

    def runs(self) -> dict[str, FoundRun]:
        """The runs that are there now, by name."""
        return {run.name: run for run in runs_in(self.folder)}

    def index(self) -> str:
        """The list of runs."""
        rows = [row for run in self.runs().values() for row in _rows(run)]
        body = [table(["run", "model", "benchmark", "created", "problems", "strict pass@1", "95 % interval"], rows)]
        if not rows:
            body = [paragraph("There is no run of `tarot-bench evaluate` in this folder yet. Reload to look again.")]
        return "".join(page(f"Runs in {inline(str(self.folder))}", body))

    def report(self, run: FoundRun) -> Path:
        """The report of a run as it is now.

        Raises:
            UserError: the run or its data cannot be read.
            OSError: the report cannot be written.
        """
        with self._lock:  # one at a time: a large run takes most of a machine's memory
            version = run.version
            before, path = self._written.get(run.name, ("", self._cache / f"{len(self._written)}.html"))
            if before != version:
                began = time.monotonic()
                self._write(run.path, path, version)
                self._took_s[run.name] = time.monotonic() - began
                self._written[run.name] = version, path
            return path

    def state(self, run: FoundRun) -> dict[str, Any]:
        """The version of a run, and when to ask for it again."""
        return {"version": run.version, "wait_s": max(_EVERY_S, self._took_s.get(run.name, 0.0) / _SHARE)}


def address(run: FoundRun) -> str:
    """The path of a run's report on the server."""
    return f"/runs/{quote(os.fsencode(run.name))}/"


def problem_page(message: str) -> str:
    """A page that says what went wrong."""
    return "".join(page("No report", [paragraph(inline(message))]))


def _rows(run: FoundRun) -> Iterable[Sequence[object]]:
    link = Markup(f'<a href="{escaped(address(run))}">{escaped(inline(run.name))}</a>')
    try:
        opened = run.opened()
    except RunError as error:
        return [[link, inline(str(error)), "", "", "", "", ""]]
    model, created = inline(str(opened.manifest.settings.get("model", ""))), inline(opened.manifest.created)
    found = {str(each.get("benchmark")): each for each in run.summaries()}
    names = opened.benchmarks
    return [[link, model, inline(name), created, *_rate(found.get(name))] for name in names]


def _rate(summary: dict[str, Any] | None) -> tuple[str, str, str]:
    """Problems, strict pass@1 and its interval, where a run is finished."""
    if summary is None:
        return "", "not finished", ""
    try:
        metrics = summary["metrics"]
        rate = metrics["strict"].get("1") or metrics["original"]["pass_at"]["1"]
        interval = f"{100 * rate['low']:.1f} to {100 * rate['high']:.1f} %"
        return str(metrics["counts"]["problems"]), f"{100 * rate['value']:.1f} %", interval
    except (KeyError, TypeError, ValueError, AttributeError):
        return "", "unknown", ""
