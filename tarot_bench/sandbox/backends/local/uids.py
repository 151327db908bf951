"""Allocate an unprivileged user id for each jail that root starts, so that jails share no user."""

import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from tarot_bench.errors import SandboxError

_FIRST, _LAST = 200_000, 1_200_000
_FEWEST = 1000
_TRIES = 100


@contextmanager
def reserved() -> Iterator[int]:
    """Reserve a uid that no other jail on this machine uses until the end of the block.

    Drawn at random, and held by the name of an abstract socket, which the kernel releases even if this process is
    killed. Containers with network namespaces of their own do not see each other's names; there the draw has to do.

    Raises:
        SandboxError: too few uids are mapped in this user namespace, or all that were tried are taken.
    """
    first, last = _mapped()
    with socket.socket(socket.AF_UNIX) as name:
        for _ in range(_TRIES):
            uid = first + secrets.randbelow(last - first)
            try:
                name.bind(f"\0tarot-bench/uid/{uid}")
            except OSError:
                continue
            yield uid
            return
    raise SandboxError(f"no free user id between {first} and {last}; is another sandbox leaking jails?")


def _mapped() -> tuple[int, int]:
    """The range of uids to choose from: high ones that this user namespace maps (user_namespaces(7))."""
    with open("/proc/self/uid_map") as file:
        ranges = [(int(words[0]), int(words[0]) + int(words[2])) for line in file if len(words := line.split()) == 3]
    first, end = max(ranges, key=lambda found: found[1] - found[0], default=(0, 0))
    if end > _LAST:
        return _FIRST, _LAST
    low = max(first + 1, end - (end - first) // 2)
    if end - low < _FEWEST:
        raise SandboxError(f"only {end - first} user ids are mapped here, too few for jails; run as a user")
    return low, end
