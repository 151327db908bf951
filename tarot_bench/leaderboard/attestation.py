"""Attestations: what a verifier found about one bundle, signed with its key (Ed25519, RFC 8032)."""

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from tarot_bench.atomic import make_folder, write_atomically
from tarot_bench.config import complaints
from tarot_bench.errors import DataError, RunError
from tarot_bench.leaderboard.bundle import About
from tarot_bench.leaderboard.findings import Finding
from tarot_bench.leaderboard.keys import Signer, is_signed
from tarot_bench.leaderboard.regraded import Drawn
from tarot_bench.leaderboard.verdicts import Verdicts
from tarot_bench.metrics.tiers import Metrics
from tarot_bench.problem import Frozen
from tarot_bench.reading import parse_json

FORMAT: Literal["tarot-bench-attestation"] = "tarot-bench-attestation"
VERSION: Literal[1] = 1
_MOST_BYTES = 64 * 2**20
_MOST_FINDINGS = 20
"""Of one check; the others are counted."""


class Attested(Frozen):
    """The verified numbers of one benchmark."""

    data: str
    """The verifier's source of the problems; of a file, its name without the folders."""
    revision: str
    digest: str
    problems: int
    samples: int
    setting: dict[str, Any]
    """As in ``summary.json``, of the verifier's run, without its command."""
    metrics: Metrics
    rates: dict[str, float]
    """By problem, the share of its graded samples that pass every test."""
    input_tokens: int
    output_tokens: int
    verdicts: dict[str, Verdicts] = Field(default_factory=dict)
    """By problem, those that the metrics are of; empty in attestations that do not have them yet."""
    answers: str | None = None
    """SHA-256 (hex) of the texts of all samples: equal for copies of one run under other names."""
    usd: float | None = None
    """What the answers cost, by the tokens and the prices that the run states; None where it has no prices."""


class Verification(Frozen):
    """What a verification of a bundle found; the payload of an attestation."""

    bundle: str
    """SHA-256 (hex) of the zip file."""
    model: str
    model_card: str | None
    about: About = About()
    """What the submitter says; not verified."""
    command: str
    samples: int
    """Completions per problem."""
    sampling: dict[str, Any]
    settings_digest: str
    submitted_with: dict[str, str]
    """Versions, as the bundle states them."""
    created: str
    """When the run was made, as the bundle states it."""
    verified: bool
    """Whether no check has a finding."""
    findings: tuple[Finding, ...] = ()
    suspicions: tuple[Finding, ...] = ()
    drawn: Drawn | None = None
    """None where every sample was re-graded, or the submission is refused."""
    regraded: int
    """Samples that were graded by the verifier."""
    sandbox: dict[str, Any] | None
    """Where they were graded; None where none were."""
    versions: dict[str, str]
    """The verifier's."""
    at: str
    """When the verification ended, UTC."""
    benchmarks: dict[str, Attested] = Field(default_factory=dict)
    """Empty where the submission is refused."""


class Attestation(Frozen):
    """A verification with its signature."""

    format: Literal["tarot-bench-attestation"] = FORMAT
    version: Literal[1] = VERSION
    key: str
    """The public key, hex."""
    signature: str
    """Hex; of the payload's canonical JSON after a line with format and version."""
    payload: Verification


def capped(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """At most 20 findings of each check, in order; a last one counts the others. Holds no more of them in memory."""
    kept, seen = [], Counter[str]()
    for finding in findings:
        seen[finding.check] += 1
        if seen[finding.check] <= _MOST_FINDINGS:
            kept.append(finding)
    more = {finding.check: finding for finding in kept if seen[finding.check] > _MOST_FINDINGS}
    for check in more:
        message = f"{seen[check] - _MOST_FINDINGS} more findings of this check"
        kept.append(Finding(check=check, where="…", message=message))
    return tuple(kept)


def write_attestation(verification: Verification, signer: Signer, path: Path) -> None:
    """Sign a verification and write it as JSON; the folder is created where it is missing.

    Raises:
        RunError: the file cannot be written.
    """
    payload = verification.model_dump(mode="json")
    signature = signer.sign(_signed(payload))
    content = {"format": FORMAT, "version": VERSION, "key": signer.public, "signature": signature, "payload": payload}
    try:
        make_folder(path.parent)
    except OSError as error:
        raise RunError(f"cannot create {path.parent}: {error.strerror}") from None
    write_atomically(path, json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def read_attestation(path: Path, known: Iterable[str]) -> Verification:
    """What an attestation says; see `open_attestation`."""
    return open_attestation(path, known).payload


def open_attestation(path: Path, known: Iterable[str]) -> Attestation:
    """Read an attestation and check its signature.

    Args:
        path: the JSON file.
        known: public keys (hex) of the verifiers to trust.

    Raises:
        DataError: no attestation, one of a newer format, signed by an unknown key, or changed since it was signed.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise DataError(f"{path} has more than {_MOST_BYTES >> 20} MiB; no attestation does")
        content = parse_json(path.read_bytes())
        if not isinstance(content, dict) or content.get("format") != FORMAT:
            raise DataError(f"{path} is no attestation of `tarot-bench verify`")
        if isinstance(content.get("version"), int) and content["version"] > VERSION:
            raise DataError(f"{path} is of version {content['version']}, newer than {VERSION}; upgrade tarot-bench")
        read = Attestation.model_validate(content)
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror}") from None
    except ValidationError as error:
        raise DataError(f"{path}: {complaints(error)[:500]}") from None
    except ValueError as error:
        raise DataError(f"{path} is no attestation: {error}") from None
    if read.key not in set(known):
        raise DataError(
            f"{path} is signed by an unknown key, {read.key[:16]}…; add its .pub file if you trust it, else remove "
            "the attestation"
        )
    if not is_signed(_signed(content["payload"]), read.signature, read.key):
        raise DataError(f"{path}: the signature does not fit, so that it was changed after it was signed")
    return read


def _signed(payload: dict[str, Any]) -> bytes:
    canonical = json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return f"{FORMAT} {VERSION}\n{canonical}".encode()
