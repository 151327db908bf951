"""Forks tests, watches them, cleans up after them, and tells the host how they ended."""

import gc
import math
import os
import resource
import select
import signal
import socket
import time
import traceback
from contextlib import suppress
from typing import Protocol

from tarot_bench.sandbox.inside import kernel, program, wire
from tarot_bench.sandbox.inside.program import Program
from tarot_bench.sandbox.inside.test_process import TestProcess, apply_limits
from tarot_bench.sandbox.inside.wire import Ended, JobPacket, Reason

_LOOK_S = 0.05
_LONGEST_S = 86400.0  # for waits without a deadline; poll takes no infinity


class Watch:
    """Tells whether anything was ever created, changed or removed directly in a few directories.

    Every lasting trace of a test starts with an entry in one of them, and making one changes the directory's ctime,
    which nobody can set back.
    """

    def __init__(self, directories: list[str]) -> None:
        self._directories = directories
        self._clean = self._look()

    def dirty(self) -> bool:
        """Whether a directory differs from what it was at the start."""
        return self._look() != self._clean

    def _look(self) -> list[int]:
        return [os.stat(directory).st_ctime_ns for directory in self._directories]


class Jail(Protocol):
    """What the supervisor needs of `zygote.Jail`."""

    channel: socket.socket
    ruleset: int | None
    signals_scoped: bool
    own_uid: bool
    is_init: bool
    watch: Watch


def settle() -> None:
    """Keep what exists now out of the collector's sight, so that children share its pages."""
    gc.collect()
    gc.freeze()


def compile_or_tell(jail: Jail, job: JobPacket, source: bytes) -> Program:
    """Compile a program for all its tests; tell the host if that cannot be done."""
    cpu = math.ceil(job.cpu_s)
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, resource.RLIM_INFINITY))
    try:
        return program.compile_source(source)
    except BaseException as error:
        arrived = [wire.receive(jail.channel)[1] for _ in range(min(job.tests, 1 + wire.AHEAD))]
        _tell_uncompilable(jail, error, arrived[0][2])
        os._exit(0)
    finally:
        resource.setrlimit(resource.RLIMIT_CPU, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def serve_tests(jail: Jail, job: JobPacket, source: bytes, compiled: Program | None) -> TestProcess | None:
    """Run a job's tests one after the other.

    Args:
        jail: this jail.
        job: the job.
        source: its program.
        compiled: the same, compiled; None has each test process compile it.

    Returns:
        None when all tests have been served; a `TestProcess`, ready to run, in each forked child.
    """
    for _ in range(job.tests):
        data, descriptors = wire.receive(jail.channel)
        if not data:
            os._exit(0)
        pid = kernel.fork()
        if pid == 0:
            return _become_test(jail, job, source, compiled, descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        ended = await_end(jail, pid, job, job.wall_s)
        wire.send(jail.channel, ended.pack())
        if ended.dirty:
            wire.drain(jail.channel)
            os._exit(0)
    return None


def _become_test(
    jail: Jail, job: JobPacket, source: bytes, compiled: Program | None, descriptors: list[int]
) -> TestProcess:
    if compiled is None:
        apply_limits(job, own_uid=jail.own_uid)
        try:
            compiled = program.compile_source(source)
        except BaseException as error:
            _tell_uncompilable(jail, error, descriptors[2])
            os._exit(1)
    test = TestProcess(job, compiled, descriptors)
    test.seal(jail.ruleset, signals_scoped=jail.signals_scoped)
    return test


def await_end(jail: Jail, pid: int, job: JobPacket, wall_s: float) -> Ended:
    """Wait for a child, kill it at its limits, and kill everything that it may have left.

    When the host disappears the whole jail does.
    """
    start = time.monotonic()
    reason = _watch(jail, pid, job, start, wall_s)
    if reason is not Reason.ITSELF:
        os.kill(pid, signal.SIGKILL)
    _, status, usage = os.wait4(pid, 0)
    cpu_s = usage.ru_utime + usage.ru_stime
    if job.may_fork:
        cpu_s += _kill_descendants(jail)
    wall = time.monotonic() - start
    return Ended(status, reason, jail.watch.dirty(), False, cpu_s, wall, usage.ru_maxrss)


def _watch(jail: Jail, pid: int, job: JobPacket, start: float, wall_s: float) -> Reason:
    """Wait until a child is dead or over a limit."""
    process = os.pidfd_open(pid)
    poll = select.poll()
    poll.register(process, select.POLLIN)
    poll.register(jail.channel, 0)  # of the host, only its hang-up is of interest
    deadline, look_at = start + wall_s, start + (_LOOK_S if job.may_fork else job.cpu_s)
    try:
        while True:
            pause = min(deadline, look_at, start + _LONGEST_S) - time.monotonic()
            for descriptor, _ in poll.poll(max(pause * 1000, 1)):
                if descriptor == process:
                    return Reason.ITSELF
                os._exit(0)
            now = time.monotonic()
            if now >= deadline:
                return Reason.WALL
            if now >= look_at:
                used = _cpu_clock(pid)
                if used >= job.cpu_s:
                    return Reason.CPU
                look_at = now + (_LOOK_S if job.may_fork else max(job.cpu_s - used, 0.002))
    finally:
        os.close(process)


def _cpu_clock(pid: int) -> float:
    """CPU seconds that a process has used so far, by the clock that the kernel keeps for it."""
    try:
        return time.clock_gettime((~pid << 3) | 2)
    except OSError:
        return 0.0


def _kill_descendants(jail: Jail) -> float:
    """Kill and reap whatever a test left running; returns the CPU seconds that it used."""
    cpu_s = 0.0
    try:
        while True:
            _kill_all(jail)
            _, _, usage = os.wait4(-1, 0)
            cpu_s += usage.ru_utime + usage.ru_stime
    except ChildProcessError:
        return cpu_s


def _kill_all(jail: Jail) -> None:
    with suppress(ProcessLookupError):
        if jail.is_init:  # the kernel spares only process 1 and the caller
            os.kill(-1, signal.SIGKILL)
            return
        with open("/proc/thread-self/children") as file:  # orphans have become children of this process
            for child in file.read().split():
                os.kill(int(child), signal.SIGKILL)


def _tell_uncompilable(jail: Jail, error: BaseException, stderr: int) -> None:
    text = "".join(traceback.format_exception_only(type(error), error))
    os.write(stderr, text.encode("utf-8", "backslashreplace"))
    wire.send(jail.channel, wire.UNCOMPILABLE)
