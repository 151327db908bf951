"""Looks at the running test some fifty times a second, and kills it when it is over a limit.

A timer signal does the looking, so that a test that ends by itself, which most do within a tick, costs nothing extra.
The processor's time is also limited by the kernel, and the host looks after wall time once more from outside.
"""

import os
import time
from _socket import socket
from contextlib import suppress
from types import FrameType

from tarot_bench.sandbox.inside import tree
from tarot_bench.sandbox.inside.kernel import TICK_SIGNAL, Timer, signals
from tarot_bench.sandbox.inside.wire import JobPacket, Reason

_TICK_S = 0.02


class Watchdog:
    """Watches one process at a time.

    Attributes:
        reason: why the last one was killed, as a `Reason`.
    """

    def __init__(self, channel: socket) -> None:
        self._channel = channel
        self._pid = 0
        self._timer: Timer | None = None
        self._owner = 0
        self._job: JobPacket | None = None
        self._started = 0.0
        self.reason: int = Reason.ITSELF
        signals.signal(TICK_SIGNAL, self._look)

    def wake(self, job: JobPacket) -> None:
        """Start looking, with a job's limits; a timer does not survive a fork."""
        self._job = job
        if self._timer is None or self._owner != os.getpid():
            self._timer, self._owner = Timer(), os.getpid()
        self._timer.tick(_TICK_S)

    def sleep(self) -> None:
        """Stop looking."""
        if self._timer:
            self._timer.tick(0)

    def watch(self, pid: int, started: float) -> None:
        """Let this be the process to look at."""
        self._started = started
        self.reason = 0
        self._pid = pid

    def rest(self) -> None:
        """There is no process to look at."""
        self._pid = 0

    def _look(self, number: int, frame: FrameType | None) -> None:
        if _is_gone(self._channel):
            os._exit(0)  # with the host gone the whole jail goes
        if not self._pid or self._job is None:
            return
        self.reason = self._judge(self._job, self._pid, time.monotonic() - self._started)
        if self.reason:
            with suppress(ProcessLookupError):  # it has just ended by itself
                os.kill(self._pid, signals.SIGKILL)
            self._pid = 0

    def _judge(self, job: JobPacket, pid: int, elapsed: float) -> Reason:
        if elapsed >= job.wall_s:
            return Reason.WALL
        if job.may_fork:
            cpu_s, memory = tree.usage()
            if memory > job.memory:
                return Reason.MEMORY
            return Reason.CPU if cpu_s >= job.cpu_s else Reason.ITSELF
        # Threads of one interpreter take turns: less time has been used than has passed, or little more.
        if elapsed >= job.cpu_s / (os.cpu_count() or 1) and _cpu_clock(pid) >= job.cpu_s:
            return Reason.CPU
        return Reason.ITSELF


def _cpu_clock(pid: int) -> float:
    """CPU seconds that a process has used so far, by the clock that the kernel keeps for it."""
    try:
        return time.clock_gettime((~pid << 3) | 2)
    except OSError:
        return 0.0


def _is_gone(channel: socket) -> bool:
    import select  # a module of C that nobody needs before the first tick

    poll = select.poll()
    poll.register(channel.fileno(), 0)
    return bool(poll.poll(0))
