"""A progress bar with rate and ETA on a terminal; plain lines elsewhere."""

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from tarot_bench.texts import inline

_LINE_EVERY_S = 15.0


class Bar:
    """Shows one phase of long work at a time; used as a context."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bar = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task: TaskID | None = None
        self._what, self._total, self._done, self._before = "", 0, 0, 0
        self._started = self._told = time.monotonic()

    def begin(self, what: str, total: int, done: int = 0) -> None:
        """Start a phase."""
        self._what, self._total, self._done, self._before = what, total, done, done
        self._started = self._told = time.monotonic()
        self._task = self._bar.add_task(inline(what), total=total, completed=done, rate="")

    def step(self, count: int = 1) -> None:
        """Advance the phase."""
        self._done += count
        if self._task is not None:
            self._bar.update(self._task, completed=self._done, rate=f"{self._rate():.1f}/s")
        if not self._console.is_terminal and time.monotonic() - self._told >= _LINE_EVERY_S:
            self._told = time.monotonic()
            left = (self._total - self._done) / max(self._rate(), 1e-9)
            self._line(f"{self._done}/{self._total}, {self._rate():.1f}/s, about {left:.0f} s left")

    def note(self, message: str) -> None:
        """Print a line above the bar."""
        self._console.print(inline(message), highlight=False, markup=False, soft_wrap=True)

    def end(self) -> None:
        """Close the phase."""
        if not self._console.is_terminal:
            self._line(f"{self._done}/{self._total} done in {time.monotonic() - self._started:.1f} s")
        if self._task is not None:
            self._bar.remove_task(self._task)
            self._task = None

    def _rate(self) -> float:
        return (self._done - self._before) / max(time.monotonic() - self._started, 1e-9)

    def _line(self, text: str) -> None:
        self._console.print(inline(f"{self._what}: {text}"), highlight=False, markup=False, soft_wrap=True)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()
