"""Models that are trained in processes of their own."""

import time
from contextlib import closing
from multiprocessing import active_children

import psutil
import pytest

from tarot_bench.training.miniature.experiment import in_processes


def waited(seconds):
    time.sleep(seconds)
    return seconds


def test_results_come_as_each_is_done():
    with closing(in_processes(waited, [0.5, 0.0], 2)) as results:
        assert list(results) == [0.0, 0.5]


def test_no_process_goes_on_when_the_experiment_is_interrupted():
    started = []

    def interrupted():
        with closing(in_processes(waited, [0.0, 600.0, 600.0], 2)) as results:
            for _ in results:
                started.extend(child.pid for child in active_children())
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert len(started) >= 2
    deadline = time.monotonic() + 60
    while running := [pid for pid in started if psutil.pid_exists(pid)]:
        assert time.monotonic() < deadline, running
        time.sleep(0.05)
