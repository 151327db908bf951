"""Find every process that a test has started, from /proc."""

import os
import time
from contextlib import suppress
from typing import NamedTuple

_PAGE = os.sysconf("SC_PAGE_SIZE")
_HALF_TICK_S = 0.001
_UNCHARGED = 64


class Process(NamedTuple):
    """A process as in /proc/PID/stat: its parent, start time and resident bytes."""

    parent: int
    started: int
    memory: int


class Tree:
    """Measures the resources of a test and all its descendants, whether or not they are waited for.

    The kernel adds up the CPU time of children that are waited for. A process that ignores SIGCHLD has children that
    no process waits for, so they are measured while they live. Those too short-lived for that are counted by the
    process ids that they used up: each beyond the first few is charged what it can have used on average.

    Attributes:
        tick_s: how long to wait between two looks.
    """

    def __init__(self) -> None:
        self.tick_s = 2 * _HALF_TICK_S
        self._cpu_s: dict[tuple[int, int], float] = {}
        self._first = _last_number()
        self._start = time.monotonic()

    def look(self, enough: int) -> tuple[float, int]:
        """CPU seconds used so far, and bytes of memory used now, by all descendants of this process.

        Args:
            enough: bytes beyond which it matters that pages which several processes share are counted once only.
        """
        start = time.monotonic()
        found = descendants()
        for number, process in found.items():
            self._cpu_s[number, process.started] = cpu_clock(number)
        memory = sum(process.memory for process in found.values())
        if memory > enough:
            memory = sum(_share(number, process.memory) for number, process in found.items())
        self.tick_s = max(2 * _HALF_TICK_S, 4 * (time.monotonic() - start))
        return self.cpu_s(), memory

    def cpu_s(self) -> float:
        """CPU seconds of all processes that were seen or must have existed, capped at the time that was available.

        Threads use up numbers, too, although their time is that of their process.
        """
        created = _last_number() - self._first
        seen = sum(self._cpu_s.values())
        charged = seen + max(0, created - _UNCHARGED) * _HALF_TICK_S
        return max(seen, min(charged, (time.monotonic() - self._start) * (os.cpu_count() or 1)))


def descendants() -> dict[int, Process]:
    """The living descendants of this process; includes orphans if it is a subreaper."""
    everyone = {int(name): _read(name) for name in os.listdir("/proc") if name.isdigit()}
    found: dict[int, Process] = {}
    parents = {os.getpid()}
    while parents:
        children = {pid: it for pid, it in everyone.items() if it is not None and it.parent in parents}
        found.update(children)
        parents = set(children)
    return found


def tasks_of(uid: int) -> int:
    """How many threads of all processes run under a uid."""
    count = 0
    for name in os.listdir("/proc"):
        with suppress(OSError):
            if name.isdigit() and os.stat(f"/proc/{name}").st_uid == uid:
                count += len(os.listdir(f"/proc/{name}/task"))
    return count


def cpu_clock(pid: int) -> float:
    """CPU seconds that a process has used so far, by its kernel clock; 0 if it has ended."""
    try:
        return time.clock_gettime((~pid << 3) | 2)
    except OSError:
        return 0.0


def is_idle(pid: int, elapsed: float) -> bool:
    """Whether a process sleeps or waits, and did so for most of its time: it did not need the processor or the disk.

    Args:
        pid: of the process; all of its threads count.
        elapsed: seconds since it started.

    Returns:
        False also where this kernel does not tell (no /proc/PID/task/TID/schedstat), or the process has ended.
    """
    folder = f"/proc/{pid}/task"
    try:
        tasks = [f"{folder}/{number}" for number in os.listdir(folder)]
        return all(map(_sleeps, tasks)) and sum(map(_wanted_s, tasks)) < elapsed / 2
    except (OSError, ValueError, IndexError):
        return False


def _sleeps(task: str) -> bool:
    """Whether a thread waits for something other than a processor (R) or a disk (D) at this moment."""
    with open(f"{task}/stat", "rb") as file:
        return file.read().rpartition(b")")[2].split()[0] not in (b"R", b"D")


def _wanted_s(task: str) -> float:
    """Seconds that a thread has run or was ready to run; a wait that has not ended is not counted."""
    with open(f"{task}/schedstat", "rb") as file:
        ran, waited, _ = file.read().split()
    return (int(ran) + int(waited)) / 1e9


def resident(pid: int) -> int:
    """Resident bytes of a process; 0 if it has ended."""
    found = _read(str(pid))
    return found.memory if found else 0


def _share(pid: int, resident: int) -> int:
    """Proportional set size of a process in bytes: memory shared by n counts 1/n; `resident` if it is unreadable."""
    try:
        with open(f"/proc/{pid}/smaps_rollup", "rb") as file:
            return next(int(line.split()[1]) * 1024 for line in file if line.startswith(b"Pss:"))
    except (FileNotFoundError, ProcessLookupError):  # it has given its memory back, or its first thread has ended
        again = _read(str(pid))
        return again.memory if again else 0
    except (OSError, StopIteration):
        return resident


def _last_number() -> int:
    """The most recent process or thread id in this pid namespace (proc_loadavg(5))."""
    with open("/proc/loadavg", "rb") as file:
        return int(file.read().split()[4])


def _read(pid: str) -> Process | None:
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
        has_lost_leader = fields[0] == b"Z" and int(fields[17]) > 1
        memory = _memory_of_threads(pid) if has_lost_leader else int(fields[21]) * _PAGE
        return Process(int(fields[1]), int(fields[19]), memory)
    except (OSError, IndexError):  # it has gone, before or while it was read
        return None


def _memory_of_threads(pid: str) -> int:
    """Resident bytes of a process whose first thread, the one that /proc/PID describes, has ended."""
    memory = 0
    for thread in os.listdir(f"/proc/{pid}/task"):
        with suppress(OSError), open(f"/proc/{pid}/task/{thread}/statm", "rb") as file:
            memory = max(memory, int(file.read().split()[1]) * _PAGE)
    return memory
