"""The parts of a submission's page that say where its numbers come from: command, settings, attestation, bundle."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tarot_bench.leaderboard.attestation import Attestation
from tarot_bench.leaderboard.bundle import Bundle
from tarot_bench.leaderboard.entries import Entry, Folder, Submission
from tarot_bench.leaderboard.findings import Finding
from tarot_bench.leaderboard.site.parts import copyable, link, terms, unfolded
from tarot_bench.pages.page import Markup, paragraph, section, table
from tarot_bench.texts import inline


def reproduction(submission: Submission) -> Markup:
    """The command that made the run, its data and its settings."""
    said = submission.said
    versions = said.versions if isinstance(said, Bundle) else said.submitted_with
    settings: dict[str, Any] = {"samples per problem": said.samples}
    settings |= {key.replace("_", " "): value for key, value in said.sampling.items()}
    settings |= {"settings digest": said.settings_digest, "versions": _listed(versions)}
    note = "The command, as the submitter states it. Read it before you run it."
    data = [terms(_data(entry)) for entry in submission.entries]
    return section("Reproduce", paragraph(note), copyable(said.command), *data, terms(settings), name="reproduce")


def _data(entry: Entry) -> dict[str, object]:
    return {
        "benchmark": entry.benchmark,
        "data revision": entry.revision,
        "digest of the problems": entry.digest,
        "compat": entry.compat,
        "extraction": entry.extraction,
    }


def attestation(folder: Folder, submission: Submission) -> Markup:
    """Who verified what, and what was found."""
    if submission.attestation is None:
        return section("Attestation", paragraph("Nobody verified this submission yet."), name="attestation")
    found = submission.attestation[1].payload
    parts = [
        terms(_signed(folder, submission.attestation[1])),
        *_findings("Failed checks", found.findings),
        *_findings("Suspicions, which a person should look at", found.suspicions),
        paragraph("To check the signature with the leaderboard's public keys:"),
        copyable("tarot-bench leaderboard check attestation.json --keys keys"),
    ]
    return section("Attestation", *parts, name="attestation")


def _signed(folder: Folder, signed: Attestation) -> dict[str, object]:
    found = signed.payload
    everything = f"all {found.regraded} samples" if found.regraded else "nothing; it is refused without that"
    return {
        "signed by": f"{folder.keys.get(signed.key, '')} ({signed.key})",
        "at": found.at,
        "graded again": str(found.drawn) if found.drawn else everything,
        "sandbox": _listed(found.sandbox or {}),
        "verifier's versions": _listed(found.versions),
        "file": link("attestation.json", "attestation.json"),
    }


def _listed(known: Mapping[str, Any]) -> str:
    """A mapping as words."""
    return ", ".join(f"{key} {value}" for key, value in known.items() if value not in (None, "", {}, []))


def _findings(title: str, findings: Sequence[Finding]) -> Iterator[Markup]:
    if findings:
        rows = [[finding.check, inline(finding.where), inline(finding.message)] for finding in findings]
        yield Markup(f"<h3>{title}</h3>\n")
        listed = table(["check", "where", "what"], rows)
        yield listed if len(rows) < 6 else unfolded(f"{len(rows)} lines", listed)


def bundle(submission: Submission) -> Markup:
    """The submitted file."""
    return section("Bundle", terms({"file": inline(submission.path.name), "SHA-256": submission.digest}), name="bundle")
