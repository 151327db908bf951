"""One slot of a pool: runs one job at a time on its own jails."""

import os
import re
import signal
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace

from tarot_bench.errors import SandboxError
from tarot_bench.problem import Limits
from tarot_bench.sandbox import values
from tarot_bench.sandbox.backends.local.files import Test, memory_file
from tarot_bench.sandbox.backends.local.packages import Packages
from tarot_bench.sandbox.backends.local.worker import JailLostError, JailSilentError, Worker
from tarot_bench.sandbox.base import Job
from tarot_bench.sandbox.inside.wire import BATCH, Given, JobPacket, WireMode
from tarot_bench.verdict import Execution

# Looking for a word is many times faster than looking for a pattern, and most programs have none of these.
_FORK_WORDS = ("multiprocessing", "subprocess", "fork", "posix_spawn", "system", "popen", "ProcessPool", "pty")
_MAY_FORK = re.compile(r"multiprocessing|subprocess|fork|posix_spawn|os\s*\.\s*system|popen|ProcessPool|\bpty\b")
_STACKS = 2 * 1024 * 1024 * 1024  # address space for the stacks of threads, of which little is ever used
_STRIKES = 2
_TESTER_CPU_S, _TESTER_WALL_S, _TESTER_SHARE = 20.0, 60.0, 4  # at least, and so many times what the candidate has
_FAREWELL_S = 2.0
_MODES = {"stdin": WireMode.STDIN, "call": WireMode.CALL, "calls": WireMode.CALLS}

Open = Callable[[str], Worker]
"""Starts a jail of a class: ``plain``, ``packages`` (installed ones can be imported) or ``tester``."""


class Slot:
    """Jails of each class, started when first needed and replaced when spent."""

    def __init__(self, open_worker: Open, packages: Packages, *, cold: bool, may_fork: bool) -> None:
        self._open, self._packages, self._cold, self._may_fork = open_worker, packages, cold, may_fork
        self._workers: dict[str, Worker] = {}
        self._closed = False

    def worker(self, name: str) -> Worker:
        """Return the jail of a class, ready for a job.

        Raises:
            SandboxError: it does not start, or this slot is closed.
        """
        worker = self._workers.get(name)
        if worker is None or worker.spent:
            self.discard(name)
            worker = self._workers[name] = self._open(name)
        try:
            if self._closed:
                raise SandboxError("this sandbox is closed")
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

    def abort(self) -> None:
        """Kill every jail at once, from any thread: a job that is running raises SandboxError."""
        self._closed = True
        for worker in [*self._workers.values()]:
            worker.abort()

    def close(self) -> None:
        """End every jail. Idempotent."""
        self.discard(*self._workers)

    def run(self, job: Job, *, alone: bool = False) -> tuple[Execution, ...]:
        """Run a job's program on its inputs, in order, until the same input has ended two jails.

        Args:
            job: what to run.
            alone: no other job runs in this sandbox meanwhile. Only then the loss of the jail is held against the
                program, and the rest of its inputs follow; otherwise the executions end before that input.

        Raises:
            SandboxError: jails cannot be started.
        """
        name = "packages" if self._packages.imported_by(job.source) else "plain"
        done: list[Execution] = []
        strikes = 0
        while len(done) < len(job.inputs):
            before = len(done)
            try:
                self._advance(job, done, name, batch=1 if strikes or alone else BATCH)
            except JailLostError as error:
                self.discard(name, "tester")
                strikes = strikes + 1 if len(done) == before else 1
                if strikes == _STRIKES and not alone:
                    break
                if strikes == _STRIKES:
                    done.append(self._verdict_on(error, job, name))
                    strikes = 0
            except BaseException:  # an interrupt: a jail that is in the middle of a job is of no use to the next
                self.close()
                raise
        return tuple(done)

    def _advance(self, job: Job, done: list[Execution], name: str, batch: int) -> None:
        """Run a program on its next inputs until the jail is spent.

        Raises:
            JailLostError: the jail was lost; `done` has what was done before.
        """
        inputs = job.inputs[len(done) :]
        if job.mode == "suite":
            done.append(self._try_suite(job, inputs[0], name))
            return
        worker = self.worker(name)
        worker.start(self._packet(job, _MODES[job.mode], len(inputs)), _given(job), _tests(job, inputs), batch)
        for execution in worker.results():
            done.append(execution)  # noqa: PERF402 -- those before a loss count

    def _try_suite(self, job: Job, suite: bytes, name: str) -> Execution:
        candidate, tester = self.worker(name), self.worker("tester")
        with (
            closing(Test.make(lent=(ours := _connected())[:2])) as serving,
            closing(Test.make(lent=ours[2:], with_result=True)) as testing,
        ):
            candidate.start(self._packet(job, WireMode.SERVE, 1), _given(job), iter([serving]))
            tester.start(self._tester_packet(job), Given(suite, ""), iter([testing]))
            (tested,) = tester.results()
            try:
                (execution,) = candidate.results(_patience_after(tested, job.limits))
            except JailSilentError:
                self.discard(name)
                execution = Execution("time", signal=signal.SIGKILL, wall_s=job.limits.wall_s)
        return replace(execution, result=_conclude(tested, execution))

    def _verdict_on(self, error: JailLostError, job: Job, name: str) -> Execution:
        """The execution of a program that ended two jails, if an empty program survives in its place.

        Raises:
            SandboxError: it does not; an infrastructure error.
        """
        packet = self._packet(job, WireMode.STDIN, 1)
        try:
            worker = self.worker(name)
            worker.start(packet, Given(b"", ""), iter([Test.make()]))
            (harmless,) = worker.results()
        except JailLostError:
            self.discard(name)
            raise SandboxError(f"jails end whatever program they run: {error}") from None
        if not harmless.ok:
            raise SandboxError(f"an empty program fails as well: {error}")
        return Execution("killed", signal=signal.SIGKILL, stderr=f"sandbox: {error}".encode(), doubtful=True)

    def _packet(self, job: Job, mode: WireMode, tests: int) -> JobPacket:
        wall_s = job.limits.wall_s + (_tester_limits(job.limits).wall_s if mode is WireMode.SERVE else 0)
        return JobPacket(
            mode=mode,
            tests=tests,
            cpu_s=job.limits.cpu_s,
            wall_s=wall_s,
            patience_s=0,
            memory=job.limits.memory_mib * 1024 * 1024,
            stacks=_STACKS if "stack_size" in job.source else 0,
            output=job.limits.output_kib * 1024,
            processes=job.limits.processes,
            may_fork=self._may_fork and _names_forks(job.source),
            cold=self._cold,
            source_bytes=0,
            width=0,
        )

    def _tester_packet(self, job: Job) -> JobPacket:
        packet = self._packet(replace(job, limits=_tester_limits(job.limits), source=""), WireMode.TESTER, 1)
        return packet._replace(patience_s=job.limits.wall_s)


