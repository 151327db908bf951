"""The folder of a leaderboard: what is read, which attestation counts, and what cannot be used."""

import json
import shutil

import pytest

import tarot_bench as tb
from tarot_bench.api.leaderboard import submit
from tarot_bench.api.verifying import verify
from tarot_bench.errors import DataError, RunError
from tarot_bench.leaderboard.attestation import Verification, write_attestation
from tarot_bench.leaderboard.bundle import is_web_address
from tarot_bench.leaderboard.entries import read_folder
from tarot_bench.leaderboard.keys import generate_key, read_signer
from tests.leaderboard.tampering import Edited

BROKEN = {
    "no submissions": (lambda b: shutil.rmtree(b / "submissions"), DataError, "holds no submissions"),
    "no keys": (lambda b: (b / "keys/one.pub").unlink(), RunError, "holds no public key"),
    "another key": (
        lambda b: ((b / "keys/one.pub").unlink(), generate_key(b / "keys/two")), DataError, "signed by an unknown key",
    ),
    "a changed attestation": (
        lambda b: (b / "attestations/gold.json").write_text(
            (b / "attestations/gold.json").read_text().replace('"gold"', '"best"')),
        DataError, "changed after it was signed",
    ),
    "a folder as bundle": (lambda b: (b / "submissions/x.zip").mkdir(), DataError, "x.zip is no file; remove it"),
    "a link to nothing": (
        lambda b: (b / "submissions/x.zip").symlink_to("gone"), DataError, "x.zip is no file; remove it",
    ),
    "errata that are a link to nothing": (
        lambda b: (b / "errata.yaml").symlink_to("gone"), DataError, "cannot read .*errata.yaml",
    ),
    "a bundle that is none": (lambda b: (b / "submissions/x.zip").write_text("x"), DataError, "x.zip is truncated"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_folder_that_cannot_be_used_is_one_line(name, board, tmp_path):
    copied = shutil.copytree(board, tmp_path / "board")
    change, error, words = BROKEN[name]
    change(copied)
    with pytest.raises(error, match=words) as caught:
        read_folder(copied)
    assert "\n" not in str(caught.value)


def test_a_bundle_that_is_not_its_own_list_of_files_is_not_shown(board, tmp_path):
    edited = Edited(next(board.glob("submissions/mutant-0*.zip")), tmp_path / "e")
    edited.json("summary.json", lambda content: content["summaries"][0].update(model="best"))
    (tmp_path / "submissions").mkdir()
    shutil.copy(edited.sealed(checksums=False), tmp_path / "submissions/x.zip")
    with pytest.raises(DataError, match=r"x\.zip: integrity: summary\.json"):
        read_folder(tmp_path)


def test_the_latest_attestation_counts(board, tmp_path):
    copied = shutil.copytree(board, tmp_path / "board")
    path = copied / "attestations/gold.json"
    payload = Verification.model_validate(json.loads(path.read_text())["payload"])
    later = payload.model_copy(update={"verified": False, "benchmarks": {}, "at": "2099-01-01T00:00:00+00:00"})
    write_attestation(later, read_signer(copied / "keys/one"), copied / "attestations/a.json")
    assert "gold" in {found.model for found in read_folder(copied).refused.values()}


def test_a_copy_of_a_bundle_under_another_name_is_left_out_and_named(board, tmp_path):
    copied = shutil.copytree(board, tmp_path / "board")
    (gold,) = copied.glob("submissions/gold-*.zip")
    shutil.copy(gold, copied / "submissions/mine.zip")
    folder = read_folder(copied)
    assert "mine.zip" not in {entry.file for entry in folder.entries}
    assert f"mine.zip is a copy of {gold.name}, and is left out" in folder.remarks


def test_the_same_answers_under_another_name_are_remarked(tmp_path):
    tb.evaluate("gold", tmp_path / "run", limit=1)
    (tmp_path / "board").mkdir()
    made = submit(tmp_path / "run", tmp_path / "board/submissions")
    edited = Edited(made, tmp_path / "edited")
    edited.settings(lambda settings: settings.update(model="mine"))
    edited.lines("completions", lambda lines: [line.update(model="mine") for line in lines])
    edited.json("summary.json", lambda content: content["summaries"][0].update(model="mine"))
    edited.recompute()
    shutil.copy(edited.sealed(), tmp_path / "board/submissions/mine.zip")
    generate_key(tmp_path / "board/keys/one")
    for bundle in (tmp_path / "board/submissions").iterdir():
        attestation = tmp_path / f"board/attestations/{bundle.stem}.json"
        write_attestation(verify(bundle), read_signer(tmp_path / "board/keys/one"), attestation)
    folder = read_folder(tmp_path / "board")
    assert [entry.model for entry in folder.entries] == ["gold", "mine"]
    assert folder.remarks == (
        f"the answers of {made.name}, mine.zip are the same texts: one model under several names, or copies",
    )


def test_verifiers_that_disagree_are_named(board, tmp_path):
    copied = shutil.copytree(board, tmp_path / "board")
    generate_key(copied / "keys/two")
    payload = Verification.model_validate(json.loads((copied / "attestations/gold.json").read_text())["payload"])
    later = payload.model_copy(update={"verified": False, "benchmarks": {}, "at": "2099-01-01T00:00:00+00:00"})
    write_attestation(later, read_signer(copied / "keys/two"), copied / "attestations/b.json")
    (remark,) = read_folder(copied).remarks
    assert remark.startswith("verifiers disagree about gold (bundle ")
    assert remark.endswith("the latest attestation counts, b.json of two.pub")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 17.0, -0.5])
