"""Find the runs of a folder, and notice when one changes."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from tarot_bench.errors import RunError
from tarot_bench.runs.evaluation import KIND, EvaluationRun
from tarot_bench.runs.run import MANIFEST

_DEEPEST = 4
"""Folders below the one named in which runs are looked for."""
_FILES = (MANIFEST, "summary.json", "*/completions.jsonl", "*/grades.jsonl")


@dataclass(frozen=True, slots=True)
class FoundRun:
    """A run of `evaluate` or `import` in the folder that is served.

    Attributes:
        name: its path below that folder.
        path: its directory.
    """

    name: str
    path: Path

    @property
    def version(self) -> str:
        """A text that changes when a file of the run does."""
        seen = []
        for pattern in _FILES:
            for path in sorted(self.path.glob(pattern)):
                with suppress(OSError):
                    found = path.stat()
                    seen.append(f"{path.name} {found.st_mtime_ns} {found.st_size}")
        return sha256("\n".join(seen).encode()).hexdigest()[:16]

    def opened(self) -> EvaluationRun:
        """The run, for reading.

        Raises:
            RunError: it cannot be read.
        """
        return EvaluationRun.open(self.path)

    def summaries(self) -> list[dict[str, Any]]:
        """What ``summary.json`` holds; empty while the run is being written, or where it cannot be read."""
        with suppress(RunError):
            content = self.opened().read_summary()
            if isinstance(content, dict) and isinstance(content.get("summaries"), list):
                return [each for each in content["summaries"] if isinstance(each, dict)]
        return []


def runs_in(folder: Path) -> list[FoundRun]:
    """The runs of a folder, by name; a run directory is a folder with one run. Links are not followed."""
    if (folder / MANIFEST).is_file():
        return [FoundRun(folder.resolve().name, folder)] if _is_evaluation(folder) else []
    found = (path for path in _folders(folder, _DEEPEST) if _is_evaluation(path))
    return [FoundRun(path.relative_to(folder).as_posix(), path) for path in found]


def _folders(folder: Path, depth: int) -> Iterator[Path]:
    """The folders below one that may hold a run; nothing is looked for inside of a run."""
    try:
        inside = sorted(path for path in folder.iterdir() if path.is_dir() and not path.is_symlink())
    except OSError:
        return
    for path in inside:
        if (path / MANIFEST).is_file():
            yield path
        elif depth > 1 and not path.name.startswith("."):
            yield from _folders(path, depth - 1)


def _is_evaluation(path: Path) -> bool:
    try:
        return EvaluationRun.open(path).manifest.kind == KIND
    except RunError:
        return False
