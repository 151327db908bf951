"""The lock of a run: ``.lock`` in its directory, held by the one process that writes.

It is an flock, through filelock: the kernel releases it when the process is killed.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from tarot_bench.atomic import make_folder
from tarot_bench.errors import RunError

LOCK = ".lock"


class RunLockedError(RunError):
    """Another process writes to the run."""


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Hold the lock of a run directory, so that at most one process writes to it.

    The directory is created where it is missing, and removed again if nothing was written to it.

    Raises:
        RunLockedError: another process writes to it.
        RunError: it cannot be created or written to.
    """
    lock = FileLock(path / LOCK, timeout=0)
    try:
        make_folder(path)
        lock.acquire()
    except Timeout:
        raise RunLockedError(
            f"another process is writing to {path}; wait until it ends, or stop it, then try again"
        ) from None
    except OSError as error:
        doing = "write to" if path.is_dir() else "create"
        raise RunError(f"cannot {doing} {path}: {error.strerror}") from None
    try:
        yield
    finally:
        # The file goes while the lock is held; filelock does not take the lock of a removed file.
        (path / LOCK).unlink(missing_ok=True)
        with suppress(OSError):
            path.rmdir()
        lock.release()


@contextmanager
def one_at_a_time(path: Path) -> Iterator[None]:
    """Wait until no other process is in such a block for the same path, which need not exist.

    Raises:
        RunError: the folder that contains `path` cannot be created or written to.
    """
    lock = FileLock(path.with_name(f".{path.name}{LOCK}"))
    try:
        make_folder(path.parent)
        lock.acquire()
    except OSError as error:
        raise RunError(f"cannot write to {path.parent}: {error.strerror}") from None
    try:
        yield
    finally:
        Path(lock.lock_file).unlink(missing_ok=True)
        lock.release()
