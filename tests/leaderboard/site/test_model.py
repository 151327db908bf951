"""The page of a submission: numbers, reproduction, attestation."""

import html
import json
import shutil

import pytest

from tarot_bench.leaderboard.attestation import read_attestation
from tarot_bench.leaderboard.entries import read_folder
from tarot_bench.leaderboard.findings import Check, Finding, Suspicion
from tarot_bench.leaderboard.keys import read_public_keys
from tarot_bench.leaderboard.site.write import write_site
from tests.leaderboard.site.making import Made, entry, folder_of, write_board
from tests.leaderboard.site.reading import Cells
from tests.reporting.report.making import problem

pytest.importorskip("altair", reason="needs the extra report")

CARD = "https://example.org/card"
WRONG = Finding(check=Check.VERDICTS, where="tarot p1 #0", message="PASSED is stated <b>")
ODD = Finding(check=Suspicion.MEMORISED, where="tarot p2 #0", message="compares its input")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The folder of a leaderboard, and by model the folder of its page."""
    folder = tmp_path_factory.mktemp("models") / "board"
    submissions = [
        Made("good", lambda number, _: 4 - number % 2, suspicions=[ODD], submitted={"model_card": CARD}),
        Made("bad", findings=[WRONG]),
        Made("new", verified=False),
    ]
    write_board(folder, [problem(number) for number in range(4)], submissions)
    write_site(read_folder(folder), folder / "site")
    return folder, {page.name.partition("-")[0]: page for page in (folder / "site/models").iterdir()}


def _page(made, model):
    text = (made[1][model] / "index.html").read_text()
    return text, Cells(text)


def test_it_has_rates_with_intervals_and_the_verdicts_of_each_tier(made):
    text, shown = _page(made, "good")
    metrics = read_folder(made[0]).entries[0].metrics
    strict = metrics.strict[1]
    low, high = 100 * strict.low, 100 * strict.high
    assert ["strict", f"50.0 % [{low:.1f}, {high:.1f}]", "4"] in shown.rows
    assert ["edge", "2 (50%)", "2 (50%)"] in shown.rows
    assert '<figure id="tiers-tarot">' in text
    assert "band 1; place 1 of 1" in text


def test_it_says_how_to_make_the_run_again(made):
    text, _ = _page(made, "good")
    opened = next(each for each in read_folder(made[0]).submissions if each.said.model == "good")
    assert f"<pre class=copyable tabindex=0>{html.escape(opened.said.command)}</pre>" in text
    for known in (opened.said.settings_digest, opened.entries[0].revision, opened.digest, opened.path.name):
        assert f"<dd>{known}</dd>" in text
    assert f'href="{CARD}"' in text


def test_its_attestation_is_beside_it_as_it_was_signed(made):
    found = read_attestation(made[1]["good"] / "attestation.json", read_public_keys(made[0] / "keys"))
    text, shown = _page(made, "good")
    assert (found.model, found.verified) == ("good", True)
    assert "attestation.json" in shown.links
    assert "judge.pub (" in text
    assert "all 4 samples" in text
    assert ["memorised", "tarot p2 #0", "compares its input"] in shown.rows


def test_a_refused_submission_has_the_failed_checks_and_no_numbers(made):
    text, shown = _page(made, "bad")
    assert "Refused" in text
    assert ["verdicts", "tarot p1 #0", "PASSED is stated <b>"] in shown.rows
    assert "<figure" not in text
    assert "pass@1" not in text


def test_a_submission_without_attestation_says_so(made):
    text, shown = _page(made, "new")
    assert "Not verified" in text
    assert "Nobody verified this submission yet." in text
    assert not (made[1]["new"] / "attestation.json").exists()
    assert [link for link in shown.links if "attestation" in link] == []


def test_a_changed_attestation_is_never_copied(made, tmp_path):
    folder = shutil.copytree(made[0], tmp_path / "board")
    path = folder / "attestations/0.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"signature": "00"}))
    with pytest.raises(Exception, match="changed after it was signed"):
        read_folder(folder)


@pytest.mark.parametrize("card", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", None])
def test_only_addresses_of_the_web_are_links(card, tmp_path):
    write_site(folder_of(entry("m", [True], model_card=card)), tmp_path)
    links = [link for page in tmp_path.rglob("*.html") for link in Cells(page.read_text()).links]
    assert links
    assert [link for link in links if ":" in link] == []
    write_site(folder_of(entry("m", [True], model_card='https://example.org/"onclick=x')), tmp_path)
    page = next(tmp_path.glob("models/*/index.html"))
    assert 'https://example.org/"onclick=x' in Cells(page.read_text()).links
