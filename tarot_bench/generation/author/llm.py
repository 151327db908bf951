"""An author that uses a model: writes the requests, and parses the answers into tests."""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from tarot_bench.dataset.entry import Provenance
from tarot_bench.errors import QuotaError
from tarot_bench.generation.author.batches import BatchSender
from tarot_bench.generation.author.budget import Budget, most_usage, price, spent_on
from tarot_bench.generation.author.drafting import CostEstimate, Drafted, Wanted
from tarot_bench.generation.author.exchange import Exchange
from tarot_bench.generation.author.generator import GeneratorSettings
from tarot_bench.generation.author.journal import ReplyJournal
from tarot_bench.generation.author.live import LiveSender, PendingRequest
from tarot_bench.generation.author.prompts import AuthorPrompt, Prompts
from tarot_bench.generation.author.replies import read_reply
from tarot_bench.generation.author.suite import read, schema
from tarot_bench.loops import EventLoop
from tarot_bench.models import Model, Request
from tarot_bench.models.batch import BatchModel
from tarot_bench.verdict import Usage

_PORTION = 16
"""Live requests in one portion, for each that may be under way."""


class LlmAuthor:
    """Implements `drafting.Author`: one prompt asks for all tiers of a problem that are wanted, and a validator.

    The model is opened for the first request and stays open until `close`.
    """

    def __init__(
        self,
        settings: GeneratorSettings,
        journal: ReplyJournal,
        budget: Budget,
        prompts: Prompts,
        on_reply: Callable[[int], None] = lambda count: None,
    ) -> None:
        """Check the model's name and the prices; what the journal already paid for is booked.

        Args:
            settings: the generator.
            journal: of the run.
            budget: of the run.
            prompts: the templates.
            on_reply: called with the number of finished requests.

        Raises:
            ModelError: an unknown model.
            RecipeError: a cost limit without prices, or mode ``batch`` for a model that has none.
        """
        budget.admit(settings)
        self.name = settings.name
        self._settings = settings
        self._exchange = Exchange(settings)
        self._journal = journal
        self._budget = budget
        self._prompts = prompts
        self._on_reply = on_reply
        self._open: tuple[EventLoop, Model] | None = None
        for raw in journal.replies(self.name):
            budget.spent += spent_on(read_reply(raw, self._exchange.read), settings)

    def draft(self, wanted: Sequence[Wanted]) -> Iterator[Drafted]:
        """Request the answers that the journal does not hold, then parse all of them, in order.

        Batches contain all requests; live requests are sent in portions, so that drafts are available while
        later ones are still to be requested.

        Raises:
            UserError: as `drafting.Author.draft`.
        """
        size = len(wanted) if self._settings.mode == "batch" else _PORTION * self._settings.concurrency
        for start in range(0, len(wanted), max(1, size)):
            yield from self._portion(wanted[start : start + size])

    def estimate(self, wanted: Sequence[Wanted]) -> CostEstimate:
        """Return what `draft` would send, and the most that it can cost; nothing is sent or opened."""
        pending = [want for want in wanted if self._journal.get(self._key(want)) is None]
        most = [most_usage(self._exchange.body(self._request(want)), self._settings) for want in pending]
        usage = Usage(
            input_tokens=sum(each.input_tokens for each in most), output_tokens=sum(each.output_tokens for each in most)
        )
        cost = price(usage, self._settings)
        kept = len(wanted) - len(pending)
        return CostEstimate(self.name, len(pending), kept, usage.input_tokens, usage.output_tokens, cost)

    def close(self) -> None:
        """Close the model, if it was opened. Idempotent."""
        if self._open:
            (loop, model), self._open = self._open, None
            with loop:
                loop.run(model.close())

    def _portion(self, wanted: Sequence[Wanted]) -> Iterator[Drafted]:
        keys = [self._key(want) for want in wanted]
        pending = {key: want for key, want in zip(keys, wanted, strict=True) if self._journal.get(key) is None}
        if pending or self._journal.open_batches(self.name):
            self._ask([PendingRequest(key, partial(self._request, want)) for key, want in pending.items()])
        for key, want in zip(keys, wanted, strict=True):
            yield self._read(key, want)

    def _ask(self, pending: list[PendingRequest]) -> None:
        if self._open is None:
            model = self._exchange.open()
            self._open = EventLoop(), model
        loop, model = self._open
        shared = (self._settings, self._exchange, self._journal, self._budget, self._on_reply)
        try:
            if self._settings.mode == "batch":
                assert isinstance(model, BatchModel)  # `Exchange` checked it
                loop.run(BatchSender(*shared, model).run(pending))
            else:
                loop.run(LiveSender(*shared, model).run(pending))
        except QuotaError as error:
            raise QuotaError(f"{error}; everything answered is kept: when there is credit again, --resume") from error

    def _read(self, key: str, wanted: Wanted) -> Drafted:
        problem = wanted.entry.problem
        raw = self._journal.get(key)
        if raw is None:
            raise AssertionError(f"{self.name}: request {key} has neither an answer nor a reason for none")
        reply = read_reply(raw, self._exchange.read)
        if reply.text is None:
            return Drafted(problem.id, (), None, reply.reason, reply.detail)
        suite = read(reply.text, problem, wanted.tiers, validator=_wants_validator(wanted))
        provenance = Provenance(
            generator=self.name,
            prompt_digest=self._prompt(wanted).digest,
            date=self._journal.day,
            request_id=reply.request_id,
            round=wanted.round,
        )
        tests = tuple((test, provenance) for test in suite.tests)
        return Drafted(problem.id, tests, suite.validator, suite.reason, suite.detail)

    def _prompt(self, wanted: Wanted) -> AuthorPrompt:
        asked = None if self._exchange.is_structured else _schema(wanted)
        return self._prompts.render(wanted, validator=_wants_validator(wanted), schema=asked)

    def _request(self, wanted: Wanted) -> Request:
        prompt = self._prompt(wanted)
        return Request(wanted.entry.problem, wanted.round, prompt.user, prompt.system, _schema(wanted))

    def _key(self, wanted: Wanted) -> str:
        """Return the name of a request; the same question of the same round has the same name, so it is asked once.

        Hexadecimal: what both services allow in a ``custom_id`` (``[A-Za-z0-9_-]{1,64}``).
        """
        body = self._exchange.body(self._request(wanted))
        asked: list[Any] = [self.name, wanted.entry.problem.id, wanted.round, body]
        return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:40]


def _wants_validator(wanted: Wanted) -> bool:
    return wanted.entry.validator is None


def _schema(wanted: Wanted) -> dict[str, Any]:
    return schema(wanted.tiers, _wants_validator(wanted))
