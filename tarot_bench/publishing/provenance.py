"""How a published dataset was made: a folder of its own for each run, or other source, whose entries it has."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from pydantic import ValidationError

from tarot_bench.config import complaints
from tarot_bench.errors import DataError
from tarot_bench.problem import Frozen
from tarot_bench.runs.generation import FUNNEL, PROVENANCE, GeneratorUse, RunProvenance

FOLDER = "provenance"
_ABOUT = "about.json"


class About(Frozen):
    """One part of a dataset: the entries that one run, or another source, brought."""

    source: str
    """Name of the run's recipe, or of the dataset."""
    digest: str
    """Of its problems, as `tarot_bench.problem.digest_of`."""
    settings: str | None = None
    """Digest of the run's settings; None if no run made the entries."""
    made_by: str
    """Version of tarot-bench."""
    date: str
    """Day they were made, as in 2026-11-21."""
    problems: int
    generators: tuple[GeneratorUse, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a dataset with its files.

    Attributes:
        about: what the card says of it.
        files: further texts by their paths in its folder: recipe, prompts, funnel.
    """

    about: About
    files: Mapping[str, str] = field(default_factory=dict)

    @property
    def folder(self) -> str:
        """Its folder in ``provenance/``: no two parts have the same."""
        return f"{self.about.date}-{self.about.digest}"


def files_of_run(run: Path) -> tuple[dict[str, str], tuple[GeneratorUse, ...]]:
    """The texts of a run's provenance, and what its generators were asked.

    Raises:
        DataError: a file is malformed.
    """
    files = {FUNNEL: (run / FUNNEL).read_text(encoding="utf-8")} if (run / FUNNEL).is_file() else {}
    path = run / PROVENANCE
    if not path.is_file():  # of an earlier version
        return files, ()
    try:
        made = RunProvenance.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise DataError(f"{path}: {complaints(error)}") from None
    files["recipe.yaml"] = yaml.safe_dump(made.recipe, sort_keys=False, allow_unicode=True, width=100)
    files |= {f"prompts/{name}": text for name, text in made.prompts.items()}
    return files, made.generators


def write_parts(parts: Sequence[Part], folder: Path) -> None:
    """Write the provenance of a dataset into its folder."""
    for part in parts:
        texts = {**part.files, _ABOUT: json.dumps(part.about.model_dump(), indent=2, ensure_ascii=False) + "\n"}
        for name, text in texts.items():
            path = folder / FOLDER / part.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")


def read_parts(folder: Path) -> list[Part]:
    """Read the provenance of a published dataset; empty for one of an earlier version.

    Raises:
        DataError: a file is malformed.
    """
    parts = []
    for path in sorted((folder / FOLDER).glob(f"*/{_ABOUT}")):
        try:
            about = About.model_validate_json(path.read_bytes())
            others = [file for file in sorted(path.parent.rglob("*")) if file.is_file() and file != path]
            files = {file.relative_to(path.parent).as_posix(): file.read_text(encoding="utf-8") for file in others}
        except ValidationError as error:
            raise DataError(f"{path}: {complaints(error)}") from None
        except (OSError, UnicodeDecodeError) as error:
            raise DataError(f"cannot read {path}: {error}") from None
        parts.append(Part(about, files))
    return parts
