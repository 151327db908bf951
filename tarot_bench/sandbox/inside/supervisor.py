"""Fork tests, clean up after them, and report their results to the host.

A process that forks tests has read only their program, or none: `serve_tests` runs in the zygote, which reads none,
for a job with a single test, and otherwise in a process of the job's own.
"""

import gc
import os
import time
from _socket import socket
from functools import lru_cache
from typing import NoReturn, Protocol

from tarot_bench.sandbox.inside import kernel, program, tree, watchdog, wire
from tarot_bench.sandbox.inside.kernel import Step, Watch
from tarot_bench.sandbox.inside.program import Program
from tarot_bench.sandbox.inside.startup import become_python, is_common, limits, run, seal
from tarot_bench.sandbox.inside.tree import Tree
from tarot_bench.sandbox.inside.wire import Given, JobPacket


class SupervisedJail(Protocol):
    """The attributes of a jail that the supervisor uses; see `zygote.SupervisedJail`."""

    channel: socket
    ruleset: int | None
    signals_scoped: bool
    foreign_tasks: int
    is_init: bool
    watch: Watch


def prepare(jail: SupervisedJail, job: JobPacket, source: int, stderr: int) -> tuple[Given, Program]:
    """Read and compile a program for all its tests, and import its modules; report a syntax error to the host."""
    try:
        given = program.read(source, job.source_bytes)
        compiled = program.compile_source(given.source)
    except BaseException as error:
        _tell_uncompilable(jail, error, stderr)
        os._exit(0)
    if not job.cold:
        program.import_ahead(given.source)
        gc.freeze()
    return given, compiled


def serve_tests(
    jail: SupervisedJail, job: JobPacket, source: int, ready: tuple[Given, Program] | None, arrived: list[int]
) -> None:
    """Run a job's tests in order, each in a child of this process.

    Args:
        jail: this jail.
        job: the job.
        source: the descriptor of its program.
        ready: the program as `prepare` leaves it; None has each test process read and compile it.
        arrived: the descriptors of the first tests.
    """
    seals = seal(jail, job) if is_common(jail, job) else None
    bounds = [] if ready else limits(jail, job)
    left, dirty = job.tests, False
    while left:
        if not arrived:
            arrived = _receive_tests(jail)
        ended = []
        for stderr, taking in _tests(tuple(arrived), job.width):
            start = time.monotonic()
            started = Tree() if job.may_fork else None
            pid = kernel.fork()
            if pid == 0:
                _become_test(jail, job, source, ready, stderr, bounds, taking, seals)
            status, reason, cpu_s, peak_kib = watchdog.await_test(jail, job, pid, start, started)
            if started is not None:
                cpu_s = max(cpu_s + kill_descendants(jail), started.cpu_s())
            dirty = jail.watch.changed()
            ended.append(wire.pack_ended(status, reason, dirty, False, cpu_s, time.monotonic() - start, peak_kib))
            if dirty:
                break
        jail.channel.send(b"".join(ended))
        if dirty:
            wire.drain(jail.channel)
            os._exit(0)
        os.closerange(arrived[0], arrived[-1] + 1)
        left -= len(ended)
        arrived = []


@lru_cache(32)
def _tests(descriptors: tuple[int, ...], width: int) -> list[tuple[int, list[Step]]]:
    """Yield each test's standard error, and the steps that take its descriptors, which always have the same numbers."""
    tests = [descriptors[first : first + width] for first in range(0, len(descriptors), width)]
    return [(test[2], [kernel.taking(number, place) for place, number in enumerate(test)]) for test in tests]


def _receive_tests(jail: SupervisedJail) -> list[int]:
    data, descriptors = wire.receive(jail.channel)
    if not data:
        os._exit(0)
    return descriptors


def _become_test(
    jail: SupervisedJail,
    job: JobPacket,
    source: int,
    ready: tuple[Given, Program] | None,
    stderr: int,
    bounds: list[Step],
    taking: list[Step],
    seals: list[Step] | None,
) -> NoReturn:
    """Turn this process into a test. A failure before the program's first statement is an infrastructure error."""
    try:
        given, compiled = ready or _prepare_alone(jail, job, source, stderr, bounds)
        kernel.perform(taking)
        kernel.perform(seals or seal(jail, job))
        if job.cold:
            become_python(job, given.entry_point)
    except BaseException as error:
        wire.fail(jail.channel, error)
    run(job, compiled, given.entry_point)


def _prepare_alone(
    jail: SupervisedJail, job: JobPacket, source: int, stderr: int, bounds: list[Step]
) -> tuple[Given, Program]:
    """Do the work of `prepare` in the process of a job's only test."""
    kernel.perform(bounds)
    try:
        given = program.read(source, job.source_bytes)
        return given, program.compile_source(given.source)
    except BaseException as error:
        _tell_uncompilable(jail, error, stderr)
        os._exit(1)


def kill_descendants(jail: SupervisedJail) -> float:
    """Kill and reap all processes that a test left running; return the CPU seconds that they used."""
    cpu_s = 0.0
    try:
        while True:
            _kill_all(jail)
            _, _, usage = os.wait4(-1, 0)
            cpu_s += usage.ru_utime + usage.ru_stime
    except ChildProcessError:
        return cpu_s


def _kill_all(jail: SupervisedJail) -> None:
    if jail.is_init:  # the kernel spares only process 1 and the caller, and no process can escape it by forking
        try:
            os.kill(-1, kernel.signals.SIGKILL)
        except ProcessLookupError:
            return
    else:
        for pid in tree.descendants():
            os.kill(pid, kernel.signals.SIGKILL)


def _tell_uncompilable(jail: SupervisedJail, error: BaseException, stderr: int) -> None:
    import traceback

    text = "".join(traceback.format_exception_only(type(error), error))
    os.write(stderr, text.encode("utf-8", "backslashreplace"))
    wire.send(jail.channel, wire.UNCOMPILABLE)
