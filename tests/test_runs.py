"""Run directories: journals survive kills, and nothing foreign is touched."""

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
from tarot_bench.runs import Journal, Run, read_records, write_atomically, writing
from tarot_bench.verdict import Completion


def completion(index: int, text: str = "x") -> Completion:
    return Completion(problem_id="p", index=index, model="gold", text=text)


def start(path, resume=False, kind="evaluate", **settings):
    return Run.start(path, kind, settings, {"sandbox": "local"}, resume)


def test_a_run_stores_its_settings_and_can_be_opened_again(tmp_path):
    made = start(tmp_path / "run", seed=1)
    opened = Run.open(tmp_path / "run")
    assert opened.manifest == made.manifest
    assert opened.manifest.settings == {"seed": 1}
    assert opened.manifest.environment["sandbox"] == "local"


def test_resuming_with_the_same_settings_goes_on(tmp_path):
    first = start(tmp_path / "run", seed=1)
    assert start(tmp_path / "run", resume=True, seed=1).manifest == first.manifest


def test_resuming_with_other_settings_is_refused_and_names_the_keys(tmp_path):
    start(tmp_path / "run", seed=1, model="gold")
    with pytest.raises(RunError, match="seed: 1 -> 2"):
        start(tmp_path / "run", resume=True, seed=2, model="gold")


def test_a_directory_with_a_run_is_not_overwritten_without_being_asked(tmp_path):
    start(tmp_path / "run", seed=1)
    with pytest.raises(RunError, match="--resume"):
        start(tmp_path / "run", seed=1)


