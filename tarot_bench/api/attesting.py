"""What a verification found, as an attestation states it."""

import platform
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from tarot_bench.leaderboard.attestation import Verification
from tarot_bench.leaderboard.bundle import OpenBundle
from tarot_bench.leaderboard.findings import Check, Finding
from tarot_bench.problem import sha256
from tarot_bench.verdict import Completion


def refuses(found: Sequence[Finding]) -> bool:
    """Whether any finding is more than a suspicion."""
    return any(isinstance(finding.check, Check) for finding in found)


def digest_of_answers(completions: Iterable[Completion]) -> str:
    """SHA-256 (hex) of all texts with their problems and numbers, in any order of the completions."""
    texts = sorted((made.problem_id, made.index, sha256(made.text)) for made in completions)
    return sha256("\n".join(f"{name} {index} {text}" for name, index, text in texts))


def verification_of(opened: OpenBundle, found: Sequence[Finding]) -> Verification:
    """The findings about a bundle, beside what it states; without numbers, which only a re-graded one has."""
    from tarot_bench import __version__

    stated = opened.stated
    return Verification(
        bundle=opened.digest,
        model=stated.model,
        model_card=stated.model_card,
        about=stated.about,
        command=stated.command,
        samples=stated.samples,
        sampling=stated.sampling,
        settings_digest=stated.settings_digest,
        submitted_with=stated.versions,
        created=stated.created,
        verified=not refuses(found),
        findings=tuple(finding for finding in found if isinstance(finding.check, Check)),
        suspicions=tuple(finding for finding in found if not isinstance(finding.check, Check)),
        regraded=0,
        sandbox=None,
        versions={"tarot_bench": __version__, "python": platform.python_version()},
        at=datetime.now(UTC).isoformat(timespec="seconds"),
    )
