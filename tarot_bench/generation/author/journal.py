"""A journal of replies and batches in SQLite: replies are stored before they are parsed, and never paid for twice.

A reply is stored as it arrived: the body of an HTTP response, or one row of a batch's results. A batch is stored before
it is sent (`plan`) and again when the service has named it (`submitted`), so that one which was created but not yet
recorded when the process died can be looked for. WAL with full synchronisation: what `add` returned from survives the
process and the machine.
"""

import json
import sqlite3
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, Self

from tarot_bench.errors import RunError
from tarot_bench.models.batch import RequestBatch

Via = Literal["live", "batch", "none"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS replies (
    key TEXT PRIMARY KEY, generator TEXT NOT NULL, via TEXT NOT NULL, raw BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS batches (
    label TEXT PRIMARY KEY, generator TEXT NOT NULL, keys TEXT NOT NULL, planned_at REAL NOT NULL,
    service_id TEXT, collected INTEGER NOT NULL DEFAULT 0, unasked INTEGER NOT NULL DEFAULT 0,
    repeated INTEGER NOT NULL DEFAULT 0
);
"""


@dataclass(frozen=True, slots=True)
class RawReply:
    """A reply as it arrived.

    Attributes:
        key: of the request; the ``custom_id`` of a batch.
        via: ``live``, ``batch``, or ``none`` where there is no reply and `raw` is our own word for why.
        raw: the bytes.
    """

    key: str
    via: Via
    raw: bytes


class ReplyJournal:
    """The replies and batches of all generators of a run. Use it from one thread at a time."""

    def __init__(self, path: Path) -> None:
        """Open or create the journal.

        Raises:
            RunError: it cannot be opened, or is not a reply journal.
        """
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            self._db.executescript(_SCHEMA)
        except (OSError, sqlite3.Error) as error:
            raise RunError(f"cannot open {path}: {error}") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; everything is on disk already."""
        self._db.close()

    @property
    def run_id(self) -> str:
        """A name of this run that no other run has; labels of batches depend on it."""
        return self._fact("run", uuid.uuid4().hex)

    @property
    def day(self) -> str:
        """The UTC day on which the run began; it does not change when the run is resumed."""
        return self._fact("day", datetime.now(UTC).date().isoformat())

    def add(self, generator: str, replies: Iterable[RawReply]) -> int:
        """Store replies in one transaction; the first reply to a request is kept.

        Returns:
            How many were new.
        """
        before = self._db.total_changes
        with self._transaction():
            self._insert(generator, replies)
        return self._db.total_changes - before

    def get(self, key: str) -> RawReply | None:
        """Return the reply to a request, or None."""
        row = self._db.execute("SELECT key, via, raw FROM replies WHERE key = ?", (key,)).fetchone()
        return RawReply(*row) if row else None

    def forget(self, keys: Iterable[str]) -> None:
        """Remove replies, so that their requests are pending again."""
        with self._transaction():
            self._db.executemany("DELETE FROM replies WHERE key = ?", [(key,) for key in keys])

    def answered(self, generator: str) -> set[str]:
        """Return the requests of a generator that have a reply."""
        return {key for (key,) in self._db.execute("SELECT key FROM replies WHERE generator = ?", (generator,))}

    def replies(self, generator: str) -> Iterator[RawReply]:
        """Iterate over all replies to a generator."""
        rows = self._db.execute("SELECT key, via, raw FROM replies WHERE generator = ?", (generator,))
        return (RawReply(*row) for row in rows)

    def plan(self, generator: str, batch: RequestBatch) -> None:
        """Record a batch before it is sent."""
        row = (batch.label, generator, json.dumps(batch.keys), batch.planned_at)
        with self._transaction():
            self._db.execute("INSERT INTO batches (label, generator, keys, planned_at) VALUES (?, ?, ?, ?)", row)

    def submitted(self, label: str, service_id: str) -> None:
        """Record the id that the service gave a batch."""
        with self._transaction():
            self._db.execute("UPDATE batches SET service_id = ? WHERE label = ?", (service_id, label))

    def unplan(self, label: str) -> None:
        """Remove a planned batch that the service does not have, so that its requests are pending again."""
        with self._transaction():
            self._db.execute("DELETE FROM batches WHERE label = ?", (label,))

    def collected(self, generator: str, batch: RequestBatch, rows: Sequence[RawReply]) -> int:
        """Store all rows of a finished batch and close it, in one transaction; rows for unknown requests are counted.

        Returns:
            How many rows were a second answer to their request.
        """
        ours, asked = [row for row in rows if row.key in set(batch.keys)], len(rows)
        repeated = len(ours) - len({row.key for row in ours})
        with self._transaction():
            self._insert(generator, ours)
            self._db.execute(
                "UPDATE batches SET collected = 1, unasked = ?, repeated = ? WHERE label = ?",
                (asked - len(ours), repeated, batch.label),
            )
        return repeated

    def open_batches(self, generator: str) -> list[RequestBatch]:
        """Return the batches that were planned and not yet collected, oldest first."""
        rows = self._db.execute(
            "SELECT label, keys, planned_at, service_id FROM batches WHERE generator = ? AND NOT collected"
            " ORDER BY planned_at, label",
            (generator,),
        )
        return [RequestBatch(label, tuple(json.loads(keys)), at, service_id) for label, keys, at, service_id in rows]

    def known_batches(self) -> set[str]:
        """Return the ids of all batches of this run."""
        return {name for (name,) in self._db.execute("SELECT service_id FROM batches WHERE service_id NOT NULL")}

    def counts(self) -> dict[str, int]:
        """Count the replies, the batches, and the rows that came twice or for no request."""
        replies = self._db.execute("SELECT COUNT(*) FROM replies WHERE via != 'none'").fetchone()[0]
        batches = self._db.execute(
            "SELECT COUNT(*), COALESCE(SUM(repeated), 0), COALESCE(SUM(unasked), 0) FROM batches"
        )
        made, repeated, unasked = batches.fetchone()
        return {"replies": replies, "batches": made, "repeated_rows": repeated, "unasked_rows": unasked}

    def _insert(self, generator: str, replies: Iterable[RawReply]) -> None:
        rows = [(reply.key, generator, reply.via, reply.raw) for reply in replies]
        self._db.executemany("INSERT OR IGNORE INTO replies VALUES (?, ?, ?, ?)", rows)

    def _fact(self, name: str, otherwise: str) -> str:
        with self._transaction():
            self._db.execute("INSERT OR IGNORE INTO facts VALUES (?, ?)", (name, otherwise))
        return str(self._db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()[0])

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """Commit all or nothing.

        Raises:
            RunError: SQLite failed, as on a full disk.
        """
        try:
            self._db.execute("BEGIN IMMEDIATE")
            yield
            self._db.execute("COMMIT")
        except BaseException as error:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            if isinstance(error, sqlite3.Error):
                raise RunError(f"cannot write {self.path}: {error}; free some space and --resume") from None
            raise
