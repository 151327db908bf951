"""Append-only files of records, one JSON object a line: a reader and a writer.

A record is one ``write`` to a file opened for appending. A line without its line feed is torn: readers leave it out,
and the next writer cuts it off.
"""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Generic, Self, TypeVar

from pydantic import ValidationError

from tarot_bench.atomic import make_folder, replacing
from tarot_bench.config import complaints
from tarot_bench.errors import RunError
from tarot_bench.problem import Frozen

SYNC_EVERY_S = 0.2
"""A durable journal is synchronised with the disk by the first record that is at least so much later than the last
synchronised one. So a power cut loses at most the records of so many seconds, and a disk that takes 4 ms for it costs
at most 2 % of the writer's time, however fast records come."""
_BLOCK_BYTES = 65536

Record = TypeVar("Record", bound=Frozen)


class JournalReader(Generic[Record]):
    """The whole records of a journal file. Every iteration opens the file again; a missing file has no records.

    Args:
        path: the file.
        kind: the type of its records.
    """

    def __init__(self, path: Path, kind: type[Record]) -> None:
        self.path = path
        self._kind = kind

    def __iter__(self) -> Iterator[Record]:
        """Yield the records that were complete when the iteration began, oldest first.

        Raises:
            RunError: the file cannot be read, or a line is not a record.
        """
        try:
            lines = self.path.open("rb")
        except FileNotFoundError:
            return
        except OSError as error:
            raise RunError(f"cannot read {self.path}: {error.strerror}") from None
        with lines:
            left = _whole_bytes(lines.fileno())  # a writer may append, or cut a torn line off, meanwhile
            for number, line in enumerate(lines, start=1):
                left -= len(line)
                if left < 0:
                    return
                yield self._record(line, number)

    def _record(self, line: bytes, number: int) -> Record:
        try:
            return self._kind.model_validate_json(line)
        except ValidationError as error:
            raise RunError(
                f"{self.path}:{number} is not a {self._kind.__name__} record ({complaints(error)}); "
                "remove that line to have it made again"
            ) from None


class JournalWriter(JournalReader[Record]):
    """Appends to a journal, which it creates if it is missing; can also read its records.

    Args:
        path: the file.
        kind: the type of its records.
        durable: the records cannot be made again for free, so that a power cut must not lose them; see
            `SYNC_EVERY_S`. Other journals are synchronised when they are closed.

    Raises:
        RunError: it cannot be opened.
    """

    def __init__(self, path: Path, kind: type[Record], *, durable: bool = False) -> None:
        super().__init__(path, kind)
        self._every_s = SYNC_EVERY_S if durable else float("inf")
        self._synced_s = -float("inf") if durable else 0.0
        self._unsynced = False
        try:
            make_folder(path.parent)
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
            end = _whole_bytes(self._file)
            if end != os.fstat(self._file).st_size:
                os.ftruncate(self._file, end)
        except OSError as error:
            raise RunError(f"cannot open {path}: {error.strerror}") from None

    def append(self, record: Record) -> None:
        """Add one record.

        Raises:
            RunError: it could not be written (such as on a full disk); the file is left without a torn line.
        """
        line = record.model_dump_json().encode() + b"\n"
        size = os.fstat(self._file).st_size
        try:
            written = os.write(self._file, line)
            while written < len(line):
                written += os.write(self._file, line[written:])
            self._unsynced = True
            if time.monotonic() - self._synced_s >= self._every_s:
                self._sync()
        except OSError as error:
            os.ftruncate(self._file, size)
            raise self._not_written(error) from None

    def keep(self, wanted: Callable[[Record], bool]) -> None:
        """Remove unwanted records, in one step.

        Raises:
            RunError: the file cannot be read or written; it is then as before.
        """
        with replacing(self.path) as file:
            file.writelines(record.model_dump_json() + "\n" for record in self if wanted(record))
        os.close(self._file)
        self._file = os.open(self.path, os.O_RDWR | os.O_APPEND)

    def close(self) -> None:
        """Synchronise the records with the disk and close the file. Idempotent.

        Raises:
            RunError: the disk did not take them.
        """
        if self._file < 0:
            return
        try:
            if self._unsynced:
                self._sync()
        except OSError as error:
            raise self._not_written(error) from None
        finally:
            os.close(self._file)
            self._file = -1

    def _sync(self) -> None:
        os.fsync(self._file)
        self._unsynced, self._synced_s = False, time.monotonic()

    def _not_written(self, error: OSError) -> RunError:
        return RunError(
            f"cannot write {self.path}: {error.strerror}; all earlier records are kept, free some space and --resume"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _whole_bytes(file: int) -> int:
    """The number of bytes of the complete lines of an open file; the rest is a torn line."""
    end = os.fstat(file).st_size
    while end and os.pread(file, 1, end - 1) != b"\n":
        start = max(0, end - _BLOCK_BYTES)
        newline = os.pread(file, end - start, start).rfind(b"\n")
        end = start if newline < 0 else start + newline + 1
    return end
