"""Read a report back as its scripts do."""

import base64
import gzip
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_DATA = re.compile(r"<script type=application/json id=data>(.*?)</script>", re.DOTALL)
_CHUNK = re.compile(r'<script type=application/octet-stream data-chunk="([^"]*)">(.*?)</script>', re.DOTALL)


@dataclass(frozen=True)
class Opened:
    """A report: its text, what its scripts know when it opens, and its chunks."""

    text: str
    data: Any
    chunks: dict[str, Any]

    @classmethod
    def at(cls, path: Path) -> "Opened":
        text = path.read_text(encoding="utf-8")
        chunks = {name: json.loads(gzip.decompress(base64.b64decode(held))) for name, held in _CHUNK.findall(text)}
        return cls(text, json.loads(_DATA.search(text)[1]), chunks)

    def rows(self, benchmark: int = 0) -> dict[str, Any]:
        """The rows of the problem table by the problem's id."""
        return {row["id"]: row for row in self.chunks[self.data[benchmark]["rows"]]}

    def samples(self, problem_id: str, run: int = 0) -> list[Any]:
        """The samples of a problem in a run."""
        return self._at(self.rows()[problem_id]["runs"][run]["place"])

    def problem(self, problem_id: str, run: int = 0) -> Any:
        """The problem with its tests, as a run has it."""
        return self._at(self.rows()[problem_id]["runs"][run]["asked"])

    def _at(self, place: list[Any]) -> Any:
        name, number = place
        return self.chunks[name][number]
