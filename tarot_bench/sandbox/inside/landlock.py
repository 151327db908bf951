"""Restrict what a test process may open, signal and connect to, with Landlock (landlock(7)).

A ruleset is made once per zygote and applied to each test process, which isolates tests from the zygote and from each
other.
"""

import ctypes
import os
from collections.abc import Iterable

from tarot_bench.sandbox.inside.kernel import Step, check, libc

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same numbers on every architecture
_RULE_PATH_BENEATH = 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_MAKE_CHAR, _MAKE_BLOCK = 1 << 6, 1 << 11
_TRUNCATE = 1 << 14
_READ = _EXECUTE | _READ_FILE | _READ_DIR
_FILE_RIGHTS = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE
_FILESYSTEM_BITS = {1: 13, 2: 14, 3: 15, 4: 15}  # ABI: how many rights it knows; 5 and later know 16
_NETWORK = 0b11  # bind and connect TCP, ABI 4
_SCOPES = 0b11  # abstract unix sockets and signals, ABI 6


class _Ruleset(ctypes.Structure):
    _fields_ = (("filesystem", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def abi() -> int:
    """The kernel's Landlock ABI version; 0 where Landlock is missing or disabled."""
    version: int = libc.syscall(_CREATE_RULESET, None, 0, 1)
    return max(version, 0)


def make_ruleset(version: int, read: Iterable[str], write: Iterable[str], look: Iterable[str] = ()) -> int:
    """Create a ruleset that restricts everything the ABI supports and allows only these paths.

    Args:
        version: an ABI version, at most the result of `abi`.
        read: paths that may be read and executed, with all that is beneath.
        write: paths beneath which everything but device nodes is allowed.
        look: directories that may be listed, with all that is beneath.

    Returns:
        The ruleset's file descriptor.

    Raises:
        OSError: refused.
    """
    handled = (1 << _FILESYSTEM_BITS.get(version, 16)) - 1
    attributes = _Ruleset(handled, _NETWORK if version >= 4 else 0, _SCOPES if version >= 6 else 0)
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    ruleset = check(libc.syscall(_CREATE_RULESET, ctypes.byref(attributes), size, 0), "landlock_create_ruleset")
    for path in read:
        _allow(ruleset, path, _READ)
    for path in look:
        _allow(ruleset, path, _READ_DIR)
    for path in write:
        _allow(ruleset, path, handled & ~(_MAKE_CHAR | _MAKE_BLOCK))
    return ruleset


def restriction(ruleset: int) -> Step:
    """The system call that applies a ruleset to a process and its descendants."""
    return _RESTRICT_SELF, ruleset, 0


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        if not os.path.isdir(path):
            rights &= _FILE_RIGHTS
        rule = _PathBeneath(rights, parent)
        check(libc.syscall(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, ctypes.byref(rule), 0), f"landlock rule {path}")
    finally:
        os.close(parent)
