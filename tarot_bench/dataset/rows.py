"""Raw rows of a dataset."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Rows:
    """The uninterpreted rows of one split.

    Attributes:
        source: a file, a folder or a Hub id, as the user named it.
        revision: the Hub commit where there is one, else ``sha256:`` and the checksum of the content.
        rows: one mapping from column to value per row.
        places: the place of each row, for errors: ``data.jsonl:3`` or ``org/name row 3``, from 1.
    """

    source: str
    revision: str
    rows: tuple[dict[str, Any], ...]
    places: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.rows)


def numbered(source: str, count: int) -> tuple[str, ...]:
    """Places of rows with a number but no line."""
    return tuple(f"{source} row {number}" for number in range(1, count + 1))


def checksum(*parts: bytes) -> str:
    """The revision of content without a commit: SHA-256 over length-prefixed parts."""
    if len(parts) == 1:
        return f"sha256:{hashlib.sha256(parts[0]).hexdigest()}"
    total = hashlib.sha256()
    for part in parts:
        total.update(len(part).to_bytes(8, "big"))
        total.update(part)
    return f"sha256:{total.hexdigest()}"
