"""Wait for a test to end, and kill it when it exceeds a limit.

A test that ends by itself, as most do, costs one wait. After every tick without an end the limits are checked. The
processor's time is also limited by the kernel, and the host also enforces wall time from outside. Nothing here
counts against a quota that tests share, such as that of pending signals, which timers of the kernel are taken from.
"""

import os
import time
from _socket import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from tarot_bench.sandbox.inside import kernel
from tarot_bench.sandbox.inside.kernel import signals
from tarot_bench.sandbox.inside.tree import Tree, cpu_clock, is_idle, resident
from tarot_bench.sandbox.inside.wire import JobPacket, Reason

_TICK_S = 0.02
_ITSELF = int(Reason.ITSELF)  # looking a member up costs more than waiting


class WatchedJail(Protocol):
    """The attributes of a jail that the watchdog uses; see `zygote.SupervisedJail`."""

    channel: socket


def await_test(
    jail: WatchedJail, job: JobPacket, pid: int, start: float, tree: Tree | None
) -> tuple[int, int, float, int]:
    """Wait for a test process, and kill it at the job's limits; exits with the jail when the host has gone.

    Args:
        jail: this jail.
        job: says how much the test may use.
        pid: a child of this process.
        start: when it started, by the monotonic clock.
        tree: what the test may start; None when it may start nothing.

    Returns:
        Its wait status, why it was killed, CPU seconds, peak memory in KiB.
    """
    reason: int = _ITSELF
    handle = os.pidfd_open(pid)
    while not reason and not _has_ended(jail, handle, pid, tree.tick_s if tree else _TICK_S):
        reason = _judge(job, pid, time.monotonic() - start, tree)
    os.close(handle)
    if reason:
        _kill(pid)
    status, cpu_s, peak_kib = kernel.reap(pid)
    return status, reason, cpu_s, peak_kib


def await_job(
    jail: WatchedJail, job: JobPacket, pid: int, is_prepared: Callable[[], bool]
) -> tuple[int, int, float, int]:
    """Wait for a job's own process; the limits of a test apply while it compiles the program.

    Args:
        jail: this jail.
        job: says how much it may use.
        pid: a child of this process.
        is_prepared: whether it has started to run tests, each of which it supervises itself.

    Returns:
        As `await_test`.
    """
    start = time.monotonic()
    reason: int = _ITSELF
    handle = os.pidfd_open(pid)
    while not _has_ended(jail, handle, pid, -1 if is_prepared() else _TICK_S):
        if not is_prepared() and (reason := _judge(job, pid, time.monotonic() - start, None)):
            _kill(pid)
    os.close(handle)
    status, cpu_s, peak_kib = kernel.reap(pid)
    return status, reason, cpu_s, peak_kib


def _has_ended(jail: WatchedJail, handle: int, pid: int, timeout_s: float) -> bool:
    timeout_ms = int(timeout_s * 1000) if timeout_s >= 0 else -1
    ended, host_is_gone = kernel.wait_until_ended(handle, jail.channel.fileno(), timeout_ms)
    if host_is_gone:
        _kill(pid)  # a test must not outlive the jail, even if it has seen to it that it does not die with its parent
        os._exit(0)
    return ended


def _judge(job: JobPacket, pid: int, elapsed: float, tree: Tree | None) -> Reason:
    if elapsed >= job.wall_s:
        return Reason.IDLE if tree is None and is_idle(pid, elapsed) else Reason.WALL
    if tree is not None:
        cpu_s, memory = tree.look(job.memory)
        if memory > job.memory:
            return Reason.MEMORY
        return Reason.CPU if cpu_s >= job.cpu_s else Reason.ITSELF
    if job.stacks and resident(pid) > job.memory:
        return Reason.MEMORY
    # Threads of one interpreter take turns: less time has been used than has passed, or little more.
    if elapsed >= job.cpu_s / (os.cpu_count() or 1) and cpu_clock(pid) >= job.cpu_s:
        return Reason.CPU
    return Reason.ITSELF


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signals.SIGKILL)
