"""One of a pool's places: owns the jails that one job at a time may use, and runs jobs on them."""

import os
import re
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace

from tarot_bench.errors import SandboxError
from tarot_bench.problem import Limits
from tarot_bench.sandbox import values
from tarot_bench.sandbox.base import Job
from tarot_bench.sandbox.inside.wire import JobPacket, Mode
from tarot_bench.sandbox.worker import JailLostError, JailSilentError, Test, Worker, memory_file
from tarot_bench.verdict import Execution

# Looking for a word is many times faster than looking for a pattern, and most programs have none of these.
_FORK_WORDS = ("multiprocessing", "subprocess", "fork", "posix_spawn", "system", "popen", "ProcessPool", "pty")
_MAY_FORK = re.compile(r"multiprocessing|subprocess|fork|posix_spawn|os\s*\.\s*system|popen|ProcessPool|\bpty\b")
_NUMPY = re.compile(r"\b(?:import|from)\b[^\n]*\bnumpy\b|import(?:_module|__)\s*\(\s*['\"]numpy")
_STRIKES = 2
_TESTER_LIMITS = Limits(cpu_s=120, wall_s=900, memory_mib=4096, output_kib=64 * 1024)
_FAREWELL_S = 5.0  # how much longer a candidate may take to notice that its tester has left
_MODES = {"stdin": Mode.STDIN, "call": Mode.CALL, "calls": Mode.CALLS}

Open = Callable[[str], Worker]
"""Starts a jail of a class: ``plain``, ``numpy`` or ``tester``."""


class Slot:
    """Jails of each class, started when first needed and replaced when spent."""

    def __init__(self, open_worker: Open, *, classes: frozenset[str], cold: bool, may_fork: bool) -> None:
        self._open, self._classes, self._cold, self._may_fork = open_worker, classes, cold, may_fork
        self._workers: dict[str, Worker] = {}

    def worker(self, name: str) -> Worker:
        """The jail of a class, ready for a job.

        Raises:
            SandboxError: it does not start.
        """
        worker = self._workers.get(name)
        if worker is None or worker.spent:
            self.discard(name)
            worker = self._workers[name] = self._open(name)
        try:
            worker.wait_ready()
        except SandboxError:
            self.discard(name)
            raise
        return worker

    def discard(self, *names: str) -> None:
        """End the jails of these classes."""
        for name in names:
            if name in self._workers:
                self._workers.pop(name).close()

    def close(self) -> None:
        """End every jail. Idempotent."""
        self.discard(*self._workers)

    def run(self, job: Job) -> tuple[Execution, ...]:
        """Run a job's program on each of its inputs.

        Raises:
            SandboxError: jails cannot be started.
        """
        name = "numpy" if "numpy" in self._classes and _imports_numpy(job.source) else "plain"
        if job.mode == "suite":
            return tuple(self._run_suite(job, suite, name) for suite in job.inputs)
        done: list[Execution] = []
        strikes = 0
        while len(done) < len(job.inputs):
            rest = job.inputs[len(done) :]
            worker = self.worker(name)
            try:
                worker.start(self._packet(job, _MODES[job.mode], len(rest)), _encode(job.source), _tests(job, rest))
                for execution in worker.results():
                    done.append(execution)
                    strikes = 0
            except JailLostError as error:
                self.discard(name)
                strikes += 1
                if strikes == _STRIKES:
                    done.append(self._verdict_on(error, job, name))
                    strikes = 0
        return tuple(done)

    def _run_suite(self, job: Job, suite: bytes, name: str) -> Execution:
        """Run one suite: the program answers calls in one jail, the test code makes them from another."""
        for strike in range(1, _STRIKES + 1):
            try:
                return self._try_suite(job, suite, name)
            except JailLostError as error:
                self.discard(name, "tester")
                if strike == _STRIKES:
                    return replace(self._verdict_on(error, job, name), result=_report("raised", "the candidate ended"))
        raise AssertionError("unreachable")

    def _try_suite(self, job: Job, suite: bytes, name: str) -> Execution:
        candidate, tester = self.worker(name), self.worker("tester")
        requests_out, requests_in = os.pipe()
        replies_out, replies_in = os.pipe()
        with (
            closing(Test.make(lent=(requests_out, replies_in))) as serving,
            closing(Test.make(lent=(replies_out, requests_in), with_result=True)) as testing,
        ):
            candidate.start(self._packet(job, Mode.SERVE, 1), _encode(job.source), iter([serving]))
            tester.start(self._tester_packet(job), suite, iter([testing]))
            (tested,) = tester.results()
            try:
                (execution,) = candidate.results(job.limits.cpu_s + _FAREWELL_S)
            except JailSilentError:
                self.discard(name)
                execution = Execution("time", signal=signal.SIGKILL, wall_s=job.limits.wall_s)
        return replace(execution, result=_conclude(tested, execution))

    def _verdict_on(self, error: JailLostError, job: Job, name: str) -> Execution:
        """What is said of a program that ended two jails, if an empty program survives in its place.

        Raises:
            SandboxError: it does not either; the fault is ours.
        """
        packet = self._packet(job, Mode.STDIN, 1)
        try:
            worker = self.worker(name)
            worker.start(packet, b"", iter([Test.make()]))
            (harmless,) = worker.results()
        except JailLostError:
            self.discard(name)
            raise SandboxError(f"jails end whatever runs in them: {error}") from None
        if not harmless.ok:
            raise SandboxError(f"an empty program does not end well either: {error}")
        return Execution("killed", signal=signal.SIGKILL, stderr=f"sandbox: {error}".encode())

    def _packet(self, job: Job, mode: Mode, tests: int) -> JobPacket:
        wall_s = job.limits.wall_s + (_TESTER_LIMITS.wall_s if mode is Mode.SERVE else 0)
        return JobPacket(
            mode=mode,
            tests=tests,
            cpu_s=job.limits.cpu_s,
            wall_s=wall_s,
            patience_s=0,
            memory=job.limits.memory_mib * 1024 * 1024,
            output=job.limits.output_kib * 1024,
            processes=job.limits.processes,
            may_fork=self._may_fork and _names_forks(job.source),
            cold=self._cold,
            entry_point=job.entry_point or "",
        )

    def _tester_packet(self, job: Job) -> JobPacket:
        packet = self._packet(replace(job, limits=_TESTER_LIMITS, source=""), Mode.TESTER, 1)
        return packet._replace(patience_s=job.limits.wall_s)


def _conclude(tested: Execution, candidate: Execution) -> bytes:
    """The report of a suite: the tester's own, or what its silence means."""
    if tested.result is not None:
        return tested.result
    words = tested.stderr.decode(errors="replace").strip().splitlines() or [f"the test code ended: {tested.outcome}"]
    return _report("broken" if candidate.ok else "raised", words[-1])


def _imports_numpy(source: str) -> bool:
    return "numpy" in source and _NUMPY.search(source) is not None


def _names_forks(source: str) -> bool:
    return any(word in source for word in _FORK_WORDS) and _MAY_FORK.search(source) is not None


def _tests(job: Job, inputs: Sequence[bytes]) -> Iterator[Test]:
    for content in inputs:
        if job.mode == "stdin":
            yield Test.make(content)
        else:
            yield Test.make(lent=(memory_file(content),), with_result=True)


def _encode(source: str) -> bytes:
    """A program's bytes; what is not text stays wrong, and is the compiler's to find."""
    return source.encode("utf-8", "surrogatepass")


def _report(status: str, detail: str) -> bytes:
    return values.encode({"status": status, "detail": detail})
