"""A journal of replies and batches in SQLite: replies are stored before they are parsed, and never paid for twice.

A reply is stored as it arrived: the body of an HTTP response, or one row of a batch's results. A batch is stored before
it is sent (`plan`) and again when the service has named it (`submitted`), so that one which was created but not yet
recorded when the process died can be looked for. The key of a reply is that of its question, a hyphen and the token
limit of the request (`sent_key`): a question whose answer was truncated may be asked again with a higher limit. WAL
with full synchronisation: what `add` returned from survives the process and the machine.
"""

import json
import sqlite3
import uuid
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Literal, Self

from tarot_bench.errors import RunError
from tarot_bench.generation.author.shared import Row, SharedReplies
from tarot_bench.models import Request
from tarot_bench.models.batch import RequestBatch

Via = Literal["live", "batch", "none"]
_SHARED_AT_ONCE = 256

_SCHEMA = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS replies (
    key TEXT PRIMARY KEY, generator TEXT NOT NULL, via TEXT NOT NULL, raw BLOB NOT NULL,
    paid INTEGER NOT NULL DEFAULT 1
);
CREATE TABLE IF NOT EXISTS batches (
    label TEXT PRIMARY KEY, generator TEXT NOT NULL, keys TEXT NOT NULL, planned_at REAL NOT NULL,
    service_id TEXT, collected INTEGER NOT NULL DEFAULT 0, unasked INTEGER NOT NULL DEFAULT 0,
    repeated INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS questions (
    key TEXT PRIMARY KEY, generator TEXT NOT NULL, problem TEXT NOT NULL, round INTEGER NOT NULL, prompt BLOB NOT NULL
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


def sent_key(question: str, max_tokens: int) -> str:
    """Return the key of a request: its question, and the most tokens of its answer."""
    return f"{question}-{max_tokens}"


def question_of(key: str) -> str:
    """Return the question of a request's key."""
    return key.rpartition("-")[0]


def limit_of(key: str) -> int:
    """Return the most tokens of the answer to a request, from its key."""
    return int(key.rpartition("-")[2])


def open_to_read(path: Path) -> sqlite3.Connection:
    """Open a journal that others may be writing, and change nothing.

    Raises:
        sqlite3.Error: it cannot be read.
    """
    alone = not path.with_name(f"{path.name}-wal").exists()  # then SQLite need not make files for its locks
    return sqlite3.connect(f"{path.resolve().as_uri()}?{'immutable=1' if alone else 'mode=ro'}", uri=True)


def copy_replies(path: Path, to: Path) -> bool:
    """Copy a journal that others may be writing; false if there is none.

    Raises:
        RunError: it cannot be read.
    """
    if not path.is_file():
        return False
    to.parent.mkdir(parents=True, exist_ok=True)
    try:
        with closing(open_to_read(path)) as read, closing(sqlite3.connect(to)) as written:
            read.backup(written)
    except sqlite3.Error as error:
        raise RunError(f"cannot read {path}: {error}") from None
    return True


class ReplyJournal:
    """The replies and batches of all generators of a run. Use it from one thread at a time."""

    def __init__(self, path: Path, shared: Path | None = None) -> None:
        """Open or create the journal.

        Args:
            path: the file.
            shared: a file of replies that other runs read and write, too.

        Raises:
            RunError: one cannot be opened, or is not a reply journal.
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
        self._shared = SharedReplies(shared) if shared else None  # second: so it is refused if it is the same file

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the files; everything is on disk already."""
        self._db.close()
        if self._shared:
            self._shared.close()

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

    def attempts(self, question: str) -> list[RawReply]:
        """Return the replies to a question, by their token limit; replies of other runs are copied to this one."""
        between = (f"{question}-", f"{question}.")  # the full stop is the character after the hyphen
        if self._shared:
            self._copy(self._shared.rows(*between))
        rows = self._db.execute("SELECT key, via, raw FROM replies WHERE key >= ? AND key < ?", between)
        return sorted((RawReply(*row) for row in rows), key=lambda reply: limit_of(reply.key))

    def share(self, generator: str, replies: Iterable[RawReply]) -> None:
        """Let other runs use replies that this run paid for; they are made before the others are kept waiting."""
        rows = ((reply.key, generator, reply.via, reply.raw) for reply in replies)
        while self._shared and (some := list(islice(rows, _SHARED_AT_ONCE))):
            self._shared.add(some)

    def forget(self, keys: Iterable[str]) -> None:
        """Remove replies, so that their requests are pending again."""
        with self._transaction():
            self._db.executemany("DELETE FROM replies WHERE key = ?", [(key,) for key in keys])

    def answered(self, generator: str) -> set[str]:
        """Return the requests of a generator that have a reply."""
        return {key for (key,) in self._db.execute("SELECT key FROM replies WHERE generator = ?", (generator,))}

    def paid(self, generator: str) -> Iterator[RawReply]:
        """Iterate over the replies to a generator, without those that other runs paid for."""
        rows = self._db.execute("SELECT key, via, raw FROM replies WHERE generator = ? AND paid", (generator,))
        return (RawReply(*row) for row in rows)

    def record(self, generator: str, questions: Mapping[str, Callable[[], Request]]) -> None:
        """Store the prompts of questions, for those who inspect the run; those that are stored stay as they are.

        Args:
            generator: its name.
            questions: makes the request of each question, by its key.
        """
        known = "SELECT 1 FROM questions WHERE key = ?"
        new = [key for key in questions if not self._db.execute(known, (key,)).fetchone()]
        if new:
            rows = (_question(key, generator, questions[key]()) for key in new)
            with self._transaction():
                self._db.executemany("INSERT INTO questions VALUES (?, ?, ?, ?, ?)", rows)

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

    def collected(
        self, generator: str, batch: RequestBatch, rows: Sequence[RawReply], pending: Collection[str] = ()
    ) -> int:
        """Store the rows of a finished batch and close it, in one transaction; rows for unknown requests are counted.

        Args:
            generator: its name.
            batch: one of its batches.
            rows: all that came.
            pending: the keys of requests whose rows are no replies: they are pending again.

        Returns:
            How many rows were a second answer to their request.
        """
        ours, asked = [row for row in rows if row.key in set(batch.keys)], len(rows)
        repeated = len(ours) - len({row.key for row in ours})
        with self._transaction():
            self._insert(generator, (row for row in ours if row.key not in pending))
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
        self._db.executemany("INSERT OR IGNORE INTO replies (key, generator, via, raw) VALUES (?, ?, ?, ?)", rows)

    def _copy(self, rows: Sequence[Row]) -> None:
        lacking = [row for row in rows if self.get(row[0]) is None]
        if lacking:
            with self._transaction():
                self._db.executemany("INSERT OR IGNORE INTO replies VALUES (?, ?, ?, ?, 0)", lacking)

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


def _question(key: str, generator: str, request: Request) -> tuple[str, str, str, int, bytes]:
    """The row of a question: its messages as compressed JSON."""
    return key, generator, request.problem.id, request.index, zlib.compress(json.dumps(request.messages).encode())
