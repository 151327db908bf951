"""The packets between a host and the zygote of its jail: fixed structs on a sequenced-packet socket.

A job packet is numbers, with the program as a file descriptor; each test packet carries the descriptors that the
program will have. The zygote passes descriptors on and never reads them: later programs are forked from its memory.
What comes back is numbers from the kernel, never anything a program wrote.

| packet | direction | descriptors |
|---|---|---|
| ``HELLO`` | to host, once | |
| `JobPacket` | to zygote | the program: its source, then the name of its entry point |
| ``TEST`` | to zygote, once per test | stdin, stdout, stderr, then what the mode needs (see `Mode`) |
| ``UNCOMPILABLE`` | to host | the program has a syntax error; its text is in the standard error of the first test |
| ``FAILED`` | to host | the jail could not do its own part of a test; says why, and nothing else of this job follows |
| `Ended` | to host, once per test | |
"""

import _socket  # `socket` is a large module for a process that is forked all the time
import os
import struct
from enum import IntEnum
from typing import NamedTuple, NoReturn, Self

TEST = b"T"
UNCOMPILABLE = b"C"
HELLO = b"H"
FAILED = b"F"
PACKET_BYTES = 512
MAX_DESCRIPTORS = 8
AHEAD = 1  # how many tests the host has sent beyond the one that runs
_ROOM = _socket.CMSG_SPACE(4 * MAX_DESCRIPTORS)


class Mode(IntEnum):
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


class Given(NamedTuple):
    """A program as it is handed over: its bytes, and the name of what to call, empty for a script."""

    source: bytes
    entry_point: str


class JobPacket(NamedTuple):
    """One program and what each of its tests may use. Times in seconds, sizes in bytes.

    ``patience_s`` is how long a tester waits for its candidate's answers, all together. ``source_bytes`` says where in
    the program's file the source ends and the entry point's name begins.
    """

    mode: int
    tests: int
    cpu_s: float
    wall_s: float
    patience_s: float
    memory: int
    output: int
    processes: int
    may_fork: bool
    cold: bool
    source_bytes: int

    def pack(self) -> bytes:
        """The packet's bytes."""
        return _JOB.pack(*self)

    @classmethod
    def unpack(cls, data: bytes) -> Self:
        """Read what `pack` wrote."""
        return cls._make(_JOB.unpack(data))


class Ended(NamedTuple):
    """How a test process ended, as the kernel saw it. The jail writes it with `pack_ended`, in this order.

    Attributes:
        status: as `os.wait4` gives it.
        reason: a `Reason`: whether the supervisor killed it, and for what.
        dirty: something was left behind; the jail ends itself after this packet.
        lost: the process that compiles and forks died, and this is its own ending; there will be no more packets for
            this job.
    """

    status: int
    reason: int
    dirty: bool
    lost: bool
    cpu_s: float
    wall_s: float
    peak_kib: int

    @classmethod
    def unpack(cls, data: bytes) -> Self:
        """Read what `pack_ended` wrote.

        Raises:
            struct.error: not such a packet.
        """
        return cls._make(_ENDED.unpack(data))


_JOB = struct.Struct("<BIdddQQI??Q")
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
    """Tell the host that this process could not do the jail's part of a test, and leave."""
    channel.send(FAILED + f"{type(error).__name__}: {error}".encode("utf-8", "replace")[: PACKET_BYTES - 1])
    os._exit(1)


def receive(channel: _socket.socket) -> tuple[bytes, list[int]]:
    """Receive one packet; empty bytes mean that the other side is gone."""
    data, ancillary, _, _ = channel.recvmsg(PACKET_BYTES, _ROOM, _socket.MSG_CMSG_CLOEXEC)
    return data, memoryview(ancillary[0][2]).cast("i").tolist() if ancillary else []


def drain(channel: _socket.socket) -> None:
    """Wait for the other side to leave; closing first, with packets unread, would lose what was sent to it."""
    while channel.recv(PACKET_BYTES):
        pass
