"""A run directory and its manifest: kind, settings, environment."""

import json
import platform
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from pydantic import Field, ValidationError

from tarot_bench.atomic import make_folder, write_atomically
from tarot_bench.config import complaints, differences, digest
from tarot_bench.errors import RunError
from tarot_bench.problem import Frozen
from tarot_bench.runs.journal import JournalReader, JournalWriter, Record
from tarot_bench.runs.lock import LOCK

FORMAT = "tarot-bench-run"
VERSION = 1
MANIFEST = "run.json"
CutBack = Callable[[dict[str, Any]], dict[str, Any]]


class Manifest(Frozen):
    """``run.json``: the description of a run, written once when it starts."""

    format: str = FORMAT
    version: int = VERSION
    kind: str
    """The verb that made the run, as in ``evaluate``."""
    settings: dict[str, Any]
    """Everything that determines the records; resuming with other settings is refused."""
    digest: str
    environment: dict[str, Any] = Field(default_factory=dict)
    """What was true of the machine and the installation; informative, never compared."""
    created: str


class RunDirectory:
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
        cut_back: CutBack | None = None,
    ) -> Self:
        """Create a run, or continue one that was made with the same settings. Call it inside `writing`.

        Args:
            path: the directory.
            kind: the verb that makes the run.
            settings: everything that determines the records.
            environment: what is true of the machine; not compared.
            resume: continue a run that is there.
            cut_back: given the settings of the run that is there, gives `settings` with their extent reduced to that
                run's. If they then agree, the run is extended: it is the same work, only more of it.

        Raises:
            RunError: the directory holds another kind of run, other settings (the differing keys are named), files
                that are not a run, or a run while ``resume`` is false; or it cannot be written.
        """
        settings = json.loads(json.dumps(settings, default=str))
        if (path / MANIFEST).exists():
            return cls._continue(path, kind, settings, resume, cut_back)
        if path.exists() and (not path.is_dir() or any(entry.name != LOCK for entry in path.iterdir())):
            raise RunError(f"{path} holds files but no run; choose an empty or new --output directory")
        manifest = Manifest(
            kind=kind,
            settings=settings,
            digest=digest(settings),
            environment={**environment, **_surroundings()},
            created=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        try:
            make_folder(path)
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
        cut_back: CutBack | None,
    ) -> Self:
        run = cls.open(path)
        if run.manifest.kind != kind:
            raise RunError(f"{path} holds a run of `{run.manifest.kind}`, not of `{kind}`; choose another --output")
        if not resume:
            raise RunError(f"{path} already holds a run; add --resume to continue it, or choose another --output")
        if run.manifest.digest != digest(settings):
            run._extend(settings, cut_back)
        return run

    def _extend(self, settings: dict[str, Any], cut_back: CutBack | None) -> None:
        """Adopt settings that only request more of the same; otherwise raise with the differences."""
        stored = self.manifest.settings
        smaller = json.loads(json.dumps(cut_back(stored) if cut_back else settings, default=str))
        if digest(smaller) != self.manifest.digest:
            changed = "; ".join(differences(stored, settings))
            raise RunError(f"cannot resume {self.path}: the settings differ ({changed}); use another --output")
        self.manifest = self.manifest.model_copy(update={"settings": settings, "digest": digest(settings)})
        self._write_manifest()

    def _write_manifest(self) -> None:
        write_atomically(self.path / MANIFEST, self.manifest.model_dump_json(indent=2) + "\n")

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open an existing run for reading; creates and changes nothing.

        Raises:
            RunError: not a run directory, or one of a newer format.
        """
        try:
            manifest = Manifest.model_validate_json((path / MANIFEST).read_bytes())
        except FileNotFoundError:
            raise RunError(f"{path} is not a run directory: it has no run.json") from None
        except (OSError, ValidationError) as error:
            why = complaints(error) if isinstance(error, ValidationError) else error.strerror
            raise RunError(f"{path}/run.json is not a valid manifest: {why}") from None
        if manifest.format != FORMAT or manifest.version > VERSION:
            raise RunError(f"{path} was written by another or a newer program; upgrade tarot-bench to read it")
        return cls(path, manifest)

    def journal(self, name: str, kind: type[Record]) -> JournalWriter[Record]:
        """Open the journal ``name`` (a path relative to the run) for writing."""
        return JournalWriter(self.path / name, kind)

    def records(self, name: str, kind: type[Record]) -> JournalReader[Record]:
        """The journal ``name`` for reading."""
        return JournalReader(self.path / name, kind)

    def write_json(self, name: str, content: Mapping[str, Any]) -> Path:
        """Write a JSON file of the run in one step, and return its path."""
        path = self.path / name
        write_atomically(path, json.dumps(content, indent=2, ensure_ascii=False) + "\n")
        return path


def _surroundings() -> dict[str, Any]:
    from tarot_bench import __version__

    return {
        "tarot_bench": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "command": [Path(sys.argv[0]).name, *sys.argv[1:]],
    }
