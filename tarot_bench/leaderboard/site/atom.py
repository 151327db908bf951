"""The news of a leaderboard for feed readers: what verifiers found, as Atom (RFC 4287).

Only attested submissions are in it: the date of an attestation is signed, the date of a bundle is whatever its
submitter says. Ids and dates are those of the attestations, so that the same folder gives the same bytes.
"""

import re
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from tarot_bench.leaderboard.attestation import Verification
from tarot_bench.leaderboard.entries import Entry, Folder, Submission
from tarot_bench.leaderboard.site.parts import percent, rates_of
from tarot_bench.leaderboard.site.standing import address
from tarot_bench.texts import inline

_SPACE = "http://www.w3.org/2005/Atom"
_IDS = uuid.UUID("6f0c7a52-6a4e-5d0b-9c64-3d2f9b0d7c11")
"""The name space of the ids; it must never change."""
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NEVER = "1970-01-01T00:00:00Z"


def feed_of(folder: Folder) -> str:
    """``feed.xml``: the newest attestation first."""
    found = [(each, each.verification) for each in folder.submissions if each.verification]
    dated = [(_date(verification.at), each, verification) for each, verification in found if verification]
    dated.sort(key=lambda item: (item[0], item[1].digest), reverse=True)
    ET.register_namespace("", _SPACE)
    feed = ET.Element(f"{{{_SPACE}}}feed")
    _add(feed, "title", "tarot-bench leaderboard")
    _add(feed, "id", _id("leaderboard", dated[-1][1].digest if dated else ""))  # of the oldest attestation
    _add(feed, "updated", dated[0][0] if dated else _NEVER)
    _link(feed, "self", "feed.xml")
    _link(feed, "alternate", "index.html")
    for date, submission, verification in dated:
        _entry(feed, date, submission, verification)
    ET.indent(feed)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(feed, encoding="unicode")}\n'


def _entry(feed: ET.Element, date: str, submission: Submission, verification: Verification) -> None:
    entry = ET.SubElement(feed, f"{{{_SPACE}}}entry")
    state = "verified" if verification.verified else "refused"
    _add(entry, "title", f"{verification.model}: {state}")
    _add(entry, "id", _id("submission", submission.digest))
    _add(entry, "updated", date)
    _add(ET.SubElement(entry, f"{{{_SPACE}}}author"), "name", "the leaderboard's verifier")
    _link(entry, "alternate", address(verification.model, submission.digest))
    _add(entry, "summary", "; ".join(_said(verification, submission.entries)))


def _said(verification: Verification, entries: Iterable[Entry]) -> Iterable[str]:
    if not verification.verified:
        checks = ", ".join(dict.fromkeys(finding.check for finding in verification.findings))
        yield f"failed checks: {checks}"
    for entry in entries:
        scope, rate = next(iter(rates_of(entry.metrics).items()), ("", None))
        yield f"{entry.benchmark}, {scope} pass@1 {percent(rate)}" if rate else f"{entry.benchmark}: no rate"
        if entry.rescored:
            yield f"after errata {entry.rescored.change_to(entry.metrics)}"


def _date(text: str) -> str:
    """A date as Atom wants it; an attestation of another program may hold anything."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return _NEVER
    known = found if found.tzinfo else found.replace(tzinfo=UTC)
    return known.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _id(*parts: str) -> str:
    return uuid.uuid5(_IDS, "/".join(parts)).urn


def _add(parent: ET.Element, tag: str, text: str) -> None:
    ET.SubElement(parent, f"{{{_SPACE}}}{tag}").text = _NOT_XML.sub("\ufffd", inline(text))


def _link(parent: ET.Element, rel: str, place: str) -> None:
    ET.SubElement(parent, f"{{{_SPACE}}}link", {"rel": rel, "href": place})
