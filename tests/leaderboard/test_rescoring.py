"""Errata of a leaderboard change the rows of the data that they are about, and no others."""

from datetime import date

import pytest

from tarot_bench.dataset import load_problems
from tarot_bench.dataset.errata import DataVersion, Errata, Erratum, apply_errata, test_digest, write_errata
from tarot_bench.dataset.native import write_jsonl
from tarot_bench.errors import DataError
from tarot_bench.leaderboard.attestation import Attested
from tarot_bench.leaderboard.entries import Entry, Folder, read_folder
from tarot_bench.leaderboard.scoring import Scoring
from tarot_bench.leaderboard.verdicts import Verdicts
from tarot_bench.metrics.comparison import rates
from tarot_bench.metrics.tiers import summarise
from tarot_bench.problem import TIERS, Tier, digest_of
from tests.cli.command import tarot
from tests.leaderboard.site.making import Made, write_board
from tests.reporting.report.making import problem

PROBLEMS = [problem(number) for number in range(3)]
FIRST = PROBLEMS[0]
FAILS_EDGE = Made("fails-edge", passes=lambda number, index: 3 if number == 0 else 4)


@pytest.fixture
def board(tmp_path):
    """A model that passes all, one that fails the edge test of the first problem, and one that nobody verified."""
    made = [Made("all"), FAILS_EDGE, Made("stated", verified=False)]
    folder = write_board(tmp_path / "board", PROBLEMS, made)
    write_jsonl(PROBLEMS, folder / "problems.jsonl")
    return folder


def errata(board, *found: dict, **data):
    loaded = load_problems(board / "problems.jsonl")
    version = {"source": "problems.jsonl", "revision": loaded.revision, "digest": loaded.digest} | data
    known = {"problem": FIRST.id, "reason": "wrong", "date": date(2026, 11, 29)}
    made = tuple(Erratum(**(known | each)) for each in found)
    write_errata(Errata(data=DataVersion(**version), errata=made), board / "errata.yaml")
    return made


def row(folder: Folder, model: str) -> Entry:
    return next(entry for entry in folder.entries if entry.model == model)


EDGE = test_digest(FIRST.at(Tier.EDGE)[0])


def test_a_retracted_test_is_in_no_number_of_any_row(board):
    made = errata(board, {"action": "retract", "tier": "edge"})
    folder = read_folder(board)
    after = row(folder, "fails-edge")
    assert (after.rescored.retracted, after.rescored.corrected, after.rescored.unknown) == (1, 0, 0)
    assert after.rescored.before.strict[1].value == pytest.approx(2 / 3)
    assert (after.metrics.strict[1].value, after.metrics.counts.tests) == (1.0, 11)
    assert set(after.rates.values()) == {1.0}
    assert after.digest == digest_of(list(apply_errata(PROBLEMS, made).problems)) == row(folder, "all").digest
    assert row(folder, "stated").digest == digest_of(PROBLEMS)


def test_a_retracted_problem_leaves_every_row(board):
    errata(board, {"action": "retract"})
    after = row(read_folder(board), "fails-edge")
    assert (after.problems, after.samples, after.rescored.retracted) == (2, 2, 4)
    assert FIRST.id not in after.rates


def test_a_correction_fails_what_passed_and_asks_for_grading_where_the_verdict_does_not_tell(board):
    errata(board, {"action": "correct", "test": EDGE, "output": "7\n"})
    folder = read_folder(board)
    passed, failed = row(folder, "all"), row(folder, "fails-edge")
    assert (passed.metrics.strict[1].value, passed.rescored.unknown) == (pytest.approx(2 / 3), 0)
    assert (failed.rescored.corrected, failed.rescored.unknown, failed.metrics.counts.ungraded) == (1, 1, 1)
    assert failed.metrics.strict[1].problems == 2
    assert FIRST.id not in failed.rates


def test_a_moved_test_changes_its_tiers_and_not_the_strict_rate(board):
    errata(board, {"action": "retier", "test": EDGE, "to": "basic"})
    after = row(read_folder(board), "fails-edge")
    assert after.metrics.strict == after.rescored.before.strict
    assert after.metrics.tier_rates[Tier.EDGE] == 1.0
    assert after.metrics.tier_rates[Tier.BASIC] == pytest.approx(2 / 3)


def test_errata_about_other_data_leave_every_row_and_say_so(board):
    write_jsonl(PROBLEMS[:2], board / "problems.jsonl")
    errata(board, {"action": "retract"})
    folder = read_folder(board)
    assert [entry.rescored for entry in folder.entries] == [None] * 3
    other, unverified = sorted(folder.remarks, key=len, reverse=True)
    assert other.startswith("errata.yaml is not applied to 2 of the entries (all-")
    assert "graded on other data than revision sha256:" in other
    assert unverified.startswith("errata.yaml is not applied to 1 of the entries (stated-")


def test_errata_whose_own_data_are_missing_or_changed_are_refused(board):
    errata(board, {"action": "retract"}, digest="0" * 16, revision="sha256:" + "0" * 64)
    with pytest.raises(DataError, match="errata are about revision sha256:0000"):
        read_folder(board)
    (board / "problems.jsonl").unlink()
    with pytest.raises(DataError, match=r"no such file or folder: problems\.jsonl"):
        read_folder(board)


def test_rows_that_were_graded_after_the_errata_stay_and_stand_beside_those_that_are_re_scored(board, tmp_path):
    made = errata(board, {"action": "retract", "tier": "edge"})
    later = write_board(tmp_path / "later", list(apply_errata(PROBLEMS, made).problems), [Made("later")])
    for kind in ("submissions", "attestations", "keys"):
        for file in (later / kind).iterdir():
            file.rename(board / kind / f"later-{file.name}")
    folder = read_folder(board)
    assert row(folder, "later").rescored is None
    assert row(folder, "later").group == row(folder, "all").group
    assert [remark.endswith("nobody verified it") for remark in folder.remarks] == [True]


def test_build_prints_the_change_of_every_row(board):
    errata(board, {"action": "retract", "tier": "edge"})
    said = tarot("leaderboard", "build", "board", "-o", "site", cwd=board.parent)
    assert said.returncode == 0, said.stderr
    lines = [line for line in said.stdout.splitlines() if line.startswith("errata: fails-edge")]
    assert [line.partition("tarot: ")[2] for line in lines] == ["66.7 % -> 100.0 %; tests retracted: 1, corrected: 0"]


def test_withheld_samples_have_not_passed_in_ranks_and_take_no_problem_from_others():
    rows = {"a": Verdicts(tests="be", samples=("PP", "UU")), "b": Verdicts(tests="be", samples=("UU", "UU"))}
    given = attested_of(rows)
    ranked, _, _ = Scoring(None, None).scored("x.zip", given)
    assert given.rates == {"a": 1.0}
    assert ranked.rates == {"a": 0.5, "b": 0.0}


def attested_of(verdicts: dict[str, Verdicts]) -> Attested:
    matrices = [known.matrix(name) for name, known in verdicts.items()]
    return Attested(
        data="d", revision="r", digest="d", problems=len(verdicts), samples=4, setting={}, metrics=summarise(matrices),
        rates=rates(matrices, (*TIERS, None)), input_tokens=0, output_tokens=0, verdicts=verdicts,
    )  # fmt: skip
