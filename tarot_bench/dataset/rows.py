"""Raw rows of a dataset."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from tarot_bench.views import Mapped

ROWS_AT_ONCE = 16
"""Rows of a table that are read together; they may hold megabytes of tests each."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The uninterpreted rows of one split.

    Attributes:
        source: a file, a folder or a Hub id, as the user named it.
        revision: the Hub commit where there is one, else ``sha256:`` and the checksum of the content.
        rows: one mapping from column to value per row, read from the file while they are iterated over. A row that
            cannot be read, and a file that changed in the meantime, is a `DataError` then.
        places: the place of each row, for errors: ``data.jsonl:3`` or ``org/name row 3``, from 1.
    """

    source: str
    revision: str
    rows: Sequence[dict[str, Any]]
    places: Sequence[str]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.rows)


def numbered(source: str, count: int) -> Sequence[str]:
    """Places of rows with a number but no line."""
    return Mapped(range(1, count + 1), partial("{} row {}".format, source))


def checksum(*parts: bytes) -> str:
    """The revision of content without a commit: SHA-256, of several parts over their lengths and contents."""
    if len(parts) == 1:
        return f"sha256:{hashlib.sha256(parts[0]).hexdigest()}"
    total = hashlib.sha256()
    for part in parts:
        total.update(len(part).to_bytes(8, "big"))
        total.update(part)
    return f"sha256:{total.hexdigest()}"


def file_checksum(*files: Path) -> str:
    """The `checksum` of the contents of files, which are not held in memory."""
    total = hashlib.sha256()
    for path in files:
        if len(files) != 1:
            total.update(path.stat().st_size.to_bytes(8, "big"))
        with path.open("rb") as file:
            hashlib.file_digest(file, lambda: total)
    return f"sha256:{total.hexdigest()}"
