"""One process writes to a run at a time."""

import subprocess
import sys

import pytest

from tarot_bench.errors import RunError
from tarot_bench.runs import writing
from tests.runs.made import start

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
