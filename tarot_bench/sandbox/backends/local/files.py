"""The in-memory files of one test, held by the host: what its program reads and writes."""

import os
from dataclasses import dataclass

_STDERR_BYTES = 64 * 1024


@dataclass
class Test:
    """One test as the host holds it: the files that the program reads and writes.

    Attributes:
        stdin, stdout, stderr: memory files.
        lent: descriptors 3 and up, which the host closes once they are sent.
        result: the memory file that takes the result; comes last among the program's descriptors.
    """

    __test__ = False

    stdin: int
    stdout: int
    stderr: int
    lent: tuple[int, ...] = ()
    result: int | None = None
    closed: bool = False

    @classmethod
    def make(cls, stdin: bytes = b"", lent: tuple[int, ...] = (), *, with_result: bool = False) -> "Test":
        """Create the files."""
        result = memory_file() if with_result else None
        return cls(memory_file(stdin), memory_file(), memory_file(), lent, result)

    @property
    def descriptors(self) -> list[int]:
        """The descriptors that the program gets as 0, 1, 2, ..."""
        last = () if self.result is None else (self.result,)
        return [self.stdin, self.stdout, self.stderr, *self.lent, *last]

    def output(self, limit: int) -> bytes:
        """The first bytes of standard output."""
        return _head(self.stdout, limit)

    def last_errors(self) -> bytes:
        """The last 64 KiB of standard error."""
        size = os.fstat(self.stderr).st_size
        return os.pread(self.stderr, _STDERR_BYTES, max(0, size - _STDERR_BYTES))

    def returned(self, limit: int) -> bytes | None:
        """The first bytes of the result; None where there is none."""
        return None if self.result is None else _head(self.result, limit) or None

    def largest(self) -> int:
        """The size in bytes of the longest file that the program wrote."""
        return max(os.fstat(file).st_size for file in (self.stdout, self.stderr, self.result) if file is not None)

    def give_lent(self) -> None:
        """Close the descriptors that only the program may hold from now on."""
        for descriptor in self.lent:
            os.close(descriptor)
        self.lent = ()

    def close(self) -> None:
        """Release the files. Idempotent."""
        self.give_lent()
        for descriptor in () if self.closed else (self.stdin, self.stdout, self.stderr, self.result):
            if descriptor is not None:
                os.close(descriptor)
        self.closed = True


def memory_file(content: bytes = b"") -> int:
    """Create an anonymous file with this content, positioned at its start."""
    descriptor = os.memfd_create("file", os.MFD_CLOEXEC)
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def _head(file: int, limit: int) -> bytes:
    return os.pread(file, min(os.fstat(file).st_size, limit), 0)
