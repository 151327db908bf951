"""What a process and everything that it started hold: processes, zombies, descriptors, folders."""

import os
import resource
import tempfile
import time
from pathlib import Path

_SETTLE_S = 3.0
_MARK = 1_000_000
_FILE_LOCKS = 10  # RLIMIT_LOCKS, for which the module has no name


def mark() -> None:
    """Have everything that this process starts from now on carry its number, whoever adopts it later.

    The mark is the limit on file locks, which the kernel inherits and has not looked at since Linux 2.4.
    """
    resource.setrlimit(_FILE_LOCKS, (_MARK + os.getpid(), resource.getrlimit(_FILE_LOCKS)[1]))


def census() -> dict[str, int]:
    """How much there is of each; processes are those that carry this process's mark, itself left out."""
    states = [state for pid, state in marked().items() if pid != os.getpid()]
    return {
        "processes": sum(state != "Z" for state in states),
        "zombies": states.count("Z"),
        "descriptors": len(os.listdir("/proc/self/fd")),
        "folders": sum(1 for _ in Path(tempfile.gettempdir()).glob("tarot-bench-*")),
        "niceness": os.getpriority(os.PRIO_PROCESS, 0),
    }


def settled(before: dict[str, int]) -> dict[str, int]:
    """What there is more of than before, once the kernel has had a moment to end what was killed."""
    deadline = time.monotonic() + _SETTLE_S
    while True:
        more = {name: count - before[name] for name, count in census().items() if count > before[name]}
        if not more or time.monotonic() > deadline:
            return more
        time.sleep(0.02)


def marked(owner: int | None = None) -> dict[int, str]:
    """The state of every process that carries a process's mark, by default this one's."""
    sought = f"{_MARK + (owner or os.getpid())}"
    found = {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            limits = Path(f"/proc/{entry}/limits").read_text()
            state = Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if any(line.startswith("Max file locks") and sought in line for line in limits.splitlines()):
            found[int(entry)] = state
    return found
