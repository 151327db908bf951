"""Read the prompts and replies of a run from its journal, by problem, without writing to it."""

import json
import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

from pydantic import Field

from tarot_bench.errors import RunError
from tarot_bench.generation.author.budget import spent_on
from tarot_bench.generation.author.exchange import Exchange
from tarot_bench.generation.author.generator import GeneratorSettings
from tarot_bench.generation.author.journal import RawReply, limit_of, open_to_read
from tarot_bench.generation.author.replies import read_reply
from tarot_bench.models.answers import FailedAnswerError, NotAnAnswerError, body_of_row
from tarot_bench.problem import Frozen
from tarot_bench.reading import parse_json
from tarot_bench.verdict import Usage

_ASKED = "SELECT key, generator, problem, round, prompt FROM questions"
_REPLIED = "SELECT key, via, raw, paid FROM replies WHERE key >= ? AND key < ? ORDER BY length(key), key"


class Reply(Frozen):
    """A reply to a prompt."""

    via: Literal["live", "batch", "none"]
    """``none``: no answer came, and `reason` is ours."""
    model: str | None = None
    """The model that the service says answered, as in a dated snapshot; None where it does not say."""
    request_id: str | None = None
    text: str
    """What the model wrote; where that is of no use, what arrived."""
    reason: str | None = None
    """Why it is of no use, as in ``truncated``; None where it is."""
    detail: str = ""
    usage: Usage = Usage()
    usd: float | None = None
    """None where the recipe gives no prices; 0 where another run paid for it."""


class Asked(Frozen):
    """A prompt, with its replies."""

    generator: str
    problem: str
    round: int = Field(ge=0)
    """0 for the first request, n for the n-th repair; of a solver, the number of the sample."""
    messages: tuple[dict[str, str], ...]
    replies: tuple[Reply, ...] = ()
    """Several where a truncated answer was asked for again; none while the request is pending."""


class Exchanges:
    """The prompts and replies of a run. It holds the journal open for reading until `close`."""

    def __init__(self, path: Path, generators: Sequence[GeneratorSettings]) -> None:
        """Open the journal.

        Args:
            path: of the journal; without one there are no prompts.
            generators: of the run, for their prices.

        Raises:
            RunError: the journal cannot be read.
        """
        self._path = path
        self._settings = {each.name: each for each in generators if each.is_model}
        self._readers = {name: Exchange(each) for name, each in self._settings.items()}
        self._db: sqlite3.Connection | None = None
        if path.is_file() and self._settings:
            self._db = _opened(path)

    def close(self) -> None:
        """Close the journal. Idempotent."""
        if self._db:
            self._db.close()
            self._db = None

    def of(self, problem: str | None = None) -> Iterator[Asked]:
        """The prompts about a problem, or all of them, in the order in which they were first asked.

        Raises:
            RunError: the journal cannot be read.
        """
        if self._db is None:
            return
        where, values = (" WHERE problem = ?", (problem,)) if problem is not None else ("", ())
        try:
            for key, generator, about, round_, prompt in self._db.execute(f"{_ASKED}{where} ORDER BY rowid", values):
                yield Asked(
                    generator=generator,
                    problem=about,
                    round=round_,
                    messages=json.loads(zlib.decompress(prompt)),
                    replies=tuple(self._replies(generator, key)),
                )
        except sqlite3.Error as error:
            raise RunError(f"cannot read {self._path}: {error}") from None

    def _replies(self, generator: str, key: str) -> Iterator[Reply]:
        """The replies to a question: their keys are its own, a hyphen and the token limit."""
        assert self._db
        for row in self._db.execute(_REPLIED, (f"{key}-", f"{key}.")):  # the full stop comes after the hyphen
            *reply, paid = row
            yield self._reply(generator, RawReply(*reply), paid)

    def _reply(self, generator: str, raw: RawReply, paid: bool) -> Reply:
        settings = self._settings[generator]
        read = read_reply(raw, self._readers[generator].read)
        usd = spent_on(read, settings, limit_of(raw.key)) if paid else 0.0
        return Reply(
            via=raw.via,
            model=model_of(raw),
            request_id=read.request_id,
            text=_text(raw, read.text),
            reason=read.reason,
            detail=read.detail,
            usage=read.usage,
            usd=None if settings.input_price is None else usd,
        )


def _text(raw: RawReply, read: str | None) -> str:
    if read is not None or raw.via == "none":
        return read or ""
    return raw.raw.decode(errors="replace")


def model_of(raw: RawReply) -> str | None:
    """The name of the model in a reply, as the service wrote it."""
    if raw.via == "none":
        return None
    try:
        body = body_of_row(raw.raw) if raw.via == "batch" else parse_json(raw.raw)
        name = body["model"]
    except (NotAnAnswerError, FailedAnswerError, ValueError, KeyError, TypeError):
        return None
    return name if isinstance(name, str) else None


def _opened(path: Path) -> sqlite3.Connection | None:
    """Open a journal for reading; None where it has no prompts."""
    try:
        opened = open_to_read(path)
        known = opened.execute("SELECT name FROM sqlite_master WHERE name = 'questions'").fetchone()
    except sqlite3.Error as error:
        raise RunError(f"cannot read {path}: {error}") from None
    if known is None:
        opened.close()  # of an earlier version
        return None
    return opened
