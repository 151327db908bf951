"""Records that a step puts aside on disk, so that its memory does not grow with their number."""

from array import array
from tempfile import TemporaryFile
from typing import Generic

import numpy as np

from tarot_bench.errors import RunError
from tarot_bench.runs.journal import Record
from tarot_bench.runs.stored import StoredRecords
from tarot_bench.views import Selected


class Spool(Generic[Record]):
    """A nameless file, which no process leaves behind, in the folder that ``TMPDIR`` names; that should be on a disk.

    Records are appended first, and then read.
    """

    def __init__(self, kind: type[Record]) -> None:
        """Create the file.

        Raises:
            RunError: it cannot be created.
        """
        self._kind = kind
        self._places = array("q")
        try:
            self._file = TemporaryFile()  # noqa: SIM115 -- open as long as this object
        except OSError as error:
            raise _not_written(error) from None

    def append(self, record: Record, place: int) -> None:
        """Add one record; `place` is that of its entry, and orders the records.

        Raises:
            RunError: it could not be written.
        """
        try:
            self._file.write(record.model_dump_json().encode() + b"\n")
        except OSError as error:
            raise _not_written(error) from None
        self._places.append(place)

    def records(self) -> Selected[Record]:
        """The records by their places, each read when it is asked for; nothing may be appended later.

        Raises:
            RunError: they could not be written.
        """
        try:
            self._file.flush()
        except OSError as error:
            raise _not_written(error) from None
        stored = StoredRecords(self._file.fileno(), self._kind)
        return Selected(stored, np.argsort(np.asarray(self._places, np.int64), kind="stable"))


def _not_written(error: OSError) -> RunError:
    return RunError(f"cannot write a temporary file: {error.strerror}; free some space, or set TMPDIR")
