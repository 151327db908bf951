"""The pool of slots: what closing does to those who run and those who wait."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tarot_bench.errors import SandboxError
from tarot_bench.problem import Limits
from tarot_bench.sandbox.base import Job
from tarot_bench.sandbox.local import LocalSandbox


def test_closing_lets_the_running_job_end_and_tells_the_one_that_waits(local):
    nap = Job("import time\nprint('awake', flush=True)\ntime.sleep(0.5)", "stdin", (b"",), Limits(cpu_s=2, wall_s=6))
    opened = LocalSandbox(1)
    with ThreadPoolExecutor(2) as pool:
        running, waiting = pool.submit(opened.run, nap), pool.submit(opened.run, nap)
        while opened._free.qsize():  # until one of the two has the only slot
            threading.Event().wait(0.01)
        opened.close()
        outcomes = [future.exception(30) for future in (running, waiting)]
    assert sorted(str(outcome) for outcome in outcomes) == ["None", "this sandbox is closed"]
    with pytest.raises(SandboxError, match="closed"):
        opened.run(nap)
