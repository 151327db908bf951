"""Records that a step puts aside on disk, so that its memory does not grow with their number."""

from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Generic

from tarot_bench.errors import RunError
from tarot_bench.runs.journal import Record
from tarot_bench.runs.stored import StoredRecords


class Spool(Generic[Record]):
    """A temporary file of records, which is deleted with this object and all that read it. They are appended first."""

    def __init__(self, kind: type[Record]) -> None:
        """Create the file, in the folder that ``TMPDIR`` names.

        Raises:
            RunError: it cannot be created.
        """
        self._kind = kind
        try:
            self._file = NamedTemporaryFile(prefix="tarot-bench-", suffix=".jsonl")  # noqa: SIM115 -- closes itself
        except OSError as error:
            raise _not_written(error) from None

    def append(self, record: Record) -> None:
        """Add one record.

        Raises:
            RunError: it could not be written.
        """
        try:
            self._file.write(record.model_dump_json().encode() + b"\n")
        except OSError as error:
            raise _not_written(error) from None

    def records(self) -> StoredRecords[Record]:
        """The records, each read when it is asked for; nothing may be appended later.

        Raises:
            RunError: they could not be written.
        """
        try:
            self._file.flush()
        except OSError as error:
            raise _not_written(error) from None
        return StoredRecords(Path(self._file.name), self._kind)


def _not_written(error: OSError) -> RunError:
    return RunError(f"cannot write a temporary file: {error.strerror}; free some space, or set TMPDIR, and --resume")
