"""Make the system calls that Python does not offer, through ctypes."""

# The `signal` module wraps every number in an enum; each child would pay for the pages that this touches.
import _signal as signals  # type: ignore[import-not-found]
import ctypes
import os
import struct
from collections.abc import Iterable
from contextlib import suppress

from tarot_bench.sandbox.inside.syscalls import NUMBERS as SYSTEM_CALLS

__all__ = ["signals"]

# PyDLL keeps the interpreter lock, which costs less and is sound in a process that has one thread. Its fork, unlike
# os.fork, runs no at-fork handlers either: they cost as much as the fork itself.
libc = ctypes.PyDLL(None, use_errno=True)
# For what every test does: keeping errno costs more than such a call.
_quick = ctypes.PyDLL(None)
_syscall, _fork, _wait4, _poll = _quick.syscall, _quick.fork, _quick.wait4, _quick.poll

NUMBERS = SYSTEM_CALLS.get(os.uname().machine, {})
_LAST_DESCRIPTOR = 0xFFFFFFFF
_AT_FDCWD, _STATX_CTIME = -100, 0x80
_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38
_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL = 47, 4
_MS_REMOUNT, _MS_NOSUID, _MS_NODEV, _MS_NOATIME = 32, 2, 4, 1024
_POLL_IN = 1
_CAPABILITY_VERSION_3 = 0x20080522


def check(result: int, doing: str) -> int:
    """Raise an exception for a negative C return value.

    Raises:
        OSError: with errno and what was being done.
    """
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{doing}: {os.strerror(code)}")
    return result


Step = tuple[object, ...]
"""A system call that must not fail, and whose result does not matter: its number, then its arguments."""


def perform(steps: Iterable[Step]) -> None:
    """Perform system calls in order.

    Raises:
        OSError: one of them failed.
    """
    call = _syscall
    for step in steps:
        if call(*step) < 0:
            raise OSError(f"system call {step[0]} failed")


def fork() -> int:
    """Fork; 0 in the child.

    Raises:
        OSError: no process could be made.
    """
    pid: int = _fork()
    if pid < 0:
        raise OSError("fork failed")
    return pid


_status = ctypes.c_int()
_to_status = ctypes.byref(_status)
_usage = ctypes.create_string_buffer(144)
_USAGE = struct.Struct("@5q")  # of struct rusage: user and system time in seconds and microseconds, peak


def reap(pid: int) -> tuple[int, float, int]:
    """Wait for a child of this process; as `os.wait4`, which imports a module every time.

    Returns:
        Its wait status, CPU seconds with those of its own reaped children, and peak memory in KiB.
    """
    while _wait4(pid, _to_status, 0, _usage) < 0:
        pass  # a signal has interrupted
    user_s, user_us, system_s, system_us, peak_kib = _USAGE.unpack_from(_usage)
    return _status.value, user_s + system_s + (user_us + system_us) * 1e-6, peak_kib


_polled = ctypes.create_string_buffer(16)
_POLLED = struct.Struct("@ihhihh")  # two struct pollfd
_answers = memoryview(_polled).cast("B").cast("h")  # the last half word of each is the answer


def wait_until_ended(process: int, channel: int, timeout_ms: int) -> tuple[bool, bool]:
    """Wait until a process ends or the other side of a channel is closed.

    Args:
        process: a pidfd.
        channel: a socket.
        timeout_ms: -1 waits for ever.

    Returns:
        Whether the process has ended, and whether the other side is gone; neither after the time-out.
    """
    _POLLED.pack_into(_polled, 0, process, _POLL_IN, 0, channel, 0, 0)
    _poll(_polled, 2, timeout_ms)
    return _answers[3] != 0, _answers[7] != 0


_statx = ctypes.create_string_buffer(256)
_ctime = memoryview(_statx).cast("B")[96:112]


class Watch:
    """Detects changes of inodes since a point in time; much cheaper than `os.stat`.

    Their ctimes are compared, which programs cannot set back. Creating or removing an entry changes its directory's.
    """

    def __init__(self, paths: Iterable[str]) -> None:
        """Register the paths; `start` records their state."""
        self._looks = [(NUMBERS["statx"], _AT_FDCWD, os.fsencode(path), 0, _STATX_CTIME, _statx) for path in paths]
        self._clean: list[tuple[Step, bytes]] = []

    def start(self) -> None:
        """Record the current state as unchanged.

        Raises:
            OSError: there is no such path.
        """
        self._clean.clear()
        for look in self._looks:
            if _syscall(*look) < 0:
                raise OSError(f"{look[2]!r} cannot be looked at")
            self._clean.append((look, bytes(_ctime)))

    def changed(self) -> bool:
        """Whether any of the paths has changed since `start`."""
        call = _syscall
        for look, ctime in self._clean:  # noqa: SIM110 -- a generator costs more
            if call(*look) < 0 or _ctime != ctime:
                return True
        return False


def dumpable(value: bool) -> Step:
    """Allow or forbid processes of the same uid to trace this one and read its ``/proc`` entries."""
    return NUMBERS["prctl"], _PR_SET_DUMPABLE, int(value), 0, 0, 0


def dying_with_parent() -> Step:
    """Make the kernel kill the process when its parent ends."""
    return NUMBERS["prctl"], _PR_SET_PDEATHSIG, signals.SIGKILL, 0, 0, 0


def taking(descriptor: int, place: int) -> Step:
    """Duplicate a descriptor to a given number, inherited across exec."""
    return NUMBERS["dup3"], descriptor, place, 0


def closing_from(first: int) -> Step:
    """Close every descriptor from this number on."""
    return NUMBERS["close_range"], first, _LAST_DESCRIPTOR, 0


def limiting(kind: int, value: int) -> Step:
    """Set the soft and hard value of a resource limit (a constant of `resource`)."""
    return NUMBERS["prlimit64"], 0, kind, struct.pack("@2Q", value, value), None


def move_descriptor(descriptor: int, place: int) -> int:
    """Move a descriptor to another number, not inherited across exec."""
    if descriptor == place:  # dup3 refuses to move a descriptor onto itself
        os.set_inheritable(place, False)
        return place
    os.dup2(descriptor, place, inheritable=False)
    os.close(descriptor)
    return place


def give_back_memory() -> None:
    """Return freed memory to the kernel, so that forks do not copy its mappings."""
    with suppress(AttributeError):  # glibc only
        libc.malloc_trim(0)


def become_subreaper() -> None:
    """Make orphaned descendants children of this process."""
    libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def no_new_privileges() -> None:
    """Disable set-uid programs for this process; Landlock and seccomp require it."""
    check(libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")


def limit_tmpfs(path: str, size: int, inodes: int) -> None:
    """Limit the bytes and files of a mounted tmpfs and disable its access times; needs CAP_SYS_ADMIN.

    Raises:
        OSError: refused.
    """
    options = f"size={size},nr_inodes={inodes}".encode()
    flags = _MS_REMOUNT | _MS_NOSUID | _MS_NODEV | _MS_NOATIME
    check(libc.mount(b"tmpfs", path.encode(), b"tmpfs", flags, options), f"remount {path}")


def drop_capabilities() -> None:
    """Drop every capability, including those that would survive an exec."""
    libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    nothing = (ctypes.c_uint32 * 6)()
    check(libc.capset(header, nothing), "capset")
