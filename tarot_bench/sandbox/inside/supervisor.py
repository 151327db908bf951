"""Forks tests, cleans up after them, and tells the host how they ended.

Whoever forks tests of a program has read that program or none: `serve_tests` runs in the zygote, which reads nothing,
for a job with a single test, and otherwise in a process of the job's own.
"""

import gc
import os
import time
from _socket import socket
from typing import NoReturn, Protocol

from tarot_bench.sandbox.inside import kernel, program, tree, watchdog, wire
from tarot_bench.sandbox.inside.program import Program
from tarot_bench.sandbox.inside.seccomp import Filter
from tarot_bench.sandbox.inside.test_process import apply_limits, filter_for, run, seal
from tarot_bench.sandbox.inside.tree import Tree
from tarot_bench.sandbox.inside.wire import Given, JobPacket


class Watch:
    """Tells whether anything was ever created, changed or removed directly in a few directories, or in a few files.

    Every lasting trace of a test starts with an entry in one of them, and making one changes the directory's ctime,
    which nobody can set back.
    """

    def __init__(self, paths: list[str]) -> None:
        self._paths = [os.fsencode(path) for path in paths]
        self._clean: list[tuple[bytes, bytes]] = []

    def start(self) -> None:
        """Take everything as it is now for clean."""
        self._clean = [(path, kernel.ctime_of(path)) for path in self._paths]

    def dirty(self) -> bool:
        """Whether anything differs from what it was at the start."""
        for path, ctime in self._clean:  # noqa: SIM110 -- a generator costs more
            if kernel.ctime_of(path) != ctime:
                return True
        return False


class Jail(Protocol):
    """What the supervisor needs of `zygote.Jail`."""

    channel: socket
    ruleset: int | None
    signals_scoped: bool
    strangers: int
    is_init: bool
    watch: Watch


def prepare(jail: Jail, job: JobPacket, source: int) -> tuple[Given, Program]:
    """Read and compile a program for all its tests, and import what it will; tell the host if it does not compile."""
    try:
        given = program.read(source, job.source_bytes)
        compiled = program.compile_source(given.source)
    except BaseException as error:
        arrived = [wire.receive(jail.channel)[1] for _ in range(min(job.tests, 1 + wire.AHEAD))]
        _tell_uncompilable(jail, error, arrived[0][2])
        os._exit(0)
    if not job.cold:
        program.import_ahead(given.source)
        gc.freeze()
    return given, compiled


def serve_tests(jail: Jail, job: JobPacket, source: int, ready: tuple[Given, Program] | None) -> None:
    """Run a job's tests one after the other; each runs, and ends, in a child of this process.

    Args:
        jail: this jail.
        job: the job.
        source: the descriptor of its program.
        ready: the program as `prepare` leaves it; None has each test process read and compile it.
    """
    channel, watch = jail.channel, jail.watch
    filter_ = filter_for(jail, job)
    for _ in range(job.tests):
        data, descriptors = wire.receive(channel)
        if not data:
            os._exit(0)
        start = time.monotonic()
        started = Tree() if job.may_fork else None
        pid = kernel.fork()
        if pid == 0:
            _become_test(jail, job, source, ready, descriptors, filter_)
        os.closerange(descriptors[0], descriptors[-1] + 1)
        ending = watchdog.await_test(jail, job, pid, started)
        cpu_s = ending.cpu_s
        if started is not None:
            cpu_s = max(cpu_s + kill_descendants(jail), started.cpu_s())
        wall_s, dirty = time.monotonic() - start, watch.dirty()
        channel.send(wire.pack_ended(ending.status, ending.reason, dirty, False, cpu_s, wall_s, ending.peak_kib))
        if dirty:
            wire.drain(channel)
            os._exit(0)


def _become_test(
    jail: Jail,
    job: JobPacket,
    source: int,
    ready: tuple[Given, Program] | None,
    descriptors: list[int],
    filter_: Filter | None,
) -> NoReturn:
    """Turn this process into a test. What fails before the program's first statement is the jail's fault."""
    try:
        given, compiled = ready or _prepare_alone(jail, job, source, descriptors)
        seal(jail, job, descriptors, filter_)
    except BaseException as error:
        wire.fail(jail.channel, error)
    run(job, compiled, given.entry_point)


def _prepare_alone(jail: Jail, job: JobPacket, source: int, descriptors: list[int]) -> tuple[Given, Program]:
    """What `prepare` does for several tests, done in the process of the only one."""
    apply_limits(job, jail.strangers)
    try:
        given = program.read(source, job.source_bytes)
        return given, program.compile_source(given.source)
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
