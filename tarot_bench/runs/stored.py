"""Records of a JSON Lines file that are read when they are asked for, so that memory holds no records."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Generic, overload

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from tarot_bench.config import complaints
from tarot_bench.errors import RunError
from tarot_bench.runs.journal import Record
from tarot_bench.views import Selected

_BLOCK_BYTES = 1 << 20


class StoredRecords(Sequence[Record], Generic[Record]):
    """The records of a file that nobody changes meanwhile: a sequence that reads each one from disk.

    It holds 8 bytes per record. Thread-safe.
    """

    def __init__(self, path: Path | int, kind: type[Record]) -> None:
        """Find the lines of the file.

        Args:
            path: the file, or a descriptor of it, which is duplicated.
            kind: the type of its records.

        Raises:
            RunError: the file cannot be read, or does not end with a line feed.
        """
        self.path = path
        self._kind = kind
        try:
            self._file = os.dup(path) if isinstance(path, int) else os.open(path, os.O_RDONLY)
        except OSError as error:
            raise RunError(f"cannot read {path}: {error.strerror}") from None
        self._starts = self._line_starts()

    def __del__(self) -> None:
        if hasattr(self, "_file"):
            os.close(self._file)

    def __len__(self) -> int:
        return len(self._starts) - 1

    @overload
    def __getitem__(self, at: int) -> Record: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[Record]: ...

    def __getitem__(self, at: int | slice) -> Record | Sequence[Record]:
        """Read a record; a slice reads nothing yet.

        Raises:
            RunError: the line is not a record.
        """
        if isinstance(at, slice):
            return Selected(self, np.arange(len(self))[at])
        place = range(len(self))[at]
        try:
            return self._kind.model_validate_json(self.line(place))
        except ValidationError as error:
            raise RunError(
                f"{self.path}:{place + 1} is not a {self._kind.__name__} record ({complaints(error)})"
            ) from None

    def line(self, place: int) -> bytes:
        """The bytes of a record, with the line feed."""
        start, end = (int(bound) for bound in self._starts[place : place + 2])
        read = os.pread(self._file, end - start, start)
        while len(read) < end - start and (more := os.pread(self._file, end - start - len(read), start + len(read))):
            read += more
        return read

    def _line_starts(self) -> NDArray[np.int64]:
        """The offset of each line, and the file's end."""
        found = [np.zeros(1, np.int64)]
        offset = 0
        while block := os.pread(self._file, _BLOCK_BYTES, offset):
            found.append(np.flatnonzero(np.frombuffer(block, np.uint8) == ord("\n")) + (offset + 1))
            offset += len(block)
        starts = np.concatenate(found)
        if starts[-1] != offset:
            raise RunError(f"{self.path} is cut off after {len(starts) - 1} lines; make it again")
        return starts
