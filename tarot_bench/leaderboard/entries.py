"""Read the folder of a leaderboard.

::

    keys/*.pub             public keys of the verifiers to trust
    submissions/*.zip      bundles
    attestations/*.json    what the verifiers found
    errata.yaml            wrong tests of the data, if there are any (`tarot_bench.dataset.errata`)

An attestation belongs to the bundle whose SHA-256 it names. Where several are about one bundle, the latest counts.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import Field, ValidationError

from tarot_bench.config import complaints
from tarot_bench.errors import DataError, RunError
from tarot_bench.leaderboard.attestation import Attestation, Verification, open_attestation
from tarot_bench.leaderboard.bundle import About, Bundle, open_bundle
from tarot_bench.leaderboard.keys import read_public_keys
from tarot_bench.leaderboard.rescoring import Rescored, read_corrections
from tarot_bench.leaderboard.scoring import Scoring
from tarot_bench.leaderboard.verdicts import Verdicts
from tarot_bench.metrics.contamination import Contamination
from tarot_bench.metrics.tiers import Metrics
from tarot_bench.problem import Frozen
from tarot_bench.runs.evaluation import EvaluationRun
from tarot_bench.texts import inline


class Entry(Frozen):
    """One benchmark of one submission."""

    bundle: str
    """SHA-256 (hex) of the bundle."""
    file: str
    """Of the bundle, in the folder."""
    model: str
    model_card: str | None
    about: About = About()
    command: str
    created: str
    benchmark: str
    revision: str
    digest: str
    """Of the problems."""
    compat: str | None
    extraction: str
    problems: int
    samples: int
    input_tokens: int
    output_tokens: int
    usd: float | None = None
    verified: bool
    """False where only the submitter states the numbers."""
    metrics: Metrics
    rates: dict[str, float] = Field(default_factory=dict)
    """By problem; empty where the entry is not verified."""
    verdicts: dict[str, Verdicts] = Field(default_factory=dict)
    """By problem; likewise."""
    suspicions: dict[str, int] = Field(default_factory=dict)
    """Numbers of findings by kind."""
    note: str = ""
    """How many samples were graded again."""
    contamination: Contamination | None = None
    """None where the entry is not verified, or nothing is known."""
    rescored: Rescored | None = None
    """Where errata changed tests of the entry; `metrics`, `rates` and `digest` are those after them."""

    @property
    def group(self) -> tuple[str, str, str, str]:
        """Entries with an equal group have comparable numbers."""
        return self.benchmark, self.digest, self.compat or "", self.extraction


@dataclass(frozen=True, slots=True)
class Submission:
    """A bundle of the folder, with what is known about it.

    Attributes:
        path: of the bundle.
        digest: SHA-256 (hex) of the bundle.
        said: the payload of its attestation; where it has none, its own ``bundle.json``.
        attestation: the file and its content; None where nobody verified it yet.
        entries: one for each benchmark; none where the submission is refused.
    """

    path: Path
    digest: str
    said: Verification | Bundle
    attestation: tuple[Path, Attestation] | None
    entries: tuple[Entry, ...]

    @property
    def verification(self) -> Verification | None:
        """What the verifier found."""
        return self.attestation[1].payload if self.attestation else None

    @property
    def refused(self) -> bool:
        """Whether a verifier refused it."""
        return self.verification is not None and not self.verification.verified


@dataclass(frozen=True, slots=True)
class Folder:
    """The contents of a leaderboard's folder.

    Attributes:
        submissions: in the order of their file names.
        keys: the names of the trusted keys by public key (hex).
        remarks: lines for the readers of the site, as that errata are about other data than some entries.
    """

    submissions: tuple[Submission, ...]
    keys: Mapping[str, str] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Of bundles that are verified, or were not verified yet."""
        return tuple(entry for submission in self.submissions for entry in submission.entries)

    @property
    def refused(self) -> dict[str, Verification]:
        """What was found about the bundles that a verifier refused, by file name."""
        found = {submission.path.name: submission.verification for submission in self.submissions if submission.refused}
        return {name: verification for name, verification in found.items() if verification}


def read_folder(folder: Path, cutoff: date | None = None) -> Folder:
    """Read a leaderboard's folder, and apply its errata.

    Args:
        folder: of the leaderboard.
        cutoff: problems published before this day may be in the training data (`Contamination`).

    Raises:
        DataError: no bundles, a bundle that cannot be read or that was changed since it was written, an attestation
            that is not of a trusted key, or errata that are malformed or whose data cannot be loaded.
        RunError: there are attestations, but no keys.
    """
    bundles = sorted((folder / "submissions").glob("*.zip"))
    for path in bundles:
        if not path.is_file():
            raise DataError(f"{inline(str(path))} is no file; remove it, or put the bundle there")
    if not bundles:
        raise DataError(f"{folder} holds no submissions/*.zip; put there what `tarot-bench submit` wrote")
    keys, attested, disputes = _attestations(folder)
    scoring = Scoring(read_corrections(folder), cutoff)
    by_digest, copies = _distinct(bundles)
    submissions = tuple(_submission(path, digest, attested, scoring) for digest, path in by_digest.items())
    return Folder(submissions, keys, (*copies, *disputes, *scoring.remarks()))


