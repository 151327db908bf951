"""Seccomp filters that allow the jail's system calls, and a small assembler (seccomp(2), bpf(4)).

Two filters apply at once, and the stricter answer wins. The base is an allow-list: a call that is not in
`syscalls.NUMBERS` does not exist (ENOSYS). It is installed once, by the zygote; a test adds the short second one,
because installing costs time in proportion to length.
"""

import ctypes
import errno
import os
import struct
from functools import cache
from typing import NamedTuple

from tarot_bench.sandbox.inside.kernel import Step, perform
from tarot_bench.sandbox.inside.syscalls import NUMBERS

_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_SECCOMP = {"x86_64": 317, "aarch64": 277}
_SET_MODE_FILTER = 1
_MACHINE = os.uname().machine

_LOAD, _EQUAL, _ABOVE, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x25, 0x35, 0x45, 0x06
_AT_NUMBER, _AT_ARCH, _AT_ARGUMENTS = 0, 4, 16
_ALLOW, _KILL = 0x7FFF0000, 0x80000000
_X32 = 0x40000000  # a second ABI on x86_64, with numbers of its own

_NEW_NAMESPACES = 0x7E020080
_CLONE_PARENT = 0x8000
_CLONE_THREAD = 0x10000
_AF_UNIX = 1
_F_SETOWN, _F_SETSIG, _F_SETOWN_EX, _F_SETLEASE, _F_NOTIFY, _F_SETPIPE_SZ = 8, 10, 15, 1024, 1026, 1031
_FIONREAD, _FIONBIO, _FIONCLEX, _FIOCLEX = 0x541B, 0x5421, 0x5450, 0x5451
_PRIO_PROCESS = 0
# prctl(2): the name, dumpability, timer slack and memory names of oneself, and questions.
_PRCTL = (*(2, 3, 4, 7, 15, 16, 21, 23, 27, 29, 30, 38, 39, 42), 0x53564D41)


def _error(code: int) -> int:
    return 0x00050000 | code


class Rule(NamedTuple):
    """The action for one system call.

    Attributes:
        call: its name.
        action: the answer when the argument is `hit`, or always when there is no argument to look at.
        otherwise: the answer when it is not.
        argument: which argument (its low 32 bits); None looks at none.
        equals: the argument hits when it equals one of these ...
        bits: ... or has any of these bits.
    """

    call: str
    action: int
    otherwise: int = _ALLOW
    argument: int | None = None
    equals: tuple[int, ...] = ()
    bits: int = 0


