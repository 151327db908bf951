"""Commands run side by side, each with a log of its own."""

import sys
import threading

import pytest

from tarot_bench.training.sweep.running import Task, TaskRunner, shares_of
from tests.training.launch.machine import StandInMachine


def task(folder, name, code):
    return Task(name, [sys.executable, "-c", code], folder / f"{name}.log")


@pytest.mark.parametrize("jobs", [1, 3])
def test_a_task_that_fails_is_told_by_its_last_words_and_stops_no_other(tmp_path, jobs):
    told = []
    tasks = [
        task(tmp_path, "good", "print('one'); print('two')"),
        task(tmp_path, "bad", "import sys; print('so far'); sys.exit('no luck')"),
        task(tmp_path, "bug", "error = ValueError('no number'); error.add_note('the run is r'); raise error"),
        task(tmp_path, "mute", "raise SystemExit(3)"),
    ]
    failed = TaskRunner(jobs, told.append).run(tasks)
    assert failed == {
        "bad": f"exit status 1: no luck; see {tmp_path}/bad.log",
        "bug": f"exit status 1: ValueError: no number; see {tmp_path}/bug.log",
        "mute": f"exit status 3: nothing was said; see {tmp_path}/mute.log",
    }
    assert {"good: one", "good: two", "bad: so far", "bad: no luck"} <= set(told)
    assert (tmp_path / "good.log").read_text() == "one\ntwo\n"


def test_tasks_side_by_side_share_the_cores_unless_the_user_says_how(tmp_path, monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setattr("os.cpu_count", lambda: 8)
    shown = "import os; print(os.environ.get('OMP_NUM_THREADS'))"
    told = []
    for jobs in (1, 4):
        TaskRunner(jobs, told.append).run([task(tmp_path, "a", shown)])
    monkeypatch.setenv("OMP_NUM_THREADS", "5")
    TaskRunner(4, told.append).run([task(tmp_path, "a", shown)])
    assert told == ["a: None", "a: 2", "a: 5"]


def test_tasks_side_by_side_have_gpus_of_their_own(tmp_path, monkeypatch):
    machine = StandInMachine(tmp_path, gpus=4)
    monkeypatch.setenv("PATH", f"{machine.bin}:/usr/bin:/bin")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3,1,2")
    shown = "import os, time; print(os.environ['CUDA_VISIBLE_DEVICES']); time.sleep(0.3)"
    told = []
    TaskRunner(2, told.append).run([task(tmp_path, name, shown) for name in "abcd"])
    devices = sorted(line.partition(": ")[2] for line in told)
    assert devices == ["1", "1", "3,2", "3,2"]


@pytest.mark.parametrize(
    ("gpus", "jobs", "shares"),
    [("", 2, [None, None]), ("01", 1, [None]), ("012", 2, ["0,2", "1"]), ("0", 2, ["0", "0"])],
)
def test_gpus_are_shared_as_evenly_as_they_can_be(gpus, jobs, shares):
    assert [share.get("CUDA_VISIBLE_DEVICES") for share in shares_of(list(gpus), jobs)] == shares


def test_what_runs_is_ended_when_the_sweep_is_interrupted(tmp_path):
    ready = threading.Event()

    def tell(line):
        ready.set()
        raise KeyboardInterrupt

    waits = "import time; print('ready', flush=True); time.sleep(600)"
    with pytest.raises(KeyboardInterrupt):
        TaskRunner(2, tell).run([task(tmp_path, name, waits) for name in "abcd"])
    assert ready.is_set()
    assert not (tmp_path / "d.log").exists()
