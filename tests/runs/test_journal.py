"""Journals survive kills, and reading one changes nothing."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarot_bench.errors import RunError
from tarot_bench.runs import JournalReader, JournalWriter
from tarot_bench.verdict import Completion
from tests.runs.made import completion


@given(texts=st.lists(st.text(), max_size=6))
def test_a_journal_gives_back_what_was_appended(tmp_path_factory, texts):
    path = tmp_path_factory.mktemp("journal") / "completions.jsonl"
    records = [completion(number, text) for number, text in enumerate(texts)]
    with JournalWriter(path, Completion) as journal:
        for record in records:
            journal.append(record)
        assert list(journal) == records


@given(cut=st.integers(min_value=0, max_value=400))
def test_a_journal_cut_anywhere_loses_at_most_the_record_that_was_cut(tmp_path_factory, cut):
    path = tmp_path_factory.mktemp("journal") / "completions.jsonl"
    records = [completion(number, "é" * number) for number in range(3)]
    with JournalWriter(path, Completion) as journal:
        for record in records:
            journal.append(record)
    whole = path.read_bytes()
    path.write_bytes(whole[:cut])
    complete = whole[:cut].count(b"\n")
    with JournalWriter(path, Completion) as journal:
        assert list(journal) == records[:complete]
        journal.append(completion(9))
        assert list(journal) == [*records[:complete], completion(9)]


def test_a_torn_line_longer_than_a_block_is_cut_off_whole(tmp_path):
    path = tmp_path / "completions.jsonl"
    with JournalWriter(path, Completion) as journal:
        journal.append(completion(0))
    with path.open("ab") as file:
        file.write(b"x" * 200_000)
    with JournalWriter(path, Completion) as journal:
        assert list(journal) == [completion(0)]


def test_a_broken_line_in_the_middle_is_named_by_file_and_line(tmp_path):
    path = tmp_path / "completions.jsonl"
    with JournalWriter(path, Completion) as journal:
        journal.append(completion(0))
        with path.open("ab") as file:
            file.write(b'{"problem_id": 3}\n')
        journal.append(completion(1))
        with pytest.raises(RunError, match=r"completions.jsonl:2 is not a Completion"):
            list(journal)


def test_lone_surrogates_of_a_server_can_be_written_and_read(tmp_path):
    with JournalWriter(tmp_path / "c.jsonl", Completion) as journal:
        journal.append(completion(0, "a\ud83db \ud83d\ude00"))
        assert [record.text for record in journal] == ["a\ufffdb 😀"]


def test_a_full_disk_is_one_line_and_leaves_no_torn_record(tmp_path):
    """A file-size limit stands in for the disk: the kernel refuses the write in the same way."""
    script = """
import resource, sys
from pathlib import Path
from tarot_bench.errors import RunError
from tarot_bench.runs import JournalWriter
from tarot_bench.verdict import Completion
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
with JournalWriter(Path(sys.argv[1]), Completion) as journal:
    try:
        for index in range(1000):
            journal.append(Completion(problem_id="p", index=index, model="m", text="x" * 300))
    except RunError as error:
        print(index, error)
"""
    path = tmp_path / "completions.jsonl"
    said = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True)
    count, _, message = said.stdout.partition(" ")
    assert "--resume" in message
    assert said.stdout.count("\n") == 1
    with JournalWriter(path, Completion) as journal:
        assert len(list(journal)) == int(count) > 10


def test_a_killed_writer_leaves_a_journal_that_opens(tmp_path):
    script = """
import sys
from pathlib import Path
from tarot_bench.runs import JournalWriter
from tarot_bench.verdict import Completion
journal = JournalWriter(Path(sys.argv[1]), Completion)
for index in range(10**9):
    journal.append(Completion(problem_id="p", index=index, model="m", text="x" * 5000))
