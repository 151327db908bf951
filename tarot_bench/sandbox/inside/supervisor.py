"""Forks tests, cleans up after them, and tells the host how they ended."""

import gc
import os
import time
from _socket import socket
from typing import Protocol

from tarot_bench.sandbox.inside import kernel, program, tree, wire
from tarot_bench.sandbox.inside.program import Program
from tarot_bench.sandbox.inside.test_process import apply_limits, filter_for, run, seal
from tarot_bench.sandbox.inside.watchdog import Watchdog
from tarot_bench.sandbox.inside.wire import JobPacket


class Watch:
    """Tells whether anything was ever created, changed or removed directly in a few directories.

    Every lasting trace of a test starts with an entry in one of them, and making one changes the directory's ctime,
    which nobody can set back.
    """

    def __init__(self, directories: list[str]) -> None:
        self._clean = [(os.fsencode(directory), kernel.ctime_of(os.fsencode(directory))) for directory in directories]

    def dirty(self) -> bool:
        """Whether a directory differs from what it was at the start."""
        for directory, ctime in self._clean:  # noqa: SIM110 -- a generator costs more
            if kernel.ctime_of(directory) != ctime:
                return True
        return False


class Jail(Protocol):
    """What the supervisor needs of `zygote.Jail`."""

    channel: socket
    watchdog: Watchdog
    ruleset: int | None
    signals_scoped: bool
    strangers: int
    is_init: bool
    watch: Watch


def prepare(jail: Jail, job: JobPacket, source: bytes) -> Program:
    """Compile a program for all its tests, and import what it will; tell the host if it does not compile."""
    try:
        compiled = program.compile_source(source)
    except BaseException as error:
        arrived = [wire.receive(jail.channel)[1] for _ in range(min(job.tests, 1 + wire.AHEAD))]
        _tell_uncompilable(jail, error, arrived[0][2])
        os._exit(0)
    if not job.cold:
        program.import_ahead(source)
        gc.freeze()
    return compiled


def serve_tests(jail: Jail, job: JobPacket, source: bytes, compiled: Program | None) -> None:
    """Run a job's tests one after the other; each runs, and ends, in a child of this process.

    Args:
        jail: this jail.
        job: the job.
        source: its program.
        compiled: the same, compiled; None has each test process compile it.
    """
    channel, watchdog, watch = jail.channel, jail.watchdog, jail.watch
    ready = filter_for(jail, job)
    watchdog.wake(job)
    for _ in range(job.tests):
        data, descriptors = wire.receive(channel)
        if not data:
            os._exit(0)
        pid = kernel.fork()
        if pid == 0:
            if compiled is None:
                compiled = _prepare_alone(jail, job, source, descriptors)
            seal(jail, job, descriptors, ready)
            run(job, compiled)
        start = time.monotonic()
        watchdog.watch(pid, start)
        os.closerange(descriptors[0], descriptors[-1] + 1)
        status, cpu_s, peak_kib = kernel.reap(pid)
        watchdog.rest()
        if job.may_fork:
            cpu_s += kill_descendants(jail)
        wall_s, dirty = time.monotonic() - start, watch.dirty()
        channel.send(wire.pack_ended(status, watchdog.reason, dirty, False, cpu_s, wall_s, peak_kib))
        if dirty:
            wire.drain(channel)
            os._exit(0)
    watchdog.sleep()


def _prepare_alone(jail: Jail, job: JobPacket, source: bytes, descriptors: list[int]) -> Program:
    """What `prepare` does for several tests, done in the process of the only one."""
    apply_limits(job, jail.strangers)
    try:
        return program.compile_source(source)
    except BaseException as error:
        _tell_uncompilable(jail, error, descriptors[2])
        os._exit(1)


def kill_descendants(jail: Jail) -> float:
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
    if jail.is_init:  # the kernel spares only process 1 and the caller, and nobody can fork away from it
        try:
            os.kill(-1, kernel.signals.SIGKILL)
        except ProcessLookupError:
            return
    else:
        for pid in tree.descendants():
            os.kill(pid, kernel.signals.SIGKILL)


def _tell_uncompilable(jail: Jail, error: BaseException, stderr: int) -> None:
    import traceback

    text = "".join(traceback.format_exception_only(type(error), error))
    os.write(stderr, text.encode("utf-8", "backslashreplace"))
    wire.send(jail.channel, wire.UNCOMPILABLE)
