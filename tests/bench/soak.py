"""Many jobs through one sandbox, and what they leave in the process that owns it."""

import ctypes
import json
import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from tarot_bench.problem import Limits
from tarot_bench.sandbox import Job, open_sandbox
from tests.bench.lane import descendants

_PR_SET_CHILD_SUBREAPER = 36
_LIMITS = Limits(cpu_s=5)
_KINDS = (
    ("print(int(input()) + 1)", lambda n: (0, f"{n + 1}\n")),
    ("import sys\nprint(input() * 3)\nsys.exit(3)", lambda n: (3, f"{n}{n}{n}\n")),
    ("print('x' * 100_000)\nraise ValueError(input())", lambda n: (1, "x" * 100_000 + "\n")),
)
_UNTIDY = ("open('/tmp/left', 'w').write('!')\nprint(input())", lambda n: (0, f"{n}\n"))
_UNTIDY_EVERY = 100
"""A test that leaves a file costs its jail; the next job gets a new one."""
_SETTLE_S = 5.0


def main() -> None:
    """Run as many jobs as the command line says; print what was seen as JSON."""
    count = int(sys.argv[1])
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)  # what is orphaned comes to us, and is counted
    open_sandbox("local").close()  # the look at the machine that every process takes once
    before = census()
    with open_sandbox("local") as sandbox, ThreadPoolExecutor(sandbox.workers) as pool:
        wrong = count_wrong(sandbox, pool, range(count // 20))
        start, growth, began = resident_mib(), [], time.perf_counter()
        for tenth in range(10):
            wrong += count_wrong(sandbox, pool, range(count * tenth // 10, count * (tenth + 1) // 10))
            growth.append(resident_mib() - start)
        wall_s = time.perf_counter() - began
    after = settled(before)
    said = {"jobs": count, "wall_s": wall_s, "wrong": wrong, "start_mib": start, "growth_mib": growth}
    print(json.dumps(said | {"before": before, "after": after}))


def count_wrong(sandbox, pool: ThreadPoolExecutor, numbers: range) -> int:
    """Run a job per number; how many were not as they should be?"""

    def is_wrong(number: int) -> bool:
        source, answer = _KINDS[number % len(_KINDS)] if number % _UNTIDY_EVERY else _UNTIDY
        (ended,) = sandbox.run(Job(source, "stdin", (f"{number}\n".encode(),), _LIMITS))
        return (ended.exit_code, ended.stdout.decode()) != answer(number)

    return sum(pool.map(is_wrong, numbers))


def census() -> dict[str, int]:
    """What this process holds: open descriptors, threads, descendants, and those of them that are zombies."""
    states = [fields[0] for fields in descendants().values()]
    return {
        "descriptors": len(os.listdir("/proc/self/fd")),
        "threads": threading.active_count(),
        "processes": len(states),
        "zombies": states.count("Z"),
    }


def settled(before: dict[str, int]) -> dict[str, int]:
    """The census once it is what it was, or a few seconds from now: the kernel needs a moment to end a jail."""
    deadline = time.monotonic() + _SETTLE_S
    while (now := census()) != before and time.monotonic() < deadline:
        time.sleep(0.05)
    return now


def resident_mib() -> float:
    """Resident memory of this process, MiB."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
