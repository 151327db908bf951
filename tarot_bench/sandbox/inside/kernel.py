"""The few system calls that Python does not offer, through ctypes."""

import ctypes
import os

# PyDLL keeps the interpreter lock, which costs less and is sound in a process that has one thread. Its fork, unlike
# os.fork, runs no at-fork handlers either: they cost as much as the fork itself.
libc = ctypes.PyDLL(None, use_errno=True)

_PR_SET_DUMPABLE = 4
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38
_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL = 47, 4
_CLOSE_RANGE = 436  # the same number on every architecture
_MS_REMOUNT, _MS_NOSUID, _MS_NODEV = 32, 2, 4
_CAPABILITY_VERSION_3 = 0x20080522


def check(result: int, doing: str) -> int:
    """Turn a C return value below zero into an exception.

    Raises:
        OSError: with errno and what was being done.
    """
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{doing}: {os.strerror(code)}")
    return result


def fork() -> int:
    """Fork; 0 in the child.

    Raises:
        OSError: no process could be made.
    """
    return check(libc.fork(), "fork")


def set_dumpable(value: bool) -> None:
    """Allow or forbid others of the same uid to trace this process and read its ``/proc`` entries."""
    libc.prctl(_PR_SET_DUMPABLE, int(value), 0, 0, 0)


def close_from(first: int) -> None:
    """Close every descriptor from this one upwards."""
    check(libc.syscall(_CLOSE_RANGE, first, 0xFFFFFFFF, 0), "close_range")


def become_subreaper() -> None:
    """Orphans among the descendants become children of this process."""
    libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def no_new_privileges() -> None:
    """Set-uid programs give nothing from here on; Landlock and seccomp ask for this."""
    check(libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")


def limit_tmpfs(path: str, size: int, inodes: int) -> None:
    """Cap the bytes and the files of a mounted tmpfs; needs CAP_SYS_ADMIN over its namespace.

    Raises:
        OSError: refused.
    """
    options = f"size={size},nr_inodes={inodes}".encode()
    flags = _MS_REMOUNT | _MS_NOSUID | _MS_NODEV
    check(libc.mount(b"tmpfs", path.encode(), b"tmpfs", flags, options), f"remount {path}")


def drop_capabilities() -> None:
    """Give up every capability, also those that would survive an exec."""
    libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    nothing = (ctypes.c_uint32 * 6)()
    check(libc.capset(header, nothing), "capset")
