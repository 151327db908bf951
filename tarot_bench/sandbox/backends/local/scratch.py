"""Scratch directories for jails without a private file system; removed even after this process was killed."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

_PREFIX = "tarot-bench-jail-"
_LOCK = "lock"


@contextmanager
def directory() -> Iterator[Path]:
    """Create a directory that is removed at the end of the block.

    Its lock is held by this process alone: a directory whose lock is free belongs to no living harness, and is removed
    by the next one that starts.
    """
    _remove_abandoned()
    made = Path(tempfile.mkdtemp(prefix=_PREFIX))
    lock = os.open(made / _LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)
        os.close(lock)


@cache
def _remove_abandoned() -> None:
    """Remove directories left by killed processes of the same user; runs once per process."""
    for found in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        try:
            lock = os.open(found / _LOCK, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
        except OSError:  # another user's, or not yet locked by its maker
            continue
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(found, ignore_errors=True)
        except BlockingIOError:
            pass
        finally:
            os.close(lock)
