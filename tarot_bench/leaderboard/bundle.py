"""Bundles: the one file that is submitted to a leaderboard.

A zip file with these files::

    bundle.json                    what the submission states, and the SHA-256 of every other file
    run.json, summary.json         of the run
    BENCHMARK/completions.jsonl    raw answers, in the order of the problems
    BENCHMARK/grades.jsonl         the verdict that counts for each sample, in the same order
    BENCHMARK/prompts.jsonl        `PromptDigest` of each problem

Extracted, it is a run directory, so that `EvaluationRun` reads it.
"""

import hashlib
import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError

from tarot_bench.config import complaints
from tarot_bench.errors import DataError, one_line
from tarot_bench.leaderboard.archive import FileEntry, extract
from tarot_bench.leaderboard.findings import Check, Finding
from tarot_bench.problem import Frozen
from tarot_bench.reading import is_deep, parse_json

FORMAT: Literal["tarot-bench-bundle"] = "tarot-bench-bundle"
VERSION: Literal[1] = 1
MANIFEST = "bundle.json"
_MOST_MANIFEST_BYTES = 256 * 1024
_MOST_MANIFEST_DEPTH = 16
"""Attestations repeat what the manifest states."""


class PromptDigest(Frozen):
    """What one problem's samples were asked for and judged by."""

    problem_id: str
    prompt: str
    """SHA-256 (hex) of the rendered prompt."""
    problem_digest: str
    """`Problem.digest`."""


class About(Frozen):
    """What the submitter says of the model. No verification can check it; None is unknown."""

    parameters_b: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    """Billions of parameters, all of them where only some are active."""
    open_weights: bool | None = None
    """Whether anyone can download the weights."""
    reasoning: bool | None = None
    """Whether the model thinks before it answers, as it was asked for this run."""


class Stated(Frozen):
    """What a submission states about one benchmark."""

    data: str
    """The source, as the submitter named it."""
    revision: str
    digest: str
    """`digest_of` the problems."""
    problems: int = Field(ge=0)
    samples: int = Field(ge=0)
    """Samples of all problems."""
    input_tokens: int = Field(ge=0)
    output_tokens: int = Field(ge=0)
    usd: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    """What the answers cost, by the prices that the run began with; None where it had none."""


class Bundle(Frozen):
    """``bundle.json``."""

    format: Literal["tarot-bench-bundle"] = FORMAT
    version: Literal[1] = VERSION
    model: str
    model_card: str | None = None
    about: About = About()
    command: str
    """The command that made the run, as a shell takes it."""
    settings_digest: str
    samples: int
    """Completions per problem."""
    sampling: dict[str, Any]
    versions: dict[str, str]
    """Of tarot-bench, which is also the grader, and of Python."""
    sandbox: dict[str, Any]
    created: str
    benchmarks: dict[str, Stated]
    files: dict[str, FileEntry]


def command_of(environment: Mapping[str, Any]) -> str:
    """The command that made a run, as a shell takes it; an argument with a line break is quoted.

    Args:
        environment: of ``run.json``, which anyone may have written.
    """
    words = environment.get("command", ())
    return shlex.join(map(str, words)) if isinstance(words, (list, tuple)) else ""


def versions_of(environment: Mapping[str, Any]) -> dict[str, str]:
    """The versions of a run's environment that a bundle states."""
    return {name: str(environment.get(name, "unknown")) for name in ("tarot_bench", "python")}


def is_past(text: str) -> bool:
    """Whether a text is a date and time with a time zone, not later than a day from now (clocks differ)."""
    try:
        return datetime.fromisoformat(text) <= datetime.now(UTC) + timedelta(days=1)
    except (ValueError, TypeError, OverflowError):
        return False


def is_web_address(text: str) -> bool:
    """Whether a text is an address that a page may link to."""
    try:
        address = urlsplit(text)
    except ValueError:
        return False
    return address.scheme in ("http", "https") and bool(address.netloc) and text.isprintable()


@dataclass(frozen=True, slots=True)
class OpenBundle:
    """An extracted bundle.

    Attributes:
        stated: its ``bundle.json``.
        folder: where its files are; a run directory.
        digest: SHA-256 (hex) of the zip file.
        findings: files that are not those of ``bundle.json``.
    """

    stated: Bundle
    folder: Path
    digest: str
    findings: tuple[Finding, ...]


def open_bundle(path: Path, folder: Path) -> OpenBundle:
    """Extract a bundle and compare its files with its list of them.

    Args:
        path: the zip file; anyone may have made it.
        folder: an empty folder that receives the files.

    Raises:
        DataError: it is no bundle, or one of a newer format; see also `extract`.
    """
    files = extract(path, folder)
    if MANIFEST not in files:
        raise DataError(f"{path} holds no {MANIFEST}; it is no bundle of `tarot-bench submit`")
    stated = _manifest(path, folder / MANIFEST)
    if "run.json" in files:
        try:
            _json_of(folder / "run.json")
        except ValueError as error:
            raise DataError(f"{path}: run.json is not readable: {one_line(error)}") from None
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return OpenBundle(stated, folder, digest, tuple(_differences(stated, files)))


def expected_files(benchmarks: list[str] | tuple[str, ...]) -> set[str]:
    """The files of a bundle of these benchmarks, without `MANIFEST`."""
    kinds = ("completions", "grades", "prompts")
    return {"run.json", "summary.json"} | {f"{name}/{kind}.jsonl" for name in benchmarks for kind in kinds}


def _manifest(path: Path, file: Path) -> Bundle:
    if file.stat().st_size > _MOST_MANIFEST_BYTES:
        raise DataError(f"{path}: {MANIFEST} has more than {_MOST_MANIFEST_BYTES >> 10} KiB; none of `submit` does")
    try:
        content = _json_of(file)
        if is_deep(content, _MOST_MANIFEST_DEPTH):
            raise DataError(f"{path}: {MANIFEST} is nested more than {_MOST_MANIFEST_DEPTH} levels deep")
        if not isinstance(content, dict) or content.get("format") != FORMAT:
            raise DataError(f"{path}: {MANIFEST} is not the list of a bundle")
        version = content.get("version")
        if isinstance(version, int) and version > VERSION:
            raise DataError(f"{path} is a bundle of version {version}, newer than {VERSION}; upgrade tarot-bench")
        return Bundle.model_validate(content)
    except ValidationError as error:
        raise DataError(f"{path}: {MANIFEST}: {complaints(error, Bundle)}") from None
    except ValueError as error:
        raise DataError(f"{path}: {MANIFEST} is not readable: {one_line(error)}") from None


def _json_of(file: Path) -> Any:
    """Read JSON that anyone may have written; a lone surrogate, which no file can hold as UTF-8, is a ValueError."""
    content = parse_json(file.read_bytes())
    json.dumps(content, ensure_ascii=False).encode()
    return content


def _differences(stated: Bundle, files: dict[str, FileEntry]) -> list[Finding]:
    listed = stated.files
    wanted = expected_files(list(stated.benchmarks))
    found = [
        *((name, "is missing") for name in sorted((wanted | set(listed)) - set(files))),
        *((name, "is not listed in bundle.json") for name in sorted(set(files) - set(listed) - {MANIFEST})),
        *((name, "belongs to no stated benchmark") for name in sorted(set(listed) & set(files) - wanted)),
        *(
            (name, "has another SHA-256 than bundle.json states")
            for name in sorted(set(listed) & set(files))
            if listed[name] != files[name]
        ),
    ]
    return [Finding(check=Check.INTEGRITY, where=name, message=message) for name, message in found]
