"""The journal of replies: what is in it stays, and is not counted twice."""

import sqlite3

import pytest

from tarot_bench.errors import RunError
from tarot_bench.generation.author.journal import RawReply, ReplyJournal, RequestBatch


def reply(key: str, text: str = "said") -> RawReply:
    return RawReply(key, "batch", text.encode())


def test_the_first_reply_to_a_request_stands(tmp_path):
    with ReplyJournal(tmp_path / "a" / "replies.sqlite") as journal:
        assert journal.add("g", [reply("k", "first")]) == 1
        assert journal.add("g", [reply("k", "second"), reply("other")]) == 1
        assert journal.get("k") == reply("k", "first")
        assert journal.answered("g") == {"k", "other"}
        assert journal.answered("h") == set()
        journal.forget(["k"])
        assert journal.get("k") is None


def test_a_run_keeps_its_name_and_its_day(tmp_path):
    with ReplyJournal(tmp_path / "replies.sqlite") as journal:
        name, day = journal.run_id, journal.day
    with ReplyJournal(tmp_path / "replies.sqlite") as journal:
        assert (journal.run_id, journal.day) == (name, day)
    with ReplyJournal(tmp_path / "others.sqlite") as journal:
        assert journal.run_id != name


def test_a_batch_is_open_until_all_its_rows_are_stored(tmp_path):
    batch = RequestBatch("label", ("a", "b"), 1.0, None)
    with ReplyJournal(tmp_path / "replies.sqlite") as journal:
        journal.plan("g", batch)
        assert journal.open_batches("g") == [batch]
        journal.submitted("label", "batch_7")
        assert journal.known_batches() == {"batch_7"}
        (named,) = journal.open_batches("g")
        assert journal.collected("g", named, [reply("b"), reply("b", "again"), reply("x"), reply("a")]) == 1
        assert journal.open_batches("g") == []
        assert journal.counts() == {"replies": 2, "batches": 1, "repeated_rows": 1, "unasked_rows": 1}
        assert journal.get("b") == reply("b")


def test_what_fails_half_way_leaves_nothing(tmp_path):
    batch = RequestBatch("label", ("a",), 1.0, "batch_7")
    with ReplyJournal(tmp_path / "replies.sqlite") as journal:
        journal.plan("g", batch)
        with pytest.raises(RunError, match=r"cannot write .*--resume"):
            journal.collected("g", batch, [reply("a"), RawReply("a", "batch", object())])
        assert journal.get("a") is None
        assert len(journal.open_batches("g")) == 1


def test_a_file_that_is_no_journal_is_one_line(tmp_path):
    (tmp_path / "replies.sqlite").write_text("something else entirely " * 100)
    with pytest.raises(RunError, match="cannot open"):
        ReplyJournal(tmp_path / "replies.sqlite")


def test_the_journal_survives_a_kill_in_wal_mode(tmp_path):
    with ReplyJournal(tmp_path / "replies.sqlite"):
        modes = sqlite3.connect(tmp_path / "replies.sqlite").execute("PRAGMA journal_mode").fetchone()
    assert modes == ("wal",)


def test_a_run_with_nothing_to_share_waits_for_nobody(tmp_path):
    with ReplyJournal(tmp_path / "own.sqlite", tmp_path / "shared.sqlite") as journal:
        other = sqlite3.connect(tmp_path / "shared.sqlite", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        journal.share("a", [])
        journal.share("a", iter(()))
        other.execute("ROLLBACK")
        other.close()


def test_replies_are_made_before_the_shared_journal_is_locked(tmp_path):
    with ReplyJournal(tmp_path / "own.sqlite", tmp_path / "shared.sqlite") as journal:

        def replies():
            for number in range(600):
                other = sqlite3.connect(tmp_path / "shared.sqlite", isolation_level=None, timeout=0)
                other.execute("BEGIN IMMEDIATE")
                other.execute("ROLLBACK")
                other.close()
                yield reply(f"k{number}")

        journal.share("a", replies())
        other = sqlite3.connect(tmp_path / "shared.sqlite")
        assert other.execute("SELECT COUNT(*) FROM replies").fetchone() == (600,)
        other.close()
