"""The packets between a host and the zygote of its jail: fixed structs on a sequenced-packet socket.

A job packet is numbers, with descriptors of the program and of its first tests; a test packet carries those of the next
tests. Every test takes the same number of descriptors, which the program will have as 0, 1, 2, … The zygote passes
descriptors on and never reads them: later programs are forked from its memory. What comes back is numbers from the
kernel, never anything a program wrote.

| packet | direction | descriptors |
|---|---|---|
| ``HELLO`` | to host, once | |
| `JobPacket` | to zygote | the program: its source, then the name of its entry point; then up to `BATCH` tests |
| ``TESTS`` | to zygote, while there are more tests | up to `BATCH` tests |
| ``UNCOMPILABLE`` | to host | the program has a syntax error; its text is in the standard error of the first test |
| ``FAILED`` | to host | the jail failed to run a test; contains the reason, and nothing else of this job follows |
| `Ended`, several | to host, once per packet of tests | |

A test takes standard input, output and error, then what the mode needs (see `WireMode`).
"""

import _socket  # `socket` is a large module for a process that is forked all the time
import os
import struct
from enum import IntEnum
from typing import NamedTuple, NoReturn, Self

TESTS = b"T"
UNCOMPILABLE = b"C"
HELLO = b"H"
FAILED = b"F"
PACKET_BYTES = 512
BATCH = 8
MAX_DESCRIPTORS = 6  # of one test
_ROOM = _socket.CMSG_SPACE(4 * (1 + BATCH * MAX_DESCRIPTORS))


class WireMode(IntEnum):
    """What a test process does, and which descriptors from 3 upwards it is given."""

    STDIN = 0
    """Run as ``__main__``; nothing beyond 0, 1, 2."""
    CALL = 1
    """Call the entry point once: 3 holds the arguments, 4 takes the result."""
    SERVE = 2
    """Answer calls: 3 brings requests, 4 takes replies."""
    TESTER = 3
    """Run trusted test code: 3 brings replies, 4 takes requests, 5 takes the report."""
    CALLS = 4
    """Call the entry point several times: 3 holds the calls, 4 takes the answers."""


class Reason(IntEnum):
    """Why the supervisor inside the jail ended a test."""

    ITSELF = 0
    CPU = 1
    WALL = 2
    MEMORY = 3
    IDLE = 4
    """As WALL, and most of the time the test wanted no processor: a busy machine is not the cause."""


class Given(NamedTuple):
    """A program as it is sent: its bytes, and the name of its entry point, empty for a script."""

    source: bytes
    entry_point: str


class JobPacket(NamedTuple):
    """One program and the limits of each of its tests. Times in seconds, sizes in bytes.

    ``memory`` bounds the address space, beside ``stacks`` more for programs that ask for large thread stacks; for those
    ``memory`` bounds what is resident. ``patience_s`` is how long a tester waits for its candidate's answers, all
    together. ``source_bytes`` says where in the program's file the source ends and the entry point's name begins,
    ``width`` how many descriptors a test has.
    """

    mode: int
    tests: int
    cpu_s: float
    wall_s: float
    patience_s: float
    memory: int
    stacks: int
    output: int
    processes: int
    may_fork: bool
    cold: bool
    source_bytes: int
    width: int

    def pack(self) -> bytes:
        """Return the packet's bytes."""
        return _JOB.pack(*self)

    @classmethod
    def unpack(cls, data: bytes) -> Self:
        """Read what `pack` wrote."""
        return cls._make(_JOB.unpack(data))


class Ended(NamedTuple):
    """How a test process ended, as the kernel saw it. The jail writes each with `pack_ended`, in this order.

    Attributes:
        status: as `os.wait4` gives it.
        reason: a `Reason`: whether the supervisor killed it, and for what.
        dirty: the test left something behind; the jail exits after this packet.
        lost: the program killed the process that compiled it, and this is the ending of that one; there will be no
            more packets for this job.
    """

    status: int
    reason: int
    dirty: bool
    lost: bool
    cpu_s: float
    wall_s: float
    peak_kib: int

    @classmethod
    def unpack(cls, data: bytes) -> list[Self]:
        """Read what `pack_ended` wrote, for each test of a packet.

        Raises:
            struct.error: not such a packet.
        """
        return [cls._make(values) for values in _ENDED.iter_unpack(data)]


_JOB = struct.Struct("<BIdddQQQI??QB")
_ENDED = struct.Struct("<iB??ddQ")
pack_ended = _ENDED.pack


def send(channel: _socket.socket, data: bytes, descriptors: list[int] | None = None) -> None:
    """Send one packet."""
    if descriptors:
        rights = struct.pack(f"{len(descriptors)}i", *descriptors)
        channel.sendmsg([data], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, rights)])
    else:
        channel.send(data)


def fail(channel: _socket.socket, error: BaseException) -> NoReturn:
    """Report to the host that the jail failed to run a test, and exit."""
    channel.send(FAILED + f"{type(error).__name__}: {error}".encode("utf-8", "replace")[: PACKET_BYTES - 1])
    os._exit(1)


def receive(channel: _socket.socket) -> tuple[bytes, list[int]]:
    """Receive one packet; empty bytes mean that the other side is closed."""
    data, ancillary, _, _ = channel.recvmsg(PACKET_BYTES, _ROOM, _socket.MSG_CMSG_CLOEXEC)
    return data, memoryview(ancillary[0][2]).cast("i").tolist() if ancillary else []


def drain(channel: _socket.socket) -> None:
    """Wait for the other side to close; closing first, with packets unread, would lose what was sent to it."""
    while channel.recv(PACKET_BYTES):
        pass
