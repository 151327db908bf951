"""Send live requests, a bounded number at a time, and journal every answer as it arrives."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from tarot_bench.errors import InfrastructureError, ModelError, QuotaError, RefusedError, one_line
from tarot_bench.generation.author.budget import Budget, most_cost, spent_on
from tarot_bench.generation.author.exchange import Exchange
from tarot_bench.generation.author.generator import GeneratorSettings
from tarot_bench.generation.author.journal import RawReply, ReplyJournal, limit_of
from tarot_bench.generation.author.replies import NO_CREDIT, REJECTED, no_reply, read_reply
from tarot_bench.generation.author.tally import Tally
from tarot_bench.models import Model, Request

IN_A_ROW = 10
"""The run stops after so many requests in a row without an answer."""


@dataclass(frozen=True, slots=True)
class PendingRequest:
    """A request that has no answer yet.

    Attributes:
        key: its name, here and at the service.
        make: makes it; made twice rather than kept, requests are larger than replies.
    """

    key: str
    make: Callable[[], Request]

    @property
    def max_tokens(self) -> int:
        """The most tokens of its answer."""
        return limit_of(self.key)


@dataclass
class Sender:
    """Sends the requests of one generator.

    Attributes:
        settings: of the generator.
        exchange: writes requests and reads answers.
        journal: where replies go before anything parses them.
        budget: shared with other generators.
        tally: reports finished requests.
        unserved: the keys of requests whose retries were used up, with the reason; they have no entry in the journal.
    """

    settings: GeneratorSettings
    exchange: Exchange
    journal: ReplyJournal
    budget: Budget
    tally: Tally
    unserved: dict[str, str] = field(default_factory=dict, kw_only=True)

    def book(self, raws: Iterable[RawReply]) -> float:
        """Read replies that are in the journal, share the answers among them, and return what all of them cost."""
        spent, answered = 0.0, []
        for raw in raws:
            reply = read_reply(raw, self.exchange.read)
            spent += spent_on(reply, self.settings, limit_of(raw.key))
            if reply.answered:
                answered.append(raw)
        self.journal.share(self.settings.name, answered)
        return spent


@dataclass
class LiveSender(Sender):
    """Sends each request by itself, or a few together to a model on this machine."""

    model: Model = field(kw_only=True)
    _doubtful: list[str] = field(default_factory=list)
    _unpaid: list[str] = field(default_factory=list)
    _fatal: Exception | None = None

    async def run(self, pending: Iterable[PendingRequest]) -> None:
        """Send; after a failure that concerns all requests, those under way are waited for, since they are paid.

        Raises:
            QuotaError, ModelError, RunError: no credit, nothing that answers, or the cost limit.
        """
        queue = iter(pending)
        await asyncio.gather(*(self._work(queue) for _ in range(self.model.concurrency)))
        if self._fatal:
            self.journal.forget({*self._doubtful, *self._unpaid})
            raise self._fatal

    async def _work(self, queue: Iterator[PendingRequest]) -> None:
        while not self._fatal and (some := list(islice(queue, self.model.batch_size))):
            try:
                await self._ask(some)
            except Exception as error:
                self._fatal = self._fatal or error

    async def _ask(self, some: Sequence[PendingRequest]) -> None:
        """Send as many requests together as the model takes at once."""
        requests = [pending.make() for pending in some]
        limit = max(pending.max_tokens for pending in some)
        most = sum(most_cost(self.exchange.body(request, limit), self.settings, limit) for request in requests)
        await self.budget.reserve(most)
        spent, alone = 0.0, False
        try:
            contents = await self.exchange.ask(self.model, requests, limit)
            spent = self._keep([RawReply(asked.key, "live", raw) for asked, raw in zip(some, contents, strict=True)])
        except RefusedError as error:
            alone = len(some) > 1
            if not alone:
                self._keep([no_reply(some[0].key, REJECTED, error.words)])
        except InfrastructureError as error:
            self._not_served([pending.key for pending in some], error)
        finally:
            self.budget.settle(most, spent)
        if not alone:
            self.tally.done(self.settings.name, len(some))
        for pending in some if alone else ():  # only one of them need be refused
            await self._ask([pending])

    def _keep(self, raws: Sequence[RawReply]) -> float:
        """Journal replies, then read them, and return what they cost.

        Raises:
            QuotaError: one says that no credit is left.
            ModelError: too many requests in a row have no answer; they stay pending.
        """
        self.journal.add(self.settings.name, raws)
        spent = self.book(raws)
        for raw in raws:
            reply = read_reply(raw, self.exchange.read)
            if reply.reason == NO_CREDIT:
                self._unpaid.append(raw.key)
                raise QuotaError(f"{self.settings.name}: no credit is left: {reply.detail}")
            if reply.answered:
                self._doubtful.clear()
            else:
                self._doubt(raw.key, f"{reply.reason}, {reply.detail}")
        return spent

    def _not_served(self, keys: Sequence[str], error: InfrastructureError) -> None:
        """Note requests whose retries were used up. Raises as `_keep`."""
        for key in keys:
            self.unserved[key] = getattr(error, "reason", "server-error")
            self._doubt(key, f"{self.unserved[key]}, {one_line(error)}")

    def _doubt(self, key: str, why: str) -> None:
        self._doubtful.append(key)
        if len(self._doubtful) >= IN_A_ROW:
            raise nothing_answers(self.settings.name, len(self._doubtful), why)


def nothing_answers(name: str, count: int, why: str) -> ModelError:
    """The error that ends a run after so many requests in a row without an answer."""
    return ModelError(
        f"{name}: {count} requests in a row had no answer; the last: {why}; they are pending, and everything answered "
        "is kept: --resume"
    )
