"""One side's own process: it is told when to run, and says what that took.

Sides fork, so each has a parent of its own that holds nothing of the others'. Lanes take turns; an idle one waits for
its next line of standard input.
"""

import json
import os
import resource
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from tarot_bench.problem import Problem
from tests.bench.sides import SIDES

_TICKS = os.sysconf("SC_CLK_TCK")


class Lane:
    """One side at work.

    Args:
        side: a name in `SIDES`, opened with `options`.
        problems: what it is to judge.
        threads: how many problems are judged at the same time.
        reopen: open the side anew for every pass, within the time that is taken.
    """

    def __init__(self, side: str, options: dict, problems: list[Problem], threads: int, *, reopen: bool) -> None:
        self._open = lambda: SIDES[side](**options)
        self._problems, self._threads, self._reopen = problems, threads, reopen
        self._stack = ExitStack()
        self._check = None if reopen else self._stack.enter_context(self._open())

    def round(self, passes: int) -> dict:
        """Run the whole work `passes` times.

        Returns:
            wall and CPU seconds of all passes, seconds of each problem in each pass, and what was found wrong with
            which problem.
        """
        cpu, start = tree_cpu_s(), time.perf_counter()
        done = [self._pass() for _ in range(passes)]
        wall_s = time.perf_counter() - start
        return {
            "passes": passes,
            "wall_s": wall_s,
            "cpu_s": tree_cpu_s() - cpu,
            "seconds": [[seconds for _, seconds in one] for one in done],
            "wrong": {p.id: why for one in done for p, (why, _) in zip(self._problems, one, strict=True) if why},
        }

    def close(self) -> None:
        """Close the side."""
        self._stack.close()

    def _pass(self) -> list[tuple[str, float]]:
        if self._reopen:
            with self._open() as check:
                return [_timed(check, problem) for problem in self._problems]
        if self._threads == 1:
            return [_timed(self._check, problem) for problem in self._problems]
        with ThreadPoolExecutor(self._threads) as pool:
            return list(pool.map(lambda problem: _timed(self._check, problem), self._problems))


def _timed(check, problem: Problem) -> tuple[str, float]:
    start = time.perf_counter()
    why = check(problem)
    return why, time.perf_counter() - start


def tree_cpu_s() -> float:
    """CPU seconds so far of this process, of all its reaped children, and of all living descendants.

    The kernel counts the last of these in ticks of 10 ms per process.
    """
    own = resource.getrusage(resource.RUSAGE_SELF)
    reaped = resource.getrusage(resource.RUSAGE_CHILDREN)
    living = sum(sum(map(int, fields[11:15])) for fields in descendants().values())
    return own.ru_utime + own.ru_stime + reaped.ru_utime + reaped.ru_stime + living / _TICKS


def descendants() -> dict[int, list[str]]:
    """What ``/proc/PID/stat`` says from the state on, of every descendant of this process."""
    stats = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            stats[int(path.parent.name)] = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
    found: dict[int, list[str]] = {}
    ours = {os.getpid()}
    while ours:
        children = {pid for pid, fields in stats.items() if int(fields[1]) in ours}
        found |= {pid: stats[pid] for pid in children}
        ours = children
    return found


def main() -> None:
    """Serve a driver: a line of JSON for every line that comes in, the number of passes."""
    spec = json.loads(sys.argv[1])
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # whatever a side prints is not for the driver
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-spec["cores"] :])
    lane = None
    try:
        problems = [Problem.model_validate_json(line) for line in Path(spec["problems"]).read_text().splitlines()]
        lane = Lane(spec["side"], spec["options"], problems, spec["threads"], reopen=spec["reopen"])
        for line in sys.stdin:
            print(json.dumps(lane.round(int(line))), file=replies, flush=True)
    except Exception as error:
        print(json.dumps({"error": f"{type(error).__name__}: {error}"}), file=replies, flush=True)
    finally:
        if lane is not None:
            lane.close()
