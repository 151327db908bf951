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
from tarot_bench.runs import Journal, Run, write_atomically
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
