"""Compressed parts of a page's data, decoded by the browser when they are looked at."""

import base64
import gzip
import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Chunk:
    """A part of a page's data.

    Attributes:
        name: what the page's scripts call it by.
        text: gzip of its JSON, in base64.
    """

    name: str
    text: str

    @classmethod
    def of(cls, name: str, data: Any) -> "Chunk":
        """Compress anything that JSON can say; the same data gives the same text."""
        plain = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")
        return cls(name, base64.b64encode(gzip.compress(plain, 9, mtime=0)).decode())