class Filter:
    """A BPF program in the kernel's layout; built in advance, so that installing it is one call.

    Attributes:
        step: puts the process that makes it, and all that it will start, under the filter.
    """

    def __init__(self, program: bytes) -> None:
        self._program = ctypes.create_string_buffer(program, len(program))
        header = struct.pack("@HP", len(program) // 8, ctypes.addressof(self._program))
        self.step: Step = (_SECCOMP[_MACHINE], _SET_MODE_FILTER, 0, header)

    def install(self) -> None:
        """Install the filter for this process and its descendants.

        Raises:
            OSError: refused.
        """
        perform([self.step])


_DENIED = _error(errno.EPERM)
_BASE_RULES = (
    Rule("clone", _DENIED, argument=0, bits=_NEW_NAMESPACES | _CLONE_PARENT),
    Rule("socket", _ALLOW, _error(errno.EACCES), argument=0, equals=(_AF_UNIX,)),
    Rule("socketpair", _ALLOW, _error(errno.EACCES), argument=0, equals=(_AF_UNIX,)),
    # A signal of one's own choice to a process of one's own choice, and a hold on the host's files, by way of a file;
    # the last takes from a quota of pipe pages that all processes of a user share.
    Rule(
        "fcntl",
        _DENIED,
        argument=1,
        equals=(_F_SETOWN, _F_SETSIG, _F_SETOWN_EX, _F_SETLEASE, _F_NOTIFY, _F_SETPIPE_SZ),
    ),
    # The same signals by way of FIOSETOWN, SIOCSPGRP and FIOASYNC. There are no terminals or devices to control.
    Rule("ioctl", _ALLOW, _error(errno.ENOTTY), argument=1, equals=(_FIONREAD, _FIONBIO, _FIONCLEX, _FIOCLEX)),
    # These act on any process of the same uid, also on the zygote, unless the process is 0: oneself.
    Rule("prlimit64", _ALLOW, _DENIED, argument=0, equals=(0,)),
    Rule("setpriority", _ALLOW, _DENIED, argument=1, equals=(0,)),
    Rule("sched_setaffinity", _ALLOW, _DENIED, argument=0, equals=(0,)),
)
_NEVER_IN_TESTS = ("memfd_create", "pidfd_open", "seccomp", "landlock_restrict_self")
_RULES_OF_TESTS = (
    # Timers of the kernel take from the pending signals that all processes of a user may have together.
    Rule("timer_create", _error(errno.EAGAIN)),
    # Among what else prctl can do is to outlive one's parent, and to adopt what the supervisor looks after.
    Rule("prctl", _ALLOW, _DENIED, argument=0, equals=_PRCTL),
    # PRIO_PGRP and PRIO_USER name other processes even where the base filter has seen a zero.
    Rule("setpriority", _ALLOW, _DENIED, argument=0, equals=(_PRIO_PROCESS,)),
)
_PAST_LANDLOCK = (
    *("chmod", "fchmod", "fchmodat", "chown", "lchown", "fchown", "fchownat", "utime", "utimes", "utimensat"),
    *("futimesat", "truncate", "mknod", "mknodat", "flock", "bind", "connect"),
)


def supported() -> bool:
    """Whether there are tables for this architecture."""
    return _MACHINE in NUMBERS


def base_filter() -> Filter:
    """The allow-list for every process in the jail."""
    numbers = NUMBERS[_MACHINE]
    with_rules = {rule.call for rule in _BASE_RULES}
    allowed = sorted(number for name, number in numbers.items() if name not in with_rules)
    parts = [_rule(rule, numbers) for rule in _BASE_RULES] + [_allow_range(low, high) for low, high in _ranges(allowed)]
    return Filter(_prologue() + b"".join(parts) + _return(_error(errno.ENOSYS)))


@cache
def test_filter(may_fork: bool, may_exec: bool, only_pid: int | None, own_files: bool) -> Filter:
    """The additional restrictions of a test process.

    Args:
        may_fork: it may start processes; it may then also have unix sockets, which multiprocessing needs.
        may_exec: it may become another program.
        only_pid: signals may go to this process alone; None where Landlock confines signals.
        own_files: the file system holds nothing of the host's that could be changed. Otherwise the calls that Landlock
            does not look at are refused.
    """
    rules = [*(Rule(call, _error(errno.ENOSYS)) for call in _NEVER_IN_TESTS), *_RULES_OF_TESTS]
    if not may_fork:
        again = _error(errno.EAGAIN)
        rules += [Rule(call, again) for call in ("fork", "vfork")]
        rules += [Rule("clone", _ALLOW, again, argument=0, bits=_CLONE_THREAD), Rule("socket", _error(errno.EACCES))]
        # Descriptors under way between sockets are another quota of the user's.
        rules += [Rule(call, _DENIED) for call in ("sendmsg", "recvmsg")]
    if not (may_exec or may_fork):
        rules += [Rule(call, _DENIED) for call in ("execve", "execveat")]
    if not own_files:
        rules += [Rule(call, _DENIED) for call in _PAST_LANDLOCK]
    if only_pid is not None:
        rules += [Rule(call, _ALLOW, _DENIED, argument=0, equals=(only_pid,)) for call in ("kill", "tgkill")]
        rules += [Rule("tkill", _DENIED)]
    numbers = NUMBERS[_MACHINE]
    return Filter(_prologue() + b"".join(_rule(rule, numbers) for rule in rules) + _return(_ALLOW))


def _instruction(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)


def _return(action: int) -> bytes:
    return _instruction(_RETURN, action)


def _prologue() -> bytes:
    """Kill on a foreign architecture, refuse x32, leave the call's number loaded."""
    return (
        _instruction(_LOAD, _AT_ARCH)
        + _instruction(_EQUAL, _AUDIT_ARCH[_MACHINE], 1, 0)
        + _return(_KILL)
        + _instruction(_LOAD, _AT_NUMBER)
        + _instruction(_AT_LEAST, _X32, 0, 1)
        + _return(_error(errno.ENOSYS))
    )


def _rule(rule: Rule, numbers: dict[str, int]) -> bytes:
    if rule.call not in numbers:
        return b""
    body = _return(rule.action) if rule.argument is None else _argument_test(rule, rule.argument)
    return _instruction(_EQUAL, numbers[rule.call], 0, len(body) // 8) + body


def _argument_test(rule: Rule, argument: int) -> bytes:
    tests = [(_EQUAL, value) for value in rule.equals] + ([(_ANY_BIT, rule.bits)] if rule.bits else [])
    jumps = b"".join(_instruction(code, value, len(tests) - index) for index, (code, value) in enumerate(tests))
    return _instruction(_LOAD, _AT_ARGUMENTS + 8 * argument) + jumps + _return(rule.otherwise) + _return(rule.action)


def _allow_range(low: int, high: int) -> bytes:
    return _instruction(_ABOVE, high, 2, 0) + _instruction(_AT_LEAST, low, 0, 1) + _return(_ALLOW)


def _ranges(numbers: list[int]) -> list[tuple[int, int]]:
    ranges: list[tuple[int, int]] = []
    for number in numbers:
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1] = (ranges[-1][0], number)
        else:
            ranges.append((number, number))
    return ranges
