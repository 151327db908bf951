"""The feeds have the numbers of the page, and no cell that a spreadsheet runs."""

import csv
import io
import json
from datetime import date

from tarot_bench.leaderboard.bundle import About
from tarot_bench.leaderboard.entries import read_folder
from tarot_bench.leaderboard.rescoring import Rescored
from tarot_bench.leaderboard.site.feeds import csv_of, json_of
from tarot_bench.leaderboard.site.standing import groups_of
from tarot_bench.metrics.contamination import Contamination
from tarot_bench.metrics.intervals import Estimate
from tests.leaderboard.site.making import entry, folder_of


def test_verified_entries_are_ranked_and_others_have_no_rank(board):
    groups = groups_of(read_folder(board))
    entries = json.loads(json_of(groups))["entries"]
    assert [(e["model"], e["verified"], e["rate"], e["strict"]) for e in entries] == [
        ("gold", True, 1.0, 1.0),
        ("mutant:1.0", True, 0.0, 0.0),
        ("mutant:0.5", False, None, entries[2]["strict"]),
    ]
    assert entries[0]["band"] == 1
    assert entries[2]["band"] is None
    rows = list(csv.DictReader(io.StringIO(csv_of(groups))))
    assert [row["bundle"] for row in rows] == [entry["bundle"] for entry in entries]
    assert float(rows[0]["edge_low"]) == entries[0]["edge_low"]


def test_entries_that_cannot_be_told_apart_share_a_band():
    best = [number % 10 != 0 for number in range(200)]
    equal = [number % 10 != 1 for number in range(200)]
    worst = [number % 10 == 0 for number in range(200)]
    groups = groups_of(folder_of(entry("w", worst), entry("a", best), entry("b", equal)))
    entries = json.loads(json_of(groups))["entries"]
    assert [(e["model"], e["band"], e["best_rank"], e["worst_rank"]) for e in entries] == [
        ("a", 1, 1, 2),
        ("b", 1, 1, 2),
        ("w", 2, 3, 3),
    ]


def test_what_is_known_beside_the_rates_is_in_the_feeds():
    gap = Estimate(value=0.25, low=0.1, high=0.4, n=4, problems=4)
    errata = Rescored(before=entry("x", [True, False]).metrics, retracted=1, corrected=2, unknown=3)
    known = entry(
        "a", [True], usd=1.5, about=About(parameters_b=7, open_weights=True), rescored=errata,
        contamination=Contamination(original_minus_tiers=gap, cutoff=date(2026, 1, 31)),
    )  # fmt: skip
    groups = groups_of(folder_of(known, entry("b", [False])))
    first, second = json.loads(json_of(groups))["entries"]
    assert (first["usd"], first["parameters_b"], first["open_weights"], first["reasoning"]) == (1.5, 7, True, None)
    assert (first["original_minus_tiers"], first["original_minus_tiers_low"], first["cutoff"]) == (
        0.25,
        0.1,
        "2026-01-31",
    )
    assert (first["strict_before_errata"], first["retracted_tests"], first["samples_to_grade_again"]) == (0.5, 1, 3)
    assert (first["best_weighted_rank"], second["worst_weighted_rank"]) == (1, 2)
    rows = list(csv.DictReader(io.StringIO(csv_of(groups))))
    assert [row["corrected_tests"] for row in rows] == ["2", ""]


def test_no_cell_is_a_formula():
    groups = groups_of(folder_of(entry("=cmd()", [True], command="+1", model_card="@x")))
    cells = [cell for row in csv.reader(io.StringIO(csv_of(groups))) for cell in row]
    assert "'=cmd()" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@"))]
