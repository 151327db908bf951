"""The start page shows verified entries in rank bands, unverified ones apart, refused ones by their checks."""

import json

import pytest

from tarot_bench.leaderboard.entries import Folder, read_folder
from tarot_bench.leaderboard.rescoring import Rescored
from tarot_bench.leaderboard.site.write import write_site
from tarot_bench.leaderboard.verdicts import Verdicts
from tarot_bench.metrics.contamination import Contamination
from tarot_bench.metrics.intervals import Estimate
from tests.leaderboard.site.making import entry, folder_of
from tests.leaderboard.site.reading import Cells

pytest.importorskip("altair", reason="needs the extra report")


def test_the_page_keeps_verified_unverified_and_refused_apart(board, tmp_path):
    page = write_site(read_folder(board), tmp_path / "site").read_text()
    shown = Cells(page)
    text = " ".join(cell for row in shown.rows for cell in row)
    assert shown.headings[0].startswith("tarot, problems ")
    assert shown.headings.index("Not verified") < shown.headings.index("Refused")
    gold = next(row for row in shown.rows if "gold" in row)
    assert gold[0] == "1"
    low = json.loads((board / "runs/gold/summary.json").read_text())["summaries"][0]["metrics"]["strict"]["1"]["low"]
    assert gold[1:3] == ["gold", f"100.0 % [{100 * low:.1f}, 100.0]"]
    assert "all 3 samples graded again" in gold
    refused = next(row for row in shown.rows if "tampered.zip" in row)
    assert "missing-sample" in refused[1]
    assert "mutant:0.5" in text
    assert page.count("<figure id=") == 1


def test_only_entries_on_the_same_problems_by_the_same_rules_are_ranked_together(tmp_path):
    others = [entry("a", [True]), entry("b", [True], digest="e"), entry("c", [True], compat="tarot")]
    write_site(folder_of(*others), tmp_path)
    assert len([h for h in Cells((tmp_path / "index.html").read_text()).headings if h.startswith("b, problems")]) == 3
    entries = json.loads((tmp_path / "leaderboard.json").read_text())["entries"]
    assert {e["worst_rank"] for e in entries} == {1}


def test_what_submitters_write_is_neither_script_nor_control_character(tmp_path):
    hostile = "=cmd()<script>alert(1)</script>\x1b[31m\u202e"
    verdicts = {"0": Verdicts(tests="e", samples=("P",))}
    made = [entry(f"{hostile}{n}", [True], command="<b>", created="<i>", verdicts=verdicts) for n in range(2)]
    write_site(folder_of(*made), tmp_path)
    pages = list(tmp_path.rglob("*.html"))
    assert len(pages) == 4
    for page in pages:
        text = page.read_text()
        assert "<script>alert" not in text
        assert "\x1b" not in text
        assert "\u202e" not in text
        assert "<i>" not in text
        assert hostile[:5] in text


def test_contamination_errata_and_cost_have_columns_where_something_is_known(tmp_path):
    gap = Estimate(value=0.25, low=0.1, high=0.4, n=4, problems=4)
    errata = Rescored(before=entry("x", [True, False]).metrics, retracted=1, corrected=0, unknown=3)
    known = entry("a", [True], usd=1234.5, rescored=errata, contamination=Contamination(original_minus_tiers=gap))
    write_site(folder_of(known, entry("b", [False])), tmp_path)
    head, first, second = Cells((tmp_path / "index.html").read_text()).rows[:3]
    shown, other = dict(zip(head, first, strict=True)), dict(zip(head, second, strict=True))
    assert shown["original minus tiers"] == "+25.0 pp [+10.0, +40.0]"
    assert shown["errata"] == "+50.0 pp 1 test, 3 to re-grade"
    assert shown["USD"] == "1,234.50"
    assert other["errata"] == other["USD"] == ""
    assert not {"before cut-off", "size (B)", "original"} & set(head)


@pytest.mark.slow
def test_two_hundred_submissions_fit_on_a_page(tmp_path):
    many = [entry(f"model-{n}", [(n * k) % 7 > 2 for k in range(1, 41)]) for n in range(200)]
    page = write_site(folder_of(*many), tmp_path)
    assert page.stat().st_size < 2 * 2**20
    assert sum(len(row) > 5 for row in Cells(page.read_text()).rows) >= 201


def test_a_folder_without_entries_is_a_page_of_refusals(board, tmp_path):
    refused = [each for each in read_folder(board).submissions if each.refused]
    shown = Cells(write_site(Folder(tuple(refused)), tmp_path).read_text())
    assert shown.headings[0] == "Refused"
    assert "Not verified" not in shown.headings
