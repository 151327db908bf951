"""Store executions by key in one SQLite file that several threads and processes share.

SQLite, because it is in the standard library, is atomic under kill -9, and locks between processes; its write-ahead
log lets readers go on while one process writes. The log needs a file system that all its users share memory on: two
hosts must not use one file over a network.
"""

import os
import sqlite3
import stat
import threading
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from tarot_bench.verdict import Ending, Execution

DEFAULT_MAX_BYTES = 1024**3
"""How large a store may grow, 1 GiB."""
_BUSY_S = 5.0
_PACK_ABOVE = 64 * 1024
_MOST_BYTES = 4 * 1024 * 1024  # larger executions, even when packed, are cheaper to have again than to keep
_MOST_KEYS = 500  # per query
_ROW_BYTES = 256  # of a row, beside its blobs
_LOOKS = 16  # at the size, while as many bytes are written as the store may hold
_SCHEMA = """CREATE TABLE IF NOT EXISTS executions (
    id INTEGER PRIMARY KEY, key BLOB UNIQUE NOT NULL, packed INTEGER NOT NULL,
    outcome TEXT NOT NULL, exit_code INTEGER, signal INTEGER, stdout BLOB NOT NULL, stderr BLOB NOT NULL,
    cpu_s REAL NOT NULL, wall_s REAL NOT NULL, peak_mib REAL NOT NULL, result BLOB)"""
_GET = """SELECT key, packed, outcome, exit_code, signal, stdout, stderr, cpu_s, wall_s, peak_mib, result
    FROM executions WHERE key IN"""
_PUT = "INSERT OR IGNORE INTO executions VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_EVICT = """DELETE FROM executions WHERE id <= (
    SELECT id FROM executions ORDER BY id LIMIT 1 OFFSET (SELECT count(*) / 32 FROM executions))"""
_OUTCOMES = frozenset(get_args(Ending))


class StoreError(Exception):
    """The store is locked, full, unreadable, or not a store."""


class ExecutionStore:
    """A bounded map from keys to executions; when it is full, its oldest entries are deleted. Thread-safe."""

    def __init__(self, path: Path, max_bytes: int = DEFAULT_MAX_BYTES) -> None:
        """Open or create a store.

        Args:
            path: the file; it and its folder are created readable by their owner only.
            max_bytes: how large it may grow.

        Raises:
            StoreError: it cannot be opened, is something else, or others may write to it or its folder.
        """
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._written = max_bytes  # so that the first write looks at what others left
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _claim(path)
            self._database = sqlite3.connect(path, _BUSY_S, isolation_level=None, check_same_thread=False)
            try:
                self._database.execute("PRAGMA journal_mode = WAL")
                self._database.execute("PRAGMA synchronous = NORMAL")  # in WAL mode a crash loses entries, not the file
                self._database.execute(_SCHEMA)
            except sqlite3.Error:
                self._database.close()
                raise
        except (OSError, sqlite3.Error) as error:
            raise StoreError(str(error)) from None

    def get(self, keys: Sequence[bytes]) -> dict[bytes, Execution]:
        """Return the stored executions of these keys.

        Raises:
            StoreError: the file is locked or damaged.
        """
        found: dict[bytes, Execution] = {}
        try:
            for start in range(0, len(keys), _MOST_KEYS):
                some = keys[start : start + _MOST_KEYS]
                marks = ",".join("?" * len(some))
                with self._lock:
                    rows = self._database.execute(f"{_GET} ({marks})", some).fetchall()
                found.update((key, _from_row(*row)) for key, *row in rows)
        except (sqlite3.Error, zlib.error, TypeError, ValueError) as error:
            raise StoreError(str(error)) from None
        return found

    def put(self, key: bytes, execution: Execution) -> bool:
        """Store an execution, unless the key exists or the execution is larger than 4 MiB when packed.

        Returns:
            Whether it was kept.

        Raises:
            StoreError: the file is locked or damaged, or the disk is full.
        """
        row = _to_row(execution)
        size = sum(len(part) for part in row if isinstance(part, bytes))
        if size > _MOST_BYTES:
            return False
        try:
            with self._lock:
                added = self._database.execute(_PUT, (key, *row)).rowcount == 1
                self._written += size + _ROW_BYTES
                if self._written > self._max_bytes / _LOOKS:
                    self._bound()
                    self._written = 0
            return added
        except sqlite3.Error as error:
            raise StoreError(str(error)) from None

    def close(self) -> None:
        """Release the file. Idempotent."""
        with self._lock:
            self._database.close()

    def _bound(self) -> None:
        """Delete the oldest entries until the rest fits; SQLite reuses their pages."""
        while self._used_bytes() > self._max_bytes and self._database.execute(_EVICT).rowcount > 0:
            pass

    def _used_bytes(self) -> int:
        pages, free, size = (
            int(self._database.execute(f"PRAGMA {name}").fetchone()[0])
            for name in ("page_count", "freelist_count", "page_size")
        )
        return (pages - free) * size


def _claim(path: Path) -> None:
    """Create the file if it does not exist, and check that no other user could have written to it.

    Checked before SQLite opens the file by its name: in a folder that only its owner writes to, the name stays.

    Raises:
        StoreError: the folder or the file belongs to another user, is writable by others, or the file is a link.
    """
    _check_owned(path.parent, os.stat(path.parent))
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    try:
        file = os.open(path, flags, 0o600)
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror} (links are not followed); remove it") from None
    try:
        found = os.fstat(file)
        if not stat.S_ISREG(found.st_mode):
            raise StoreError(f"{path} is not a regular file; remove it")
        _check_owned(path, found)
        os.fchmod(file, 0o600)
    finally:
        os.close(file)


def _check_owned(path: Path, found: os.stat_result) -> None:
    if found.st_uid != os.geteuid():
        raise StoreError(f"{path} belongs to another user; set XDG_CACHE_HOME to a folder of yours")
    if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise StoreError(f"others may write to {path}; remove what you do not trust in it, then `chmod go-w {path}`")


def _to_row(execution: Execution) -> tuple[object, ...]:
    blobs = (execution.stdout, execution.stderr, execution.result)
    packed = sum(map(len, filter(None, blobs))) > _PACK_ABOVE
    if packed:
        blobs = tuple(blob if blob is None else zlib.compress(blob, 1) for blob in blobs)  # type: ignore[assignment]
    stdout, stderr, result = blobs
    ending = execution.outcome, execution.exit_code, execution.signal
    return (packed, *ending, stdout, stderr, execution.cpu_s, execution.wall_s, execution.peak_mib, result)


def _from_row(
    packed: int,
    outcome: Ending,
    exit_code: int | None,
    signal: int | None,
    stdout: bytes,
    stderr: bytes,
    cpu_s: float,
    wall_s: float,
    peak_mib: float,
    result: bytes | None,
) -> Execution:
    if outcome not in _OUTCOMES:
        raise ValueError(f"unknown outcome {outcome!r}")
    if packed:
        stdout, stderr = zlib.decompress(stdout), zlib.decompress(stderr)
        result = None if result is None else zlib.decompress(result)
    return Execution(outcome, exit_code, signal, stdout, stderr, cpu_s, wall_s, peak_mib, result)
