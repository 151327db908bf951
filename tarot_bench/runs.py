"""Run directories: what was asked for, and journals of records that survive being killed at any moment.

A run is a directory with ``run.json`` (kind, resolved settings and their digest, environment) and journals, one JSON
record a line. A record is one ``write`` to a file opened for appending, so a kill loses at most the record being
written; a torn last line is cut off when the journal is next opened, and its record is owed again.
"""

import json
import os
import platform
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from pydantic import Field, ValidationError

from tarot_bench.config import complaints, differences, digest
from tarot_bench.errors import RunError
from tarot_bench.problem import Frozen

FORMAT = "tarot-bench-run"
VERSION = 1

Record = TypeVar("Record", bound=Frozen)


class Manifest(Frozen):
    """``run.json``: what a run is, written once when it starts."""

    format: str = FORMAT
    version: int = VERSION
    kind: str
    """The verb that made the run, as in ``evaluate``."""
    settings: dict[str, Any]
    """Everything that decides what the records say; resuming with other settings is refused."""
    digest: str
    environment: dict[str, Any] = Field(default_factory=dict)
    """What was true of the machine and the installation; informative, never compared."""
    created: str


class Run:
    """An open run directory."""

    def __init__(self, path: Path, manifest: Manifest) -> None:
        self.path = path
        self.manifest = manifest

    @classmethod
    def start(cls, path: Path, kind: str, settings: dict[str, Any], environment: dict[str, Any], resume: bool) -> Self:
        """Create a run, or continue one that was made with the same settings.

        Raises:
            RunError: the directory holds another kind of run, other settings (the differing keys are named), files
                that are not a run, or a run while ``resume`` is false; or it cannot be written.
        """
        settings = json.loads(json.dumps(settings, default=str))
        if (path / "run.json").exists():
            return cls._continue(path, kind, settings, resume)
        if path.exists() and (not path.is_dir() or any(path.iterdir())):
            raise RunError(f"{path} holds files that are not a run of ours; choose an empty or new --output directory")
        manifest = Manifest(
            kind=kind,
            settings=settings,
            digest=digest(settings),
            environment={**environment, **_surroundings()},
            created=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RunError(f"cannot create {path}: {error.strerror}") from None
        write_atomically(path / "run.json", manifest.model_dump_json(indent=2) + "\n")
        return cls(path, manifest)

    @classmethod
    def _continue(cls, path: Path, kind: str, settings: dict[str, Any], resume: bool) -> Self:
        run = cls.open(path)
        if run.manifest.kind != kind:
            raise RunError(f"{path} holds a run of `{run.manifest.kind}`, not of `{kind}`; choose another --output")
        if not resume:
            raise RunError(f"{path} already holds a run; add --resume to go on with it, or choose another --output")
        if run.manifest.digest != digest(settings):
            changed = "; ".join(differences(run.manifest.settings, settings))
            raise RunError(f"cannot resume {path}: the settings differ ({changed}); use another --output for these")
        return run

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open an existing run.

        Raises:
            RunError: not a run directory of ours, or one of a newer format.
        """
        try:
            manifest = Manifest.model_validate_json((path / "run.json").read_bytes())
        except FileNotFoundError:
            raise RunError(f"{path} is not a run directory: it has no run.json") from None
        except (OSError, ValidationError) as error:
            why = complaints(error) if isinstance(error, ValidationError) else error.strerror
            raise RunError(f"{path}/run.json is not a manifest of ours: {why}") from None
        if manifest.format != FORMAT or manifest.version > VERSION:
            raise RunError(f"{path} was written by another or a newer program; upgrade tarot-bench to read it")
        return cls(path, manifest)

    def journal(self, name: str, kind: type[Record]) -> "Journal[Record]":
        """The journal ``name`` (a path relative to the run), repaired if its last line is torn."""
        return Journal(self.path / name, kind)

    def write_json(self, name: str, content: Mapping[str, Any]) -> Path:
        """Write a JSON file of the run in one step, and give its path."""
        path = self.path / name
        write_atomically(path, json.dumps(content, indent=2, ensure_ascii=False) + "\n")
        return path


class Journal(Generic[Record]):
    """An append-only file of records, one JSON object a line."""

    def __init__(self, path: Path, kind: type[Record]) -> None:
        self.path = path
        self._kind = kind
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
            self._cut_torn_tail()
        except OSError as error:
            raise RunError(f"cannot open {path}: {error.strerror}") from None

    def _cut_torn_tail(self) -> None:
        size = os.fstat(self._file).st_size
        end = size
        while end and os.pread(self._file, 1, end - 1) != b"\n":
            start = max(0, end - 65536)
            newline = os.pread(self._file, end - start, start).rfind(b"\n")
            end = start if newline < 0 else start + newline + 1
        if end != size:
            os.ftruncate(self._file, end)

    def append(self, record: Record) -> None:
        """Add one record.

        Raises:
            RunError: it could not be written (a full disk, say); the file is left without a torn line.
        """
        line = record.model_dump_json().encode() + b"\n"
        size = os.fstat(self._file).st_size
        try:
            written = os.write(self._file, line)
            while written < len(line):
                written += os.write(self._file, line[written:])
        except OSError as error:
            os.ftruncate(self._file, size)
            raise RunError(
                f"cannot write {self.path}: {error.strerror}; everything before is kept, free some space and --resume"
            ) from None

    def __iter__(self) -> Iterator[Record]:
        """All records, oldest first.

        Raises:
            RunError: a line is not a record; names the file and the line.
        """
        with self.path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                try:
                    yield self._kind.model_validate_json(line)
                except ValidationError as error:
                    raise RunError(
                        f"{self.path}:{number} is not a {self._kind.__name__} record ({complaints(error)}); "
                        "remove that line to have it made again"
                    ) from None

    def close(self) -> None:
        """Close the file; the records are already on their way to the disk."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def write_atomically(path: Path, text: str) -> None:
    """Replace a file's content in one step: readers see the old or the new, never a part.

    Raises:
        RunError: it could not be written; the old content stands.
    """
    partial = path.with_name(path.name + ".partial")
    try:
        partial.write_text(text, encoding="utf-8", errors="backslashreplace")
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise RunError(f"cannot write {path}: {error.strerror}") from None


def _surroundings() -> dict[str, Any]:
    from tarot_bench import __version__

    return {
        "tarot_bench": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "command": [Path(sys.argv[0]).name, *sys.argv[1:]],
    }