def _distinct(bundles: Sequence[Path]) -> tuple[dict[str, Path], list[str]]:
    """The bundles by SHA-256, and a remark about each that is a copy of an earlier one."""
    found: dict[str, Path] = {}
    copies = []
    for path in bundles:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        if found.setdefault(digest, path) is not path:
            copies.append(f"{path.name} is a copy of {found[digest].name}, and is left out")
    return found, copies


def _submission(
    path: Path, digest: str, attested: Mapping[str, tuple[Path, Attestation]], scoring: Scoring
) -> Submission:
    if digest not in attested:
        scoring.unverified(path.name)
        bundle, entries = _stated(path)
        return Submission(path, digest, bundle, None, entries)
    found = attested[digest][1].payload
    entries = tuple(_verified(path, found, scoring)) if found.verified else ()
    return Submission(path, digest, found, attested[digest], entries)


def _attestations(folder: Path) -> tuple[dict[str, str], dict[str, tuple[Path, Attestation]], list[str]]:
    """The trusted keys, the latest attestation of each bundle, and remarks about verifiers that disagree."""
    paths = sorted((folder / "attestations").glob("*.json"))
    if not paths:
        return {}, {}, []
    keys = read_public_keys(folder / "keys")
    read = sorted(((path, open_attestation(path, keys)) for path in paths), key=lambda found: found[1].payload.at)
    latest = {found[1].payload.bundle: found for found in read}
    of_keys = {(found.key, found.payload.bundle): found.payload.verified for _, found in read}
    disputes = [
        f"verifiers disagree about {found.payload.model} (bundle {bundle[:12]}): the latest attestation counts, "
        f"{path.name} of {keys[found.key]}"
        for bundle, (path, found) in latest.items()
        if len({verified for (_, about), verified in of_keys.items() if about == bundle}) > 1
    ]
    return keys, latest, disputes


def _verified(path: Path, found: Verification, scoring: Scoring) -> Iterator[Entry]:
    suspicions = Counter(suspicion.check.value for suspicion in found.suspicions)
    for name, given in found.benchmarks.items():
        attested, rescored, contaminated = scoring.scored(path.name, given)
        yield Entry(
            bundle=found.bundle,
            file=inline(path.name),
            model=found.model,
            model_card=found.model_card,
            about=found.about,
            command=found.command,
            created=found.created,
            benchmark=name,
            revision=attested.revision,
            digest=attested.digest,
            compat=attested.setting.get("compat"),
            extraction=attested.setting.get("extraction", "answer"),
            problems=attested.problems,
            samples=attested.samples,
            input_tokens=attested.input_tokens,
            output_tokens=attested.output_tokens,
            usd=attested.usd,
            verified=True,
            metrics=attested.metrics,
            rates=attested.rates,
            verdicts=attested.verdicts,
            suspicions=suspicions,
            note=str(found.drawn) if found.drawn else f"all {found.regraded} samples graded again",
            contamination=contaminated,
            rescored=rescored,
        )


def _stated(path: Path) -> tuple[Bundle, tuple[Entry, ...]]:
    with TemporaryDirectory() as temporary:
        opened = open_bundle(path, Path(temporary))
        if opened.findings:
            raise DataError(f"{path}: {opened.findings[0]}; remove it, or have it verified")
        try:
            content = EvaluationRun.open(opened.folder).read_summary()
        except RunError as error:
            raise DataError(str(error).replace(str(opened.folder), str(path))) from None
    summaries = content.get("summaries") if isinstance(content, dict) else None
    entries = []
    for summary in summaries if isinstance(summaries, list) else ():
        if not isinstance(summary, dict) or summary.get("benchmark") not in opened.stated.benchmarks:
            raise DataError(f"{path}: summary.json is about another benchmark than bundle.json")
        entries.append(_stated_entry(path, opened.stated, opened.digest, summary))
        for name, rate in entries[-1].metrics.named().items():
            if rate and not 0 <= rate.low <= rate.value <= rate.high <= 1:
                raise DataError(f"{path}: summary.json: {name} is {rate.value:g} with [{rate.low:g}, {rate.high:g}]")
    return opened.stated, tuple(entries)


def _stated_entry(path: Path, bundle: Bundle, digest: str, summary: dict[str, Any]) -> Entry:
    stated = bundle.benchmarks[summary["benchmark"]]
    setting = summary.get("setting") if isinstance(summary.get("setting"), dict) else {}
    try:
        return Entry(
            bundle=digest,
            file=inline(path.name),
            model=bundle.model,
            model_card=bundle.model_card,
            about=bundle.about,
            command=bundle.command,
            created=bundle.created,
            benchmark=summary["benchmark"],
            revision=stated.revision,
            digest=stated.digest,
            compat=(setting or {}).get("compat"),
            extraction=(setting or {}).get("extraction", "answer"),
            problems=stated.problems,
            samples=stated.samples,
            input_tokens=stated.input_tokens,
            output_tokens=stated.output_tokens,
            usd=stated.usd,
            verified=False,
            metrics=summary.get("metrics"),  # type: ignore[arg-type]  # validated here
        )
    except ValidationError as error:
        raise DataError(f"{path}: summary.json: {complaints(error)[:300]}") from None
