"""Ask a generator's model: each question once, through the journal and within the budget.

A question is a request without its token limit. It is pending until a reply is final: one that was not truncated, or
was truncated at the highest limit that the settings allow.
"""

import hashlib
import json
import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tarot_bench.errors import QuotaError
from tarot_bench.generation.author.batches import BatchSender
from tarot_bench.generation.author.budget import Budget, spent_on
from tarot_bench.generation.author.exchange import Exchange
from tarot_bench.generation.author.generator import GeneratorSettings
from tarot_bench.generation.author.journal import RawReply, ReplyJournal, limit_of, question_of, sent_key
from tarot_bench.generation.author.live import LiveSender, PendingRequest
from tarot_bench.generation.author.replies import GIVEN_UP, NO_CREDIT, TRUNCATED, UNSERVED, Reply, no_reply, read_reply
from tarot_bench.generation.author.settings import Unserved
from tarot_bench.generation.author.tally import Tally
from tarot_bench.loops import EventLoop
from tarot_bench.models import Model, Request
from tarot_bench.models.batch import BatchModel, RequestBatch

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked.

    Attributes:
        key: its name, from `Asking.key`.
        make: makes the request; made again rather than kept, requests are larger than replies.
    """

    key: str
    make: Callable[[], Request]


class Asking:
    """Asks one generator's model, which is opened for the first request and stays open until `close`."""

    def __init__(
        self,
        settings: GeneratorSettings,
        journal: ReplyJournal,
        budget: Budget,
        tally: Tally | None = None,
        unserved: Unserved = "pending",
    ) -> None:
        """Check the model's name and the prices; what the run already paid for is booked, and shared.

        Raises:
            ModelError: an unknown model.
            RecipeError: a cost limit without prices, or mode ``batch`` for a model that has none.
        """
        budget.admit(settings)
        self.exchange = Exchange(settings)
        self._settings, self._journal, self._budget = settings, journal, budget
        self._tally = tally or Tally(budget)
        self._unserved = unserved
        self._open: tuple[EventLoop, Model] | None = None
        self._book()

    def _book(self) -> None:
        pending = []
        for raw in self._journal.paid(self._settings.name):
            reply = self._read(raw)
            if reply.reason in UNSERVED or reply.reason == NO_CREDIT:  # the process was killed before it forgot them
                pending.append(raw.key)
                continue
            self._budget.spent += spent_on(reply, self._settings, limit_of(raw.key))
        self._journal.forget(pending)
        paid = self._journal.paid(self._settings.name)  # a process that was killed may have kept some to itself
        self._journal.share(self._settings.name, (raw for raw in paid if self._read(raw).answered))

    def key(self, request: Request) -> str:
        """Return the name of a question: the same problem, round, prompt and settings give the same name.

        Hexadecimal: with a token limit behind it, services allow it as ``custom_id`` (``[A-Za-z0-9_-]{1,64}``).
        """
        body: Mapping[str, Any] = self.exchange.question(request)
        asked: list[Any] = [self._settings.name, request.problem.id, request.index, body]
        return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:40]

    def reply(self, key: str) -> Reply | None:
        """Return the final reply to a question; None while it is pending."""
        attempts = self._journal.attempts(key)
        return None if self._next(key, attempts) else self._final(attempts)

    def fetch(self, questions: Sequence[Question], later: int = 0) -> None:
        """Ask the questions that are pending. Those that the service does not serve stay so.

        Args:
            questions: no two of one key.
            later: how many questions will follow, for the report.

        Raises:
            QuotaError, ModelError, RunError: no credit, nothing that answers, or the cost limit; replies are kept.
        """
        left = {question.key: question for question in questions}
        self._journal.record(self._settings.name, {key: question.make for key, question in left.items()})
        unserved: dict[str, str] = {}
        while (pending := self._pending(left)) or self._open_batches():
            self._tally.expect(self._settings.name, len(pending) + later)
            failed = self._send(pending)
            # Others are of a batch whose questions are no longer asked.
            unserved |= {key: reason for key, reason in failed.items() if left.pop(question_of(key), None)}
        if unserved:
            self._not_served(unserved)

    def is_pending(self, key: str) -> bool:
        """Whether a question has no final reply."""
        return self.reply(key) is None

    def answer_tokens(self) -> list[int]:
        """The output tokens of each answer that the run paid for, where the service counts them."""
        replies = map(self._read, self._journal.paid(self._settings.name))
        return [reply.usage.output_tokens for reply in replies if reply.usage.output_tokens]

    def close(self) -> None:
        """Close the model, if it was opened. Idempotent."""
        if self._open:
            (loop, model), self._open = self._open, None
            with loop:
                loop.run(model.close())

    def _pending(self, left: Mapping[str, Question]) -> list[PendingRequest]:
        """The next requests. A question in an open batch is not sent again, whatever its limit was there."""
        under_way = {question_of(key): key for batch in self._open_batches() for key in batch.keys}
        keys = {name: under_way.get(name) or self._next(name, self._journal.attempts(name)) for name in left}
        return [PendingRequest(key, left[name].make) for name, key in keys.items() if key]

    def _open_batches(self) -> list[RequestBatch]:
        return self._journal.open_batches(self._settings.name) if self._settings.mode == "batch" else []

    def _next(self, key: str, attempts: Sequence[RawReply]) -> str | None:
        """The key of the request to send next for a question; None if its reply is final."""
        if not attempts:
            return sent_key(key, self._settings.max_tokens)
        if self._final(attempts).reason != TRUNCATED:
            return None
        limit = limit_of(attempts[-1].key)
        raised = max(self._settings.max_tokens, min(2 * limit, self._settings.most_tokens or 0))
        return sent_key(key, raised) if raised > limit else None

    def _final(self, attempts: Sequence[RawReply]) -> Reply:
        """The first reply that was not truncated, otherwise the last one."""
        for raw in attempts:
            reply = self._read(raw)
            if reply.reason != TRUNCATED:
                break
        return reply

    def _read(self, raw: RawReply) -> Reply:
        return read_reply(raw, self.exchange.read)

    def _send(self, pending: Sequence[PendingRequest]) -> dict[str, str]:
        """Send requests; return those that were not served, with the reason."""
        if self._open is None:
            self._open = EventLoop(), self.exchange.open()
        loop, model = self._open
        shared = (self._settings, self.exchange, self._journal, self._budget, self._tally)
        sender: BatchSender | LiveSender
        if self._settings.mode == "batch":
            assert isinstance(model, BatchModel)  # `Exchange` checked it
            sender = BatchSender(*shared, model=model)
        else:
            sender = LiveSender(*shared, model=model)
        try:
            loop.run(sender.run(pending))
        except QuotaError as error:
            raise QuotaError(f"{error}; everything answered is kept: when there is credit again, --resume") from error
        return sender.unserved

    def _not_served(self, unserved: Mapping[str, str]) -> None:
        name = self._settings.name
        counts = ", ".join(f"{reason} {count}" for reason, count in sorted(Counter(unserved.values()).items()))
        if self._unserved == "drop":
            self._journal.add(name, [no_reply(key, GIVEN_UP, reason) for key, reason in unserved.items()])
            _log.warning("%s: requests are given up (author.unserved is drop): %s", name, counts)
        else:
            _log.warning(
                "%s: the service did not serve requests: %s; they are pending: --resume asks for them again, and "
                "author.unserved=drop gives them up",
                name,
                counts,
            )
