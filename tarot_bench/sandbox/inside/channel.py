"""The tester's end of the channel to an untrusted candidate, which may stall, stop reading, or send byte by byte.

No read or write waits beyond the patience, which is the wall time that all of them may wait together. A read can wait
although `poll` has said that there is something (urgent data on a socket, bytes that were taken back from a pipe), so
the descriptors do not block.
"""

import os
import select
import time

MAX_REPLY = 32 * 1024 * 1024
"""Golds of HumanEval+ answer with up to 11 MiB, some of them ten times."""
_CHUNK = 1 << 20


class Channel:
    """Requests and replies, framed by their length: four bytes, little-endian."""

    def __init__(self, requests: int, replies: int, patience_s: float) -> None:
        """Take two descriptors, of pipes or of a socket; they may be the same.

        Args:
            requests: written to.
            replies: read from.
            patience_s: seconds to wait for the other side, over all requests.
        """
        self._requests, self._replies, self._patience = requests, replies, patience_s
        for descriptor in (requests, replies):
            os.set_blocking(descriptor, False)

    def ask(self, request: bytes) -> bytes:
        """Send a request and wait for its reply.

        Raises:
            OSError: the other side is gone, out of time, or sends too large a reply; no further request is possible.
        """
        start = time.monotonic()
        deadline = start + self._patience
        try:
            self._write(len(request).to_bytes(4, "little") + request, deadline)
            size = int.from_bytes(self._read(4, deadline), "little")
            if size > MAX_REPLY:
                raise OSError(f"the candidate's reply of {size} bytes is too large; the most is {MAX_REPLY}")
            return self._read(size, deadline)
        except (BrokenPipeError, ConnectionError):
            raise OSError("the candidate ended") from None
        finally:
            self._patience -= time.monotonic() - start

    def _write(self, data: bytes, deadline: float) -> None:
        view = memoryview(data)
        while view:
            _wait(self._requests, select.POLLOUT, deadline)
            try:
                view = view[os.write(self._requests, view[:_CHUNK]) :]
            except BlockingIOError:
                continue

    def _read(self, size: int, deadline: float) -> bytes:
        data = bytearray()
        while len(data) < size:
            _wait(self._replies, select.POLLIN, deadline)
            try:
                part = os.read(self._replies, min(size - len(data), _CHUNK))
            except BlockingIOError:
                continue
            if not part:
                raise OSError("the candidate ended")
            data += part
        return bytes(data)


def _wait(descriptor: int, event: int, deadline: float) -> None:
    poll = select.poll()
    poll.register(descriptor, event)
    left = deadline - time.monotonic()
    if left <= 0 or not poll.poll(left * 1000):
        raise OSError("the candidate did not answer in time")
