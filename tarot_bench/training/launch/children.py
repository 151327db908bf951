"""A server or a training as a child process: its log is forwarded, and nothing of it outlives the launcher."""

import os
import queue
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from tarot_bench.training.launch import guard

LINES = 200
"""Lines of a log that are kept, to say why a process ended."""
_TORCHRUN = ("torch.distributed.elastic", "ChildFailedError", "error_file", "stable/elastic")
"""Parts of the lines in which torchrun reports that a process failed, after that process has said why."""
_OURS = "tarot-bench: "
STOP_S = 45.0
"""Seconds that a guard may take to stop its processes."""


def last_words(log: Iterable[str]) -> str:
    """The last error line of our own in a log, or else the last one that names an error, or its last line."""
    lines = [line for line in log if line.strip()]
    ours = [line.removeprefix(_OURS) for line in lines if line.startswith(_OURS)]
    errors = [line for line in lines if "error" in line.lower() and not any(part in line for part in _TORCHRUN)]
    return " ".join((ours or errors or lines or ["nothing was said"])[-1].split())[:300]


class Child:
    """A command that runs under a guard.

    Args:
        name: the prefix of its log's lines.
        command: its words.
        environment: variables beside those of this process.
        tell: called with each line of the log, from a thread.
        ended: receives the child when it has ended.
    """

    def __init__(
        self,
        name: str,
        command: list[str],
        environment: Mapping[str, str],
        tell: Callable[[str], None],
        ended: "queue.Queue[Child]",
    ) -> None:
        self.name = name
        self.status: int | None = None
        self._last: deque[str] = deque(maxlen=LINES)
        self._tell, self._ended = tell, ended
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(Path(guard.__file__)), str(os.getpid()), *command],
            env={**os.environ, **environment, "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        threading.Thread(target=self._follow, name=f"log of {name}", daemon=True).start()

    @property
    def last_words(self) -> str:
        """Why it ended, by its log."""
        return last_words(self._last)

    def stop(self) -> None:
        """End every process of the command, and wait for that."""
        with suppress(ProcessLookupError):
            self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(STOP_S)

    def _follow(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._last.append(line)
            self._tell(f"[{self.name}] {line.rstrip()}")
        self.status = self._process.wait()
        self._ended.put(self)