def test_a_directory_that_is_not_ours_is_left_alone(tmp_path):
    (tmp_path / "thesis.tex").write_text("do not lose me")
    with pytest.raises(RunError, match="not a run of ours"):
        start(tmp_path, seed=1)
    with pytest.raises(RunError, match=r"no run\.json"):
        Run.open(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_run_of_another_verb_is_refused(tmp_path):
    start(tmp_path / "run", kind="generate")
    with pytest.raises(RunError, match="generate"):
        start(tmp_path / "run", resume=True)


@pytest.mark.parametrize("content", ["", "{}", "nonsense", '{"format": "other", "version": 1}'])
def test_a_manifest_that_is_not_ours_is_refused_on_one_line(tmp_path, content):
    (tmp_path / "run.json").write_text(content)
    with pytest.raises(RunError) as caught:
        Run.open(tmp_path)
    assert "\n" not in str(caught.value)


def test_a_manifest_of_a_newer_format_asks_for_an_upgrade(tmp_path):
    start(tmp_path / "run")
    file = tmp_path / "run" / "run.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"version": 99}))
    with pytest.raises(RunError, match="upgrade"):
        Run.open(tmp_path / "run")


@given(texts=st.lists(st.text(), max_size=6))
def test_a_journal_gives_back_what_was_appended(tmp_path_factory, texts):
    path = tmp_path_factory.mktemp("journal") / "completions.jsonl"
    records = [completion(number, text) for number, text in enumerate(texts)]
    with Journal(path, Completion) as journal:
        for record in records:
            journal.append(record)
        assert list(journal) == records


@given(cut=st.integers(min_value=0, max_value=400))
def test_a_journal_cut_anywhere_loses_at_most_the_record_that_was_cut(tmp_path_factory, cut):
    path = tmp_path_factory.mktemp("journal") / "completions.jsonl"
    records = [completion(number, "é" * number) for number in range(3)]
    with Journal(path, Completion) as journal:
        for record in records:
            journal.append(record)
    whole = path.read_bytes()
    path.write_bytes(whole[:cut])
    complete = whole[:cut].count(b"\n")
    with Journal(path, Completion) as journal:
        assert list(journal) == records[:complete]
        journal.append(completion(9))
        assert list(journal) == [*records[:complete], completion(9)]


def test_a_torn_line_longer_than_a_block_is_cut_off_whole(tmp_path):
    path = tmp_path / "completions.jsonl"
    with Journal(path, Completion) as journal:
        journal.append(completion(0))
    with path.open("ab") as file:
        file.write(b"x" * 200_000)
    with Journal(path, Completion) as journal:
        assert list(journal) == [completion(0)]


def test_a_broken_line_in_the_middle_is_named_by_file_and_line(tmp_path):
    path = tmp_path / "completions.jsonl"
    with Journal(path, Completion) as journal:
        journal.append(completion(0))
        with path.open("ab") as file:
            file.write(b'{"problem_id": 3}\n')
        journal.append(completion(1))
        with pytest.raises(RunError, match=r"completions.jsonl:2 is not a Completion"):
            list(journal)


def test_lone_surrogates_of_a_server_can_be_written_and_read(tmp_path):
    with Journal(tmp_path / "c.jsonl", Completion) as journal:
        journal.append(completion(0, "a\ud83db \ud83d\ude00"))
        assert [record.text for record in journal] == ["a\ufffdb 😀"]


def test_a_full_disk_is_one_line_and_leaves_no_torn_record(tmp_path):
    """A file-size limit stands in for the disk: the kernel refuses the write in the same way."""
    script = """
import resource, sys
from pathlib import Path
from tarot_bench.errors import RunError
from tarot_bench.runs import Journal
from tarot_bench.verdict import Completion
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
with Journal(Path(sys.argv[1]), Completion) as journal:
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
    with Journal(path, Completion) as journal:
        assert len(list(journal)) == int(count) > 10


def test_a_killed_writer_leaves_a_journal_that_opens(tmp_path):
    script = """
import sys
from pathlib import Path
from tarot_bench.runs import Journal
from tarot_bench.verdict import Completion
journal = Journal(Path(sys.argv[1]), Completion)
for index in range(10**9):
    journal.append(Completion(problem_id="p", index=index, model="m", text="x" * 5000))
"""
    path = tmp_path / "completions.jsonl"
    writer = subprocess.Popen([sys.executable, "-c", script, str(path)])
    while not path.exists() or path.stat().st_size < 200_000:
        time.sleep(0.01)
    os.kill(writer.pid, signal.SIGKILL)
    writer.wait()
    with Journal(path, Completion) as journal:
        indices = [record.index for record in journal]
    assert indices == list(range(len(indices)))
    assert len(indices) >= 30


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path):
    file = tmp_path / "summary.json"
    write_atomically(file, "old")
    with pytest.raises(RunError):
        write_atomically(tmp_path / "absent" / "summary.json", "new")
    write_atomically(file, "new")
    assert file.read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["summary.json"]


HOLD = """
import sys
from pathlib import Path
from tarot_bench.runs import writing
with writing(Path(sys.argv[1])):
    print("locked", flush=True)
    sys.stdin.read()
"""


def holder(path):
    """Another process that writes to a run until its standard input is closed."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "locked\n"
    return process


def test_a_second_writer_is_refused_with_one_line_and_may_write_when_the_first_has_ended(tmp_path):
    other = holder(tmp_path / "run")
    with pytest.raises(RunError, match="another process is writing") as caught, writing(tmp_path / "run"):
        pytest.fail("two writers at once")
    assert "\n" not in str(caught.value)
    other.communicate()
    with writing(tmp_path / "run"):
        start(tmp_path / "run")
    assert [file.name for file in (tmp_path / "run").iterdir()] == ["run.json"]


def test_a_killed_writer_leaves_no_lock(tmp_path):
    with writing(tmp_path / "run"):
        start(tmp_path / "run")
    other = holder(tmp_path / "run")
    other.kill()
    other.communicate()
    with writing(tmp_path / "run"):
        start(tmp_path / "run", resume=True)
    assert [file.name for file in (tmp_path / "run").iterdir()] == ["run.json"]


def test_of_many_writers_exactly_one_gets_the_lock(tmp_path):
    script = """
import sys, time
from pathlib import Path
from tarot_bench.errors import RunError
from tarot_bench.runs import writing
for _ in range(60):
    try:
        with writing(Path(sys.argv[1])):
            inside = Path(sys.argv[2])
            inside.touch(exist_ok=False)  # fails if another one is inside
            time.sleep(0.001)
            inside.unlink()
            print("got it")
    except RunError:
        time.sleep(0.001)
"""
    command = [sys.executable, "-c", script, str(tmp_path / "run"), str(tmp_path / "inside")]
    writers = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    said = [writer.communicate() for writer in writers]
    assert [error for _, error in said] == [""] * 4
    assert sum(out.count("got it") for out, _ in said) >= 4


def test_within_one_process_a_run_has_one_writer_too(tmp_path):
    with writing(tmp_path / "run"), pytest.raises(RunError, match="another process"), writing(tmp_path / "run"):
        pytest.fail("two writers at once")


def test_a_writer_that_writes_nothing_leaves_no_directory(tmp_path):
    with pytest.raises(RunError, match="changed its mind"), writing(tmp_path / "a" / "run"):
        raise RunError("changed its mind")
    assert not (tmp_path / "a" / "run").exists()


def test_a_directory_that_cannot_be_made_is_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match="cannot create"), writing(tmp_path / "file"):
        pytest.fail("there is a file")


