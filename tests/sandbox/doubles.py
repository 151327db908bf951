"""Sandboxes whose behaviour a test decides, for what real ones do rarely or never on demand."""

import threading
from collections.abc import Callable

from tarot_bench.sandbox.base import Job, SandboxInfo
from tarot_bench.verdict import Execution


def echo(job: Job, content: bytes) -> Execution:
    return Execution("exited", exit_code=0, stdout=job.source.encode() + content)


class ScriptedSandbox:
    """Answers every input with `behave`, and remembers what it was asked to run."""

    def __init__(self, behave: Callable[[Job, bytes], Execution] = echo, info: SandboxInfo | None = None) -> None:
        self.behave = behave
        self.info = info or SandboxInfo("local", "full", "3.11.7", {"hash_seed": "0", "warm": True})
        self.workers = 2
        self.asked: list[bytes] = []
        self.closed = False
        self._lock = threading.Lock()

    def run(self, job: Job) -> tuple[Execution, ...]:
        with self._lock:
            self.asked += job.inputs
        return tuple(self.behave(job, content) for content in job.inputs)

    def close(self) -> None:
        self.closed = True

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
