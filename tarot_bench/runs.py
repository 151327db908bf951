"""Run directories: what was asked for, and journals of records that survive being killed at any moment.

A run is a directory with ``run.json`` (kind, resolved settings and their digest, environment) and journals, one JSON
record a line. A record is one ``write`` to a file opened for appending, so a kill loses at most the record being
written; a torn last line is cut off when the journal is next opened for writing, and its record is pending again.

One process writes to a run at a time: writers work inside `writing`, which holds ``.lock`` (flock, through filelock);
the kernel releases it when a process is killed. `Run.open` and `Run.records` only read: they need no lock and create,
repair or change nothing.
"""

import json
import os
import platform
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from filelock import FileLock, Timeout
from pydantic import Field, ValidationError

from tarot_bench.config import complaints, differences, digest
from tarot_bench.errors import RunError
from tarot_bench.problem import Frozen

FORMAT = "tarot-bench-run"
VERSION = 1
LOCK = ".lock"

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
    def start(
        cls,
        path: Path,
        kind: str,
        settings: dict[str, Any],
        environment: dict[str, Any],
        resume: bool,
        cut_back: Callable[[dict[str, Any]], dict[str, Any]] | None = None,
    ) -> Self:
        """Create a run, or continue one that was made with the same settings. Call it inside `writing`.

        Args:
            path: the directory.
            kind: the verb that makes the run.
            settings: everything that decides what the records say.
            environment: what is true of the machine; not compared.
            resume: continue a run that is there.
            cut_back: given the settings of the run that is there, gives `settings` with their extent reduced to that
                run's. If they then agree, the run is extended: it is the same work, only more of it.

        Raises:
            RunError: the directory holds another kind of run, other settings (the differing keys are named), files
                that are not a run, or a run while ``resume`` is false; or it cannot be written.
        """
        settings = json.loads(json.dumps(settings, default=str))
        if (path / "run.json").exists():
            return cls._continue(path, kind, settings, resume, cut_back)
        if path.exists() and (not path.is_dir() or any(entry.name != LOCK for entry in path.iterdir())):
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
        run = cls(path, manifest)
        run._write_manifest()
        return run

    @classmethod
    def _continue(
        cls,
        path: Path,
        kind: str,
        settings: dict[str, Any],
        resume: bool,
        cut_back: Callable[[dict[str, Any]], dict[str, Any]] | None,
    ) -> Self:
        run = cls.open(path)
        if run.manifest.kind != kind:
            raise RunError(f"{path} holds a run of `{run.manifest.kind}`, not of `{kind}`; choose another --output")
        if not resume:
            raise RunError(f"{path} already holds a run; add --resume to go on with it, or choose another --output")
        if run.manifest.digest != digest(settings):
            run._extend(settings, cut_back)
        return run

    def _extend(self, settings: dict[str, Any], cut_back: Callable[[dict[str, Any]], dict[str, Any]] | None) -> None:
        """Take over settings that ask for more of the same; otherwise say what differs."""
        stored = self.manifest.settings
        smaller = json.loads(json.dumps(cut_back(stored) if cut_back else settings, default=str))
        if digest(smaller) != self.manifest.digest:
            changed = "; ".join(differences(stored, settings))
            raise RunError(
                f"cannot resume {self.path}: the settings differ ({changed}); use another --output for these"
            )
        self.manifest = self.manifest.model_copy(update={"settings": settings, "digest": digest(settings)})
        self._write_manifest()

    def _write_manifest(self) -> None:
        write_atomically(self.path / "run.json", self.manifest.model_dump_json(indent=2) + "\n")

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open an existing run for reading; creates and changes nothing.

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

    def records(self, name: str, kind: type[Record]) -> Iterator[Record]:
        """The records of the journal ``name``, oldest first, without opening it for writing; none if it is not there.

        A torn last line is left out.

        Raises:
            RunError: a line is not a record.
        """
        return read_records(self.path / name, kind)

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
        """All records, oldest first; raises as `Run.records`."""
        return read_records(self.path, self._kind)

    def keep(self, wanted: Callable[[Record], bool]) -> None:
        """Remove the records that are not wanted, in one step.

        Raises:
            RunError: the file cannot be read or written; it is then as before.
        """
        kept = [record.model_dump_json() + "\n" for record in self if wanted(record)]
        write_atomically(self.path, "".join(kept))
        os.close(self._file)
        self._file = os.open(self.path, os.O_RDWR | os.O_APPEND)

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


def read_records(path: Path, kind: type[Record]) -> Iterator[Record]:
    """The records of a journal file, oldest first; see `Run.records`."""
    try:
        lines = path.open("rb")
    except FileNotFoundError:
        return
    except OSError as error:
        raise RunError(f"cannot read {path}: {error.strerror}") from None
    with lines:
        for number, line in enumerate(lines, start=1):
            if not line.endswith(b"\n"):
                return
            try:
                yield kind.model_validate_json(line)
            except ValidationError as error:
                raise RunError(
                    f"{path}:{number} is not a {kind.__name__} record ({complaints(error)}); "
                    "remove that line to have it made again"
                ) from None


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Around everything that writes to a run directory: at most one process does at a time.

    The directory is created where it is missing, and removed again if nothing was written to it.

    Raises:
        RunError: another process writes to it, or it cannot be created.
    """
    lock = FileLock(path / LOCK, timeout=0)
    try:
        path.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout:
        raise RunError(
            f"another process is writing to {path}; wait until it ends, or stop it, then try again"
        ) from None
    except OSError as error:
        raise RunError(f"cannot create {path}: {error.strerror}") from None
    try:
        yield
    finally:
        # The file goes while the lock is held; filelock does not take the lock of a removed file.
        (path / LOCK).unlink(missing_ok=True)
        with suppress(OSError):
            path.rmdir()
        lock.release()


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
