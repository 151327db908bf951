"""A journal of replies that several runs share: a request that one run paid for costs the others nothing.

One SQLite file with write-ahead log. SQLite's locks let several processes write; each write is one short transaction.
"""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from tarot_bench.errors import RunError

_BUSY_S = 60.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS replies (
    key TEXT PRIMARY KEY, generator TEXT NOT NULL, via TEXT NOT NULL, raw BLOB NOT NULL
);
"""
_COLUMNS = ["key", "generator", "via", "raw"]
Row = tuple[str, str, str, bytes]
"""The key of a reply, its generator, how it arrived, and its bytes."""


class SharedReplies:
    """Replies in a file that other runs read and write at the same time.

    Only answers of a model are shared. Requests that another run has under way are not waited for: two runs that ask
    the same at the same moment both pay, and the first reply is kept.
    """

    def __init__(self, path: Path) -> None:
        """Open or create the file.

        Raises:
            RunError: it cannot be opened, is no journal of replies, or is the one of a run.
        """
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)
            self._check_columns()
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            self._db.execute(_SCHEMA)
        except (OSError, sqlite3.Error) as error:
            raise RunError(f"author.journal: cannot open {path}: {error}") from None

    def _check_columns(self) -> None:
        """Refuse the journal of a run, before anything is changed: it also holds what is no answer of a model."""
        columns = [name for _, name, *_ in self._db.execute("PRAGMA table_info(replies)")]
        if columns not in ([], _COLUMNS):
            self._db.close()
            raise RunError(
                "author.journal names the journal of a run: name another file, and resume that run with it "
                "(--resume author.journal=FILE) to share its replies"
            )

    def close(self) -> None:
        """Close the file; everything is on disk already."""
        self._db.close()

    def add(self, rows: Sequence[Row]) -> None:
        """Store replies in one transaction; the first reply to a request is kept.

        Raises:
            RunError: SQLite failed, as on a full disk.
        """
        try:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany("INSERT OR IGNORE INTO replies VALUES (?, ?, ?, ?)", rows)
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise RunError(f"author.journal: cannot write {self.path}: {error}; then --resume") from None

    def rows(self, first: str, last: str) -> list[Row]:
        """Return the replies whose keys are in ``[first, last)``."""
        return list(self._db.execute("SELECT * FROM replies WHERE key >= ? AND key < ?", (first, last)))
