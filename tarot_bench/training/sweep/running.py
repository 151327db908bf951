"""Run commands side by side, each with a log; those that fail stop no other."""

import os
import subprocess
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from threading import Lock

from tarot_bench.atomic import make_folder
from tarot_bench.training.launch.children import LINES, last_words
from tarot_bench.training.launch.machine import visible_gpus

Tell = Callable[[str], None]
_STOP_S = 10.0
"""Seconds that a command gets to end after SIGTERM."""


@dataclass(frozen=True, slots=True)
class Task:
    """A command.

    Attributes:
        name: the prefix of its lines.
        command: its words.
        log: takes its whole output; written anew.
    """

    name: str
    command: list[str]
    log: Path


class TaskRunner:
    """Runs tasks, `jobs` at a time, and stops those under way when the block is left early.

    Args:
        jobs: tasks at a time; several share the machine's cores (``OMP_NUM_THREADS``, unless it is set) and its GPUs
            (``CUDA_VISIBLE_DEVICES``).
        tell: takes every line of the output, with the task's name in front; called from several threads.
    """

    def __init__(self, jobs: int, tell: Tell) -> None:
        self._jobs = jobs
        self._tell = tell
        self._running: set[subprocess.Popen[str]] = set()
        self._lock = Lock()
        self._stopped = False
        self._free: SimpleQueue[dict[str, str]] = SimpleQueue()
        for share in shares_of([gpu.index for gpu in visible_gpus()], jobs):
            self._free.put(share)

    def run(self, tasks: Sequence[Task]) -> dict[str, str]:
        """Run all tasks; returns the last words of those that failed, by name."""
        with ThreadPoolExecutor(self._jobs, thread_name_prefix="sweep") as pool:
            try:
                endings = list(pool.map(self._one, tasks))
            except BaseException:
                self._stop()
                raise
        return {task.name: words for task, words in zip(tasks, endings, strict=True) if words}

    def _one(self, task: Task) -> str:
        """Run one task on the GPUs that are free; returns its last words if it failed."""
        share = self._free.get()
        try:
            return self._on(share, task)
        except BaseException:
            self._stopped = True  # before this thread takes the next task
            raise
        finally:
            self._free.put(share)

    def _on(self, share: dict[str, str], task: Task) -> str:
        with self._lock:
            if self._stopped:
                return "not started"
            process = self._start(task, share)
        make_folder(task.log.parent)
        last: deque[str] = deque(maxlen=LINES)
        with task.log.open("w", encoding="utf-8") as log:
            assert process.stdout is not None
            for line in process.stdout:
                log.write(line)
                log.flush()
                if line.strip():
                    last.append(line)
                    self._tell(f"{task.name}: {line.rstrip()}")
            status = process.wait()
        self._running.discard(process)
        return f"exit status {status}: {last_words(last)}; see {task.log}" if status else ""

    def _start(self, task: Task, gpus: dict[str, str]) -> "subprocess.Popen[str]":
        cores = {"OMP_NUM_THREADS": str(max(1, (os.cpu_count() or 1) // self._jobs))} if self._jobs > 1 else {}
        process = subprocess.Popen(
            task.command,
            env={**cores, **os.environ, **gpus, "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        self._running.add(process)
        return process

    def _stop(self) -> None:
        with self._lock:
            self._stopped = True
        for process in tuple(self._running):
            with suppress(ProcessLookupError):
                process.terminate()
        for process in tuple(self._running):
            try:
                process.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()


def shares_of(gpus: Sequence[str], jobs: int) -> list[dict[str, str]]:
    """The variables that give each of several tasks at a time its part of the GPUs; several share one if they must.

    Args:
        gpus: of this machine, as CUDA_VISIBLE_DEVICES names them; without any, and for one job, nothing is set.
        jobs: tasks at a time.
    """
    if not gpus or jobs == 1:
        return [{} for _ in range(jobs)]
    shares = [gpus[job::jobs] or [gpus[job % len(gpus)]] for job in range(jobs)]
    return [{"CUDA_VISIBLE_DEVICES": ",".join(share)} for share in shares]
