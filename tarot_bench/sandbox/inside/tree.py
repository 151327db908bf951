"""Everything that a process has started, from /proc."""

import os
from contextlib import suppress
from typing import NamedTuple

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


class Process(NamedTuple):
    """One line of /proc/PID/stat: its parent, CPU seconds with those of its reaped children, resident bytes."""

    parent: int
    cpu_s: float
    memory: int


def descendants() -> dict[int, Process]:
    """The living descendants of this process; orphans count when it is a subreaper."""
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


def usage() -> tuple[float, int]:
    """CPU seconds and resident bytes of all descendants together."""
    processes = descendants().values()
    return sum(process.cpu_s for process in processes), sum(process.memory for process in processes)


def _read(pid: str) -> Process | None:
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
        return Process(int(fields[1]), sum(map(int, fields[11:15])) / _TICKS, int(fields[21]) * _PAGE)
    except (OSError, IndexError):  # it has gone, before or while it was read
        return None