def _tester_limits(limits: Limits) -> Limits:
    """The limits of test code: it is trusted, but the candidate's values that it processes may be huge."""
    return Limits(
        cpu_s=max(_TESTER_CPU_S, _TESTER_SHARE * limits.cpu_s),
        wall_s=max(_TESTER_WALL_S, _TESTER_SHARE * limits.wall_s),
        memory_mib=4096,
        output_kib=64 * 1024,
    )


def _conclude(tested: Execution, candidate: Execution) -> bytes:
    """The result of a test suite: the tester's report, or one made from its standard error if it sent none."""
    if tested.result is not None:
        return tested.result
    words = tested.stderr.decode(errors="replace").strip().splitlines() or [f"the test code ended: {tested.outcome}"]
    return _report("broken" if candidate.ok else "raised", words[-1])


def _names_forks(source: str) -> bool:
    return any(word in source for word in _FORK_WORDS) and _MAY_FORK.search(source) is not None


def _tests(job: Job, inputs: Sequence[bytes]) -> Iterator[Test]:
    for content in inputs:
        if job.mode == "stdin":
            yield Test.make(content)
        else:
            yield Test.make(lent=(memory_file(content),), with_result=True)


def _given(job: Job) -> Given:
    """Encode a job's program; invalid text stays invalid, for the compiler to reject."""
    return Given(job.source.encode("utf-8", "surrogatepass"), job.entry_point or "")


def _connected() -> tuple[int, int, int, int]:
    """Create descriptors to read and to write for a candidate, then for its tester.

    Sockets, not pipes: all pipes of a user share a quota of pages.
    """
    one, other = socket.socketpair()
    with one, other:
        return os.dup(one.fileno()), os.dup(one.fileno()), os.dup(other.fileno()), os.dup(other.fileno())


def _patience_after(tested: Execution, limits: Limits) -> float:
    """Seconds that a candidate may take to end after its tester has ended."""
    passed = tested.result is not None and b'"passed"' in tested.result
    return limits.cpu_s + _FAREWELL_S if passed else _FAREWELL_S


def _report(status: str, detail: str) -> bytes:
    return values.encode({"status": status, "detail": detail})
