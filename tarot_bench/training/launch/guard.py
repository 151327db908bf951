"""Run a command, and leave no process of it behind: ``python -I -S guard.py PARENT COMMAND…``.

It imports nothing of the package.
The guard is between the launcher and a server or a training, whose workers have process groups of their own. It adopts
every descendant (subreaper), stops all of them when the command ends, when it is told to (SIGTERM, SIGINT), or when the
process PARENT dies, even of SIGKILL, and exits with the command's status.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36
_STOP = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}
_PATIENCE_S = 10.0
"""Given to the command, and then again to what it left behind, between SIGTERM and the next measure."""


def guard(parent: int, command: list[str]) -> int:
    """Run the command and return its exit status; 128 + N where signal N ended it.

    Args:
        parent: the process whose death ends the command.
        command: its words.
    """
    libc = ctypes.CDLL(None)
    libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    signal.pthread_sigmask(signal.SIG_BLOCK, _STOP | {signal.SIGCHLD})
    if os.getppid() != parent:  # it died before it could be watched
        return 128 + signal.SIGTERM
    try:
        child = subprocess.Popen(command, start_new_session=True, preexec_fn=_unblock)
    except OSError as error:
        print(f"{command[0]}: {error.strerror}", file=sys.stderr)  # noqa: T201
        return 127
    status = _wait(child.pid)
    if status is None:
        with suppress(ProcessLookupError):
            os.kill(child.pid, signal.SIGTERM)
        status = _reap(child.pid, _PATIENCE_S)
    _stop_descendants()
    return 128 + signal.SIGTERM if status is None else status


def _unblock() -> None:
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def _wait(pid: int) -> int | None:
    """The status of the command when it ends; None if the guard is told to stop before."""
    while True:
        if signal.sigwait(_STOP | {signal.SIGCHLD}) != signal.SIGCHLD:
            return None
        status = _reap(pid, 0.0)
        if status is not None:
            return status


def _reap(pid: int, patience_s: float) -> int | None:
    """Collect children that ended, until `pid` is among them or the time is over; the status of `pid`."""
    deadline = time.monotonic() + patience_s
    while True:
        ended = -1
        with suppress(ChildProcessError):
            ended, raw = os.waitpid(-1, os.WNOHANG)
            if ended == pid:
                code = os.waitstatus_to_exitcode(raw)
                return code if code >= 0 else 128 - code
        if ended <= 0:
            left = deadline - time.monotonic()
            if ended < 0 or left <= 0:  # there are no children any more, or no time
                return None
            signal.sigtimedwait({signal.SIGCHLD}, min(left, 1.0))


def _stop_descendants() -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        deadline = time.monotonic() + _PATIENCE_S
        while (left := _descendants()) and time.monotonic() < deadline:
            for pid in left:
                with suppress(ProcessLookupError):
                    os.kill(pid, number)
            _reap(0, 0.5)


def _descendants() -> list[int]:
    """Every process below this one; what a dead parent left has been adopted by this one."""
    parents = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):
                fields = (folder / "stat").read_text(errors="replace").rpartition(")")[2].split()
                if fields[0] != "Z":
                    parents[int(folder.name)] = int(fields[1])
    found = [os.getpid()]
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return found[1:]


if __name__ == "__main__":
    sys.exit(guard(int(sys.argv[1]), sys.argv[2:]))
