"""The pool of slots: what closing does to those who run and those who wait."""

import os
import queue
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from tarot_bench.errors import SandboxError
from tarot_bench.problem import Limits
from tarot_bench.sandbox.backends.local import scratch, uids
from tarot_bench.sandbox.backends.local.pool import LocalSandbox
from tarot_bench.sandbox.backends.local.worker import Worker
from tarot_bench.sandbox.base import Job
from tarot_bench.sandbox.inside import tree


def test_closing_kills_the_running_job_at_once_and_tells_the_one_that_waits():
    nap = Job("import time\nprint('awake', flush=True)\ntime.sleep(60)", "stdin", (b"",), Limits(cpu_s=2, wall_s=100))
    before = tree.descendants()
    opened = LocalSandbox(1)
    with ThreadPoolExecutor(2) as pool:
        running, waiting = pool.submit(opened.run, nap), pool.submit(opened.run, nap)
        while opened._free.qsize():  # until one of the two has the only slot
            threading.Event().wait(0.01)
        opened.close()
        errors = [future.exception(30) for future in (running, waiting)]
    assert [str(error) for error in errors] == ["this sandbox is closed"] * 2
    assert tree.descendants().keys() <= before.keys()
    with pytest.raises(SandboxError, match="closed"):
        opened.run(nap)


def test_closing_and_waiting_to_be_alone_do_not_wait_for_each_other(monkeypatch):
    opened = LocalSandbox(2)
    other = opened._free.get()
    told = []

    def be_alone():
        try:
            with opened._every_slot():
                pass
        except SandboxError as error:
            told.append(str(error))

    waiting, closing = (threading.Thread(target=what, daemon=True) for what in (be_alone, opened.close))
    waiting.start()
    while opened._free.qsize():  # until it has one slot, and waits for the other
        threading.Event().wait(0.01)
    came_back = iter([other])  # just when the idle ones are gathered

    def get_nowait():
        for slot in came_back:
            return slot
        raise queue.Empty

    monkeypatch.setattr(opened._free, "get_nowait", get_nowait)
    closing.start()
    for thread in (closing, waiting):
        thread.join(30)
        assert not thread.is_alive()
    assert told == ["this sandbox is closed"]


def test_an_honest_program_whose_jails_are_lost_by_accident_keeps_its_verdict(monkeypatch):
    """Two losses beside other jobs say nothing of the program; it runs once more with no other job beside it."""
    opened = LocalSandbox(2)
    left = [2]
    start = Worker.start

    def start_and_perhaps_die(worker, packet, given, tests, batch):
        if left[0]:
            left[0] -= 1
            worker.wait_ready()
            worker.abort()
        start(worker, packet, given, tests, batch)

    monkeypatch.setattr(Worker, "start", start_and_perhaps_die)
    with opened:
        executions = opened.run(Job("print(input())", "stdin", (b"1", b"2"), Limits()))
    assert [execution.stdout for execution in executions] == [b"1\n", b"2\n"]
    assert not any(execution.doubtful for execution in executions)


def test_the_loss_of_the_process_that_looks_after_a_job_is_no_ending_of_the_program_s():
    nap = Job("import time\ntime.sleep(1)\nprint(input())", "stdin", (b"1", b"2"), Limits(cpu_s=2, wall_s=20))
    before = tree.descendants()
    with LocalSandbox(1) as opened, ThreadPoolExecutor(1) as pool:
        opened.run(Job("pass", "stdin", (b"",), Limits()))
        jail = tree.descendants().keys() - before.keys()
        running = pool.submit(opened.run, nap)
        while len(jobs := tree.descendants().keys() - before.keys() - jail) < 2:
            threading.Event().wait(0.01)
        os.kill(min(jobs), signal.SIGKILL)  # the other one is its first test
        executions = running.result(60)
    assert [(execution.ok, execution.stdout) for execution in executions] == [(True, b"1\n"), (True, b"2\n")]


def test_every_jail_of_root_has_a_uid_of_its_own_even_beside_other_harnesses():
    with ExitStack() as held:
        taken = [held.enter_context(uids.reserved()) for _ in range(20)]
        assert len(set(taken)) == 20
        with socket.socket(socket.AF_UNIX) as other, pytest.raises(OSError, match="in use"):
            other.bind(f"\0tarot-bench/uid/{taken[0]}")


def test_scratch_directories_of_a_killed_harness_are_removed_by_the_next(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    program = (
        "import os, sys\nfrom tarot_bench.sandbox.backends.local import scratch\nwith scratch.directory() as made:\n"
    )
    program += "    print(made, flush=True)\n    os.kill(os.getpid(), 9)"
    killed = subprocess.run(
        [sys.executable, "-c", program], env=os.environ | {"TMPDIR": str(tmp_path)}, capture_output=True, text=True
    )
    left = Path(killed.stdout.strip())
    assert left.is_dir()
    scratch._remove_abandoned.cache_clear()
    with scratch.directory() as mine:
        assert not left.exists()
        scratch._remove_abandoned.cache_clear()
        with scratch.directory():
            assert mine.exists()


@pytest.mark.parametrize("started", ["trap '' INT TERM HUP; exec", "exec env --ignore-signal=INT,TERM,CHLD"])
def test_programs_do_not_notice_how_the_harness_was_started(started):
    program = "import signal\nprint([signal.getsignal(n) for n in (2, 15, 1, 17)], signal.pthread_sigmask(0, ()))"
    harness = (
        "from tarot_bench.problem import Limits\nfrom tarot_bench.sandbox import Job, open_sandbox\n"
        "with open_sandbox(workers=1) as sandbox:\n"
        f"    print(sandbox.run(Job({program!r}, 'stdin', (b'',), Limits()))[0].stdout.decode())"
    )
    shell = ["/bin/sh", "-c", f"{started} {sys.executable} -c {shlex.quote(harness)}"]
    said = subprocess.run(shell, capture_output=True, text=True, timeout=60, check=False)
    assert said.stdout.startswith("[<built-in function default_int_handler>, <Handlers.SIG_DFL: 0>"), said.stderr
    assert said.stdout.count("SIG_DFL") == 3
    assert "set()" in said.stdout
