"""Write the bundle of a finished run."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from re import sub
from tempfile import TemporaryDirectory
from typing import Any

from tarot_bench.atomic import write_atomically
from tarot_bench.errors import RunError
from tarot_bench.leaderboard.archive import FileEntry, write_archive
from tarot_bench.leaderboard.bundle import (
    MANIFEST,
    About,
    Bundle,
    PromptDigest,
    Stated,
    command_of,
    expected_files,
    is_web_address,
    open_bundle,
    versions_of,
)
from tarot_bench.leaderboard.credentials import Credentials
from tarot_bench.problem import Frozen, Problem, sha256
from tarot_bench.reading import parse_json
from tarot_bench.runs.evaluation import BenchmarkFiles, EvaluationRun
from tarot_bench.verdict import Completion, Grade, Usage

Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Submitted:
    """One benchmark of a run, as loaded now.

    Attributes:
        name: of the benchmark.
        source: of the problems, as the user named it.
        revision: of the problems.
        digest: of the problems.
        problems: in the order of the data.
        prompt_of: renders a prompt.
        samples: completions per problem.
    """

    name: str
    source: str
    revision: str
    digest: str
    problems: Sequence[Problem]
    prompt_of: Callable[[Problem], str]
    samples: int

    @property
    def keys(self) -> Iterator[Key]:
        """All samples, in order."""
        return ((problem.id, index) for problem in self.problems for index in range(self.samples))


def write_bundle(
    run: EvaluationRun,
    parts: Sequence[Submitted],
    folder: Path,
    model_card: str | None = None,
    about: About | None = None,
) -> Path:
    """Check a run and write its bundle.

    Args:
        run: a finished run of `evaluate`.
        parts: its benchmarks.
        folder: receives the bundle, and is created where it is missing.
        model_card: the address of the model's card.
        about: what the submitter says of the model.

    Returns:
        The bundle's path. Its name has the model and a digest of the contents; the same run gives the same bytes.

    Raises:
        RunError: the run is not complete, the data's revision is unknown, a text holds a credential, the address is
            none, or the bundle cannot be written.
    """
    _check_address(model_card)
    if run.read_summary() is None:
        raise RunError(f"{run.path} is not finished: it has no summary.json; finish it with `evaluate --resume` first")
    with TemporaryDirectory() as staging:
        stage = Path(staging)
        stated = {part.name: _write_part(run, part, stage) for part in parts}
        for name in ("run.json", "summary.json"):
            write_atomically(stage / name, (run.path / name).read_bytes())
        bundle = _manifest(run, stated, stage, model_card, about or About())
        write_atomically(stage / MANIFEST, bundle.model_dump_json(indent=2) + "\n")
        _check_credentials(stage, sorted([MANIFEST, *bundle.files]))
        path = folder / f"{slug_of(bundle.model)}-{sha256((stage / MANIFEST).read_text())[:12]}.zip"
        write_archive(path, {name: stage / name for name in [MANIFEST, *bundle.files]})
    _check_readable(path)
    return path


def slug_of(model: str) -> str:
    """A model's name as a part of file names: letters and digits between hyphens."""
    return sub(r"[^A-Za-z0-9]+", "-", model).strip("-").lower()[:60].rstrip("-") or "model"


def _check_address(model_card: str | None) -> None:
    if model_card is not None and not is_web_address(model_card):
        raise RunError(f"--model-card {model_card} is no address; give one that begins with https://")


def _write_part(run: EvaluationRun, part: Submitted, stage: Path) -> Stated:
    if not part.revision or part.revision == "unknown":
        raise RunError(f"the revision of {part.source} is unknown; evaluate on data that has one")
    files = run.benchmark(part.name)
    completions = {(made.problem_id, made.index): made for made in files.completions}
    grades = {(made.problem_id, made.index): made for made in files.grades}
    _check_complete(run, part, completions, grades)
    staged = BenchmarkFiles(stage / part.name)
    _write(staged.completions.path, (completions[key] for key in part.keys))
    _write(staged.grades.path, (grades[key] for key in part.keys))
    _write(staged.completions.path.with_name("prompts.jsonl"), map(_digests(part), part.problems))
    used = sum((completion.usage for completion in completions.values()), Usage())
    return Stated(
        data=part.source,
        revision=part.revision,
        digest=part.digest,
        problems=len(part.problems),
        samples=len(completions),
        input_tokens=used.input_tokens,
        output_tokens=used.output_tokens,
        usd=run.usd(used),
    )


def _check_complete(
    run: EvaluationRun, part: Submitted, completions: dict[Key, Completion], grades: dict[Key, Grade]
) -> None:
    wanted = set(part.keys)
    if unasked := set(completions) - wanted:
        name, index = min(unasked)
        raise RunError(f"{run.path} holds sample {index} of {name!r}, which its settings do not request")
    pending = [
        key
        for key in wanted
        if key not in completions
        or key not in grades
        or (grades[key].ungraded and completions[key].outcome.is_the_models)
    ]
    if pending:
        raise RunError(
            f"{len(pending)} of {len(wanted)} samples of {part.name} in {run.path} are pending; "
            "finish the run with `evaluate --resume` first"
        )


def _digests(part: Submitted) -> Callable[[Problem], PromptDigest]:
    return lambda problem: PromptDigest(
        problem_id=problem.id, prompt=sha256(part.prompt_of(problem)), problem_digest=problem.digest
    )


def _write(path: Path, records: Iterable[Frozen]) -> None:
    path.parent.mkdir(exist_ok=True)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(record.model_dump_json() + "\n" for record in records)


def _manifest(
    run: EvaluationRun, stated: dict[str, Stated], stage: Path, model_card: str | None, about: About
) -> Bundle:
    manifest = run.manifest
    environment, settings = manifest.environment, manifest.settings
    return Bundle(
        model=settings["model"],
        model_card=model_card,
        about=about,
        command=command_of(environment),
        settings_digest=manifest.digest,
        samples=settings["samples"],
        sampling=settings["sampling"],
        versions=versions_of(environment),
        sandbox=environment.get("sandbox", {}),
        created=manifest.created,
        benchmarks=stated,
        files={name: entry_of(stage / name) for name in sorted(expected_files(list(stated)))},
    )


def entry_of(path: Path) -> FileEntry:
    """The size and checksum of a file."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return FileEntry(sha256=digest, bytes=path.stat().st_size)


def _check_credentials(stage: Path, names: Sequence[str]) -> None:
    """Refuse to publish credentials; texts are looked at as they are, not as JSON writes them."""
    known = Credentials()
    for name in names:
        with (stage / name).open("rb") as lines:
            for text in [lines.read()] if name.endswith(".json") else lines:
                record = parse_json(text)
                for place, kind in known.places(record, _place(name, record, known)):
                    raise RunError(f"{place} holds {kind}; nothing was written: remove it from the run, and revoke it")


def _place(name: str, record: Mapping[str, Any], known: Credentials) -> str:
    """Where a record stands in the run, whose lines have another order than the bundle's."""
    problem = record.get("problem_id")
    if problem is None or known.found_in(problem):
        return name
    sample = f"sample {record['index']} of " if "index" in record else ""
    return f"{name}: {sample}{problem!r}"


def _check_readable(path: Path) -> None:
    """Read the bundle as a verifier will, so that one that no verifier takes is never sent."""
    try:
        with TemporaryDirectory() as folder:
            open_bundle(path, Path(folder))
    except BaseException:
        path.unlink(missing_ok=True)
        raise
