"""Sandboxes whose behaviour a test decides, for what real ones do rarely or never on demand."""

import threading
from collections.abc import Callable
from dataclasses import replace

from tarot_bench.errors import SandboxError
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


class TimedSandbox:
    """Every execution prints 1 and takes the next of the CPU times it was given; None is a failure of the sandbox."""

    info = SandboxInfo(kind="local", level="none", python="3")
    workers = 4

    def __init__(self, *cpu_s: float | None) -> None:
        self.cpu_s = list(cpu_s)
        self.under_way = 0
        self.beside: list[int] = []
        self._lock = threading.Lock()

    def run(self, job: Job) -> tuple[Execution, ...]:
        with self._lock:
            self.under_way += 1
            self.beside.append(self.under_way)
            cpu_s = self.cpu_s.pop(0)
        try:
            if cpu_s is None:
                raise SandboxError("the jail burnt down")
            outcome = "time" if cpu_s >= job.limits.cpu_s else "exited"
            return (Execution(outcome, 0, stdout=b"1\n", cpu_s=cpu_s),)
        finally:
            with self._lock:
                self.under_way -= 1


class Hurried:
    """Stops programs after 0.2 CPU seconds, as if they had used all that they were allowed; counts these time-outs."""

    workers = 1

    def __init__(self, sandbox):
        self._sandbox, self.timeouts = sandbox, 0

    def run(self, job):
        made = self._sandbox.run(replace(job, limits=job.limits.model_copy(update={"cpu_s": 0.2})))
        self.timeouts += sum(execution.outcome == "time" for execution in made)
        return tuple(
            replace(execution, cpu_s=job.limits.cpu_s) if execution.outcome == "time" else execution
            for execution in made
        )