def test_stated_rates_that_are_none_are_refused(value, board, tmp_path):
    edited = Edited(next(board.glob("submissions/mutant-0*.zip")), tmp_path / "e")
    change = {"value": value, "high": max(value, 1.0)}
    edited.json("summary.json", lambda content: content["summaries"][0]["metrics"]["strict"]["1"].update(change))
    (tmp_path / "submissions").mkdir()
    shutil.copy(edited.sealed(), tmp_path / "submissions/x.zip")
    with pytest.raises(DataError, match=r"x\.zip: summary\.json: ") as caught:
        read_folder(tmp_path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("counts", [{"PASSED": 1, "WRONG_ANSWER": -1}, {"PASSED": 10**400}])
def test_stated_counts_that_are_none_are_refused(counts, board, tmp_path):
    edited = Edited(next(board.glob("submissions/mutant-0*.zip")), tmp_path / "e")
    edited.json(
        "summary.json",
        lambda content: content["summaries"][0]["metrics"]["tiers"]["basic"].update(verdicts=counts),
    )
    (tmp_path / "submissions").mkdir()
    shutil.copy(edited.sealed(), tmp_path / "submissions/x.zip")
    with pytest.raises(DataError, match=r"x\.zip: summary\.json: ") as caught:
        read_folder(tmp_path)
    assert len(str(caught.value)) < 1000


def test_a_summary_that_cannot_be_read_names_its_bundle(board, tmp_path):
    edited = Edited(next(board.glob("submissions/mutant-0*.zip")), tmp_path / "e")
    (edited.folder / "summary.json").write_text("{")
    (tmp_path / "submissions").mkdir()
    shutil.copy(edited.sealed(), tmp_path / "submissions/x.zip")
    with pytest.raises(DataError, match=r"submissions/x\.zip/summary\.json"):
        read_folder(tmp_path)


def test_names_of_files_are_shown_on_one_line_without_control_characters(board, tmp_path):
    copied = shutil.copytree(board, tmp_path / "board")
    (gold,) = copied.glob("submissions/gold-*.zip")
    gold.rename(gold.with_name("\x1b[31m\nx.zip"))
    assert "\\x1b[31m\\nx.zip" in {entry.file for entry in read_folder(copied).entries}


@pytest.mark.parametrize("address", ["javascript:x", "http://[", "https://", "https://a.b/\u202e", "//a.b"])
def test_only_addresses_of_the_web_are_links(address):
    assert not is_web_address(address)
    assert is_web_address("https://example.org/a?b=c")
