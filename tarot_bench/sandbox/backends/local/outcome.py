"""Build the execution of a test from its process's exit record and its files."""

import os
import re
import signal

from tarot_bench.sandbox.backends.local.files import Test
from tarot_bench.sandbox.inside.wire import Ended, JobPacket, Reason
from tarot_bench.verdict import Ending, Execution

_LATE = (Reason.CPU, Reason.WALL, Reason.IDLE)
_OUT_OF_MEMORY = re.compile(rb"(\A|\n)([\w.]*\.)?_?\w*MemoryError(:[^\n]*)?\s*\Z")


def describe(ended: Ended, packet: JobPacket, test: Test) -> Execution:
    """Return the execution of a test whose process has ended."""
    stderr = test.last_errors()
    signalled = os.WIFSIGNALED(ended.status)
    number = os.WTERMSIG(ended.status) if signalled else None
    code = None if signalled else os.WEXITSTATUS(ended.status)
    outcome: Ending = "killed" if signalled else "exited"
    if test.largest() > packet.output:
        outcome = "output"
    elif ended.reason in _LATE or ended.cpu_s > packet.cpu_s or number == signal.SIGXCPU:
        outcome = "time"
    elif (
        ended.reason == Reason.MEMORY
        or _used_too_much(ended, packet, number)
        or (code == 1 and _OUT_OF_MEMORY.search(stderr))
    ):
        outcome = "memory"
    return Execution(
        outcome,
        exit_code=code,
        signal=number,
        stdout=test.output(packet.output),
        stderr=stderr,
        cpu_s=ended.cpu_s,
        wall_s=ended.wall_s,
        peak_mib=ended.peak_kib / 1024,
        result=test.returned(packet.output),
        idle=ended.reason == Reason.IDLE,
    )


def _used_too_much(ended: Ended, packet: JobPacket, number: int | None) -> bool:
    peak = ended.peak_kib * 1024
    return (number == signal.SIGKILL and peak > packet.memory / 2) or (packet.stacks > 0 and peak > packet.memory)