"""
    path = tmp_path / "completions.jsonl"
    writer = subprocess.Popen([sys.executable, "-c", script, str(path)])
    while not path.exists() or path.stat().st_size < 200_000:
        time.sleep(0.01)
    os.kill(writer.pid, signal.SIGKILL)
    writer.wait()
    with JournalWriter(path, Completion) as journal:
        indices = [record.index for record in journal]
    assert indices == list(range(len(indices)))
    assert len(indices) >= 30


@pytest.mark.parametrize("text", ["a\u2028b", "a\u2029b", "a\x85b", "a\r\nb", "a\x0b\x0c\x1c\x1d\x1eb"])
def test_only_a_line_feed_ends_a_record(text, tmp_path):
    raw = completion(0, text).model_dump(mode="json")
    (tmp_path / "c.jsonl").write_bytes((json.dumps(raw, ensure_ascii=False) + "\n").encode() * 2)
    assert [record.text for record in JournalReader(tmp_path / "c.jsonl", Completion)] == [text] * 2


def test_bytes_that_are_no_utf8_are_one_line(tmp_path):
    (tmp_path / "c.jsonl").write_bytes(b'{"problem_id": "\xff"}\n')
    with pytest.raises(RunError, match=r"c\.jsonl:1 is not a Completion record"):
        list(JournalReader(tmp_path / "c.jsonl", Completion))


def test_records_that_are_not_wanted_are_removed_in_one_step(tmp_path):
    with JournalWriter(tmp_path / "c.jsonl", Completion) as journal:
        for index in range(4):
            journal.append(completion(index))
        journal.keep(lambda record: record.index % 2 == 0)
        journal.append(completion(9))
        assert [record.index for record in journal] == [0, 2, 9]


def test_a_reader_creates_and_repairs_nothing(tmp_path):
    reader = JournalReader(tmp_path / "absent" / "c.jsonl", Completion)
    assert list(reader) == []
    torn = JournalReader(tmp_path / "c.jsonl", Completion)
    torn.path.write_bytes(completion(0).model_dump_json().encode() + b'\n{"problem_id": "to')
    before = torn.path.read_bytes()
    assert list(torn) == [completion(0)]
    assert torn.path.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["c.jsonl"]


def test_a_reader_gives_what_was_whole_when_it_began_even_if_a_torn_line_is_replaced_meanwhile(tmp_path):
    path = tmp_path / "c.jsonl"
    path.write_bytes(completion(0).model_dump_json().encode() + b'\n{"problem_id": "torn')
    reading = iter(JournalReader(path, Completion))
    assert next(reading) == completion(0)
    with JournalWriter(path, Completion) as journal:
        journal.append(completion(1))
        assert list(reading) == []
        assert list(journal) == [completion(0), completion(1)]


@pytest.fixture
def synced(monkeypatch):
    """The names of files that were synchronised with the disk, one entry each time."""
    names: list[str] = []
    fsync = os.fsync
    monkeypatch.setattr(
        os, "fsync", lambda file: (names.append(os.readlink(f"/proc/self/fd/{file}").rpartition("/")[2]), fsync(file))
    )
    return names


def test_paid_records_reach_the_disk_while_a_run_goes_on_and_others_when_it_ends(tmp_path, synced, monkeypatch):
    with (
        JournalWriter(tmp_path / "paid.jsonl", Completion, durable=True) as paid,
        JournalWriter(tmp_path / "free.jsonl", Completion) as free,
    ):
        for index in range(3):
            paid.append(completion(index))
            free.append(completion(index))
        assert synced == ["paid.jsonl"]
        monkeypatch.setattr("tarot_bench.runs.journal.SYNC_EVERY_S", 0)
    assert synced == ["paid.jsonl", "free.jsonl", "paid.jsonl"]
    with JournalWriter(tmp_path / "paid.jsonl", Completion, durable=True) as slow:
        for index in range(3):
            slow.append(completion(index))
    assert synced[3:] == ["paid.jsonl"] * 3


def test_the_folder_of_a_new_journal_survives_a_power_cut(tmp_path, synced):
    with JournalWriter(tmp_path / "run" / "tarot" / "c.jsonl", Completion):
        assert synced == [tmp_path.name, "run"]