def test_readers_create_repair_and_change_nothing(tmp_path):
    with writing(tmp_path):
        run = start(tmp_path)
        with run.journal("tarot/completions.jsonl", Completion) as journal:
            journal.append(completion(0))
    with (tmp_path / "tarot/completions.jsonl").open("ab") as file:
        file.write(b'{"problem_id": "torn')
    tmp_path.joinpath("tarot").chmod(0o555)
    before = {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
    opened = Run.open(tmp_path)
    assert list(opened.records("tarot/completions.jsonl", Completion)) == [completion(0)]
    assert list(opened.records("tarot/grades.jsonl", Completion)) == []
    assert list(opened.records("absent/grades.jsonl", Completion)) == []
    assert {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()} == before
    tmp_path.joinpath("tarot").chmod(0o755)


@pytest.mark.parametrize("text", ["a\u2028b", "a\u2029b", "a\x85b", "a\r\nb", "a\x0b\x0c\x1c\x1d\x1eb"])
def test_only_a_line_feed_ends_a_record(text, tmp_path):
    raw = completion(0, text).model_dump(mode="json")
    (tmp_path / "c.jsonl").write_bytes((json.dumps(raw, ensure_ascii=False) + "\n").encode() * 2)
    assert [record.text for record in read_records(tmp_path / "c.jsonl", Completion)] == [text] * 2


def test_bytes_that_are_no_utf8_are_one_line(tmp_path):
    (tmp_path / "c.jsonl").write_bytes(b'{"problem_id": "\xff"}\n')
    with pytest.raises(RunError, match=r"c\.jsonl:1 is not a Completion record"):
        list(read_records(tmp_path / "c.jsonl", Completion))


def test_records_that_are_not_wanted_are_removed_in_one_step(tmp_path):
    with Journal(tmp_path / "c.jsonl", Completion) as journal:
        for index in range(4):
            journal.append(completion(index))
        journal.keep(lambda record: record.index % 2 == 0)
        journal.append(completion(9))
        assert [record.index for record in journal] == [0, 2, 9]


def smaller(stored):
    """What a run of ten would store if it were one of as many as `stored`."""
    return {"samples": min(10, stored["samples"]), "seed": 1}


def test_a_run_may_be_extended_and_nothing_else(tmp_path):
    start(tmp_path, seed=1, samples=3)
    with pytest.raises(RunError, match="samples: 3 -> 10"):
        start(tmp_path, resume=True, seed=1, samples=10)
    extended = Run.start(tmp_path, "evaluate", {"samples": 10, "seed": 1}, {}, True, smaller)
    assert Run.open(tmp_path).manifest == extended.manifest
    assert extended.manifest.settings["samples"] == 10
    assert extended.manifest.environment["sandbox"] == "local"
    start(tmp_path, resume=True, seed=1, samples=10)
    with pytest.raises(RunError, match="seed: 1 -> 2"):
        Run.start(tmp_path, "evaluate", {"samples": 20, "seed": 2}, {}, True, lambda stored: {"samples": 10, "seed": 2})
