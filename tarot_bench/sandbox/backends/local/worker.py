"""The host's side of one jail: start it, send it jobs, convert its reports into executions."""

import os
import signal
import socket
import struct
import subprocess
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from itertools import chain, islice

from tarot_bench.errors import SandboxError
from tarot_bench.sandbox.backends.local.files import Test, memory_file
from tarot_bench.sandbox.backends.local.outcome import describe
from tarot_bench.sandbox.inside import wire
from tarot_bench.sandbox.inside.wire import Ended, Given, JobPacket
from tarot_bench.verdict import Execution

STARTUP_S = 30.0
_GRACE_S = 15.0  # how much later than its own watchdog a jail may answer on a busy machine


class JailLostError(SandboxError):
    """A jail died or stopped answering."""


class JailSilentError(JailLostError):
    """A jail stopped answering."""


class Worker:
    """The handle of one jail. Not thread-safe; a slot belongs to one thread at a time.

    Attributes:
        spent: a test left something behind; the jail has ended itself and must be replaced.
    """

    def __init__(self, command_for: Callable[[int], list[str]], scratch: ExitStack) -> None:
        """Start the jail; `wait_ready` waits until it can be used.

        Args:
            command_for: makes the command line, given the descriptor of the jail's end of the channel.
            scratch: released once the jail has ended.
        """
        self._channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._ready = self.spent = False
        self._sent = deque[Test]()
        self._files = scratch
        files = [memory_file() for _ in range(3)]  # like a program's, so that the zygote's streams fit any test
        for file in files:
            self._files.callback(os.close, file)
        with theirs:
            self._process = subprocess.Popen(
                command_for(theirs.fileno()),
                stdin=files[0],
                stdout=files[1],
                stderr=files[2],
                pass_fds=[theirs.fileno()],
                close_fds=True,
                start_new_session=True,  # no terminal of the harness's, nor a process group to be signalled with
            )
        self._log = files[2]

    def wait_ready(self) -> None:
        """Wait until the zygote is up.

        Raises:
            JailLostError: it did not start; the message is its standard error.
        """
        if self._ready:
            return
        if self._receive(STARTUP_S) != wire.HELLO:
            raise JailLostError(f"the jail did not start: {self._last_words()}")
        self._ready = True

    def start(self, packet: JobPacket, given: Given, tests: Iterator[Test], batch: int = wire.BATCH) -> None:
        """Send a job and its first tests; call `results` next.

        Args:
            packet: the job; what depends on the program and the tests is filled in here.
            given: its program.
            tests: as many as in the packet, made when needed, closed by this worker.
            batch: how many tests to send, and results to receive, at a time.

        Raises:
            JailLostError: the jail is gone.
        """
        self.wait_ready()
        self._tests, self._batch = tests, batch
        first = self._next_tests()
        self._packet = packet._replace(source_bytes=len(given.source), width=len(first[0].descriptors))
        file = memory_file(given.source + given.entry_point.encode("utf-8", "surrogatepass"))
        try:
            self._send(self._packet.pack(), [file], first)
        finally:
            os.close(file)

    def results(self, timeout: float | None = None) -> Iterator[Execution]:
        """The executions of the job's tests, in order; fewer than its tests when the jail is `spent`.

        Args:
            timeout: seconds to wait for a batch; by default as long as the jail's own watchdog may take.

        Raises:
            JailLostError: the jail died or hangs.
        """
        packet, done = self._packet, 0
        try:
            while done < packet.tests:
                self._send_ahead()
                data = self._receive(timeout or min(self._batch, packet.tests) * packet.wall_s + _GRACE_S)
                if data == wire.UNCOMPILABLE:
                    yield from self._uncompilable(packet.tests - done)
                    return
                for ended in self._parse(data):
                    self.spent = ended.dirty
                    execution = describe(ended, packet, self._sent[0])
                    self._sent.popleft().close()
                    done += packet.tests if ended.lost else 1
                    yield from [execution] * (packet.tests if ended.lost else 1)
                if self.spent:
                    return
        finally:
            self._drop_tests()

    def abort(self) -> None:
        """Kill the jail and everything in it, from any thread; a waiting `results` then ends."""
        self._kill()

    def close(self) -> None:
        """End the jail and everything in it. Idempotent."""
        self._channel.close()  # the zygote sees this, leaves, and the kernel kills the rest
        try:
            self._process.wait(2.0)
        except subprocess.TimeoutExpired:
            self._kill()
            self._process.wait()
        self._drop_tests()
        self._files.close()

    def _drop_tests(self) -> None:
        while self._sent:
            self._sent.popleft().close()

    def _kill(self) -> None:
        for child in _children(self._process.pid):
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        with suppress(ProcessLookupError):
            self._process.kill()

    def _uncompilable(self, count: int) -> list[Execution]:
        if self._packet.tests == 1:  # the test's own process found out; it ends like any other
            (ended,) = self._parse(self._receive(self._packet.wall_s + _GRACE_S))
            self.spent = ended.dirty
        return [Execution("compile", exit_code=1, stderr=self._sent[0].last_errors())] * count

    def _next_tests(self) -> list[Test]:
        made = [*islice(self._tests, self._batch)]
        self._sent.extend(made)
        return made

    def _send_ahead(self) -> None:
        """Send the next batch of tests while one runs, so that the jail never waits."""
        if len(self._sent) <= self._batch and (tests := self._next_tests()):
            self._send(wire.TESTS, [], tests)

    def _send(self, data: bytes, descriptors: list[int], tests: list[Test]) -> None:
        try:
            wire.send(self._channel, data, [*descriptors, *chain.from_iterable(test.descriptors for test in tests)])
        except OSError as error:
            raise JailLostError(f"the jail is gone: {error}; {self._last_words()}") from None
        for test in tests:
            test.give_lent()

    def _receive(self, timeout: float) -> bytes:
        self._channel.settimeout(timeout)
        try:
            return self._channel.recv(wire.PACKET_BYTES)
        except TimeoutError:
            raise JailSilentError("the jail does not answer") from None
        except OSError as error:
            raise JailLostError(f"the jail is gone: {error}; {self._last_words()}") from None
        finally:
            self._channel.settimeout(None)

    def _parse(self, data: bytes) -> list[Ended]:
        if data.startswith(wire.FAILED):
            raise JailLostError(f"the jail failed: {data[1:].decode(errors='replace')}")
        try:
            ended = Ended.unpack(data)
        except (struct.error, ValueError):
            ended = []
        if not 0 < len(ended) <= len(self._sent):
            raise JailLostError(f"the jail is gone: {self._last_words()}")
        return ended

    def _last_words(self) -> str:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(0.5)
        text = os.pread(self._log, 65536, 0).decode(errors="replace").strip()
        return text.splitlines()[-1] if text else f"exit status {self._process.poll()}"


def _children(pid: int) -> list[int]:
    with suppress(OSError), open(f"/proc/{pid}/task/{pid}/children") as file:
        return [int(word) for word in file.read().split()]
    return []
