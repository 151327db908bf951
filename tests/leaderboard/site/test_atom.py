"""The feed: valid XML with any text, stable ids and dates, only what verifiers signed."""

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarot_bench.leaderboard.attestation import Attestation, Verification
from tarot_bench.leaderboard.entries import Folder
from tarot_bench.leaderboard.findings import Check, Finding
from tarot_bench.leaderboard.site.atom import feed_of
from tests.leaderboard.site.making import entry, folder_of

ATOM = {"a": "http://www.w3.org/2005/Atom"}


def attested(model: str, at: str = "2026-11-02T10:00:00+00:00", findings=()) -> Folder:
    """A leaderboard of one submission with an attestation whose signature nobody checks here."""
    (made,) = folder_of(entry(model, [True, False])).submissions
    found = Verification(
        **made.said.model_dump(include={"model", "model_card", "command", "created", "samples", "settings_digest"}),
        bundle=made.digest, sampling={}, submitted_with={}, verified=not findings, findings=tuple(findings),
        regraded=2, sandbox=None, versions={}, at=at,
    )  # fmt: skip
    signed = Attestation(key="00", signature="00", payload=found)
    return Folder(
        (replace(made, attestation=(made.path, signed), said=found, entries=() if findings else made.entries),)
    )


def read(folder: Folder) -> ET.Element:
    return ET.fromstring(feed_of(folder).encode())


def texts(feed: ET.Element, path: str) -> list[str | None]:
    return [found.text for found in feed.findall(path, ATOM)]


@given(st.text(st.characters(exclude_categories=[])))
def test_any_name_gives_well_formed_xml(name):
    (title,) = texts(read(attested(name)), "a:entry/a:title")
    assert title.endswith(": verified")


def test_an_entry_says_what_was_found_and_where_to_read_more():
    feed = read(attested("lab/a <b>"))
    assert texts(feed, "a:entry/a:title") == ["lab/a <b>: verified"]
    assert texts(feed, "a:entry/a:updated") == ["2026-11-02T10:00:00Z"]
    assert texts(feed, "a:updated") == ["2026-11-02T10:00:00Z"]
    (summary,) = texts(feed, "a:entry/a:summary")
    assert summary.startswith("b, strict pass@1 50.0 % [")
    assert feed.find("a:entry/a:link", ATOM).get("href").startswith("models/lab-a-b-")
    (refused,) = texts(read(attested("x", findings=[Finding(check=Check.ATTACK, where="", message="")])),
                       "a:entry/a:summary")  # fmt: skip
    assert refused == "failed checks: attack"


def test_ids_stay_when_submissions_are_added_and_the_newest_is_first():
    old, new = attested("a"), attested("b", "2026-11-03T10:00:00+02:00")
    both = read(Folder(old.submissions + new.submissions))
    assert texts(both, "a:entry/a:title") == ["b: verified", "a: verified"]
    assert texts(both, "a:updated") == ["2026-11-03T08:00:00Z"]
    assert texts(both, "a:id") == texts(read(old), "a:id")
    assert texts(both, "a:entry/a:id") == texts(read(new), "a:entry/a:id") + texts(read(old), "a:entry/a:id")


@pytest.mark.parametrize("at", ["yesterday", "", "2026-13-99"])
def test_a_date_that_is_none_is_the_oldest(at):
    assert texts(read(attested("a", at)), "a:entry/a:updated") == ["1970-01-01T00:00:00Z"]


def test_what_nobody_verified_is_no_news():
    feed = read(folder_of(entry("a", [True])))
    assert feed.findall("a:entry", ATOM) == []
    assert texts(feed, "a:updated") == ["1970-01-01T00:00:00Z"]
