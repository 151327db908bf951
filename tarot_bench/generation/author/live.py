"""Send live requests, a bounded number at a time, and journal every answer as it arrives."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from tarot_bench.errors import InfrastructureError, ModelError, QuotaError, RefusedError, one_line
from tarot_bench.generation.author.budget import Budget, most_cost, spent_on
from tarot_bench.generation.author.exchange import Exchange
from tarot_bench.generation.author.generator import GeneratorSettings
from tarot_bench.generation.author.journal import RawReply, ReplyJournal
from tarot_bench.generation.author.replies import NO_CREDIT, no_reply, read_reply
from tarot_bench.models import Model, Request

_IN_A_ROW = 10
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


@dataclass
class Sender:
    """Sends the requests of one generator.

    Attributes:
        settings: of the generator.
        exchange: writes requests and reads answers.
        journal: where replies go before anything parses them.
        budget: shared with other generators.
        on_reply: called with the number of finished requests.
    """

    settings: GeneratorSettings
    exchange: Exchange
    journal: ReplyJournal
    budget: Budget
    on_reply: Callable[[int], None]


@dataclass
class LiveSender(Sender):
    """Sends each request by itself, or a few together to a model on this machine."""

    model: Model
    _doubtful: list[str] = field(default_factory=list)
    _unreached: list[str] = field(default_factory=list)
    _fatal: Exception | None = None

    async def run(self, pending: Iterable[PendingRequest]) -> None:
        """Send; after a failure that concerns all requests, those under way are waited for, since they are paid.

        Raises:
            QuotaError, ModelError, RunError: no credit, nothing that answers, or the cost limit.
        """
        queue = iter(pending)
        await asyncio.gather(*(self._work(queue) for _ in range(self.model.concurrency)))
        if self._fatal:
            self.journal.forget({*self._doubtful, *self._unreached})
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
        most = sum(most_cost(self.exchange.body(request), self.settings) for request in requests)
        await self.budget.reserve(most)
        spent, alone = 0.0, False
        try:
            contents = await self.exchange.ask(self.model, requests)
            spent = self._keep(RawReply(pending.key, "live", raw) for pending, raw in zip(some, contents, strict=True))
        except RefusedError as error:
            alone = len(some) > 1
            if not alone:
                self._keep([no_reply(some[0].key, "rejected", error.words)])
        except InfrastructureError as error:
            self._unreached += [pending.key for pending in some]
            reason = getattr(error, "reason", "server-error")
            self._keep(no_reply(pending.key, reason, one_line(error)) for pending in some)
        finally:
            self.budget.settle(most, spent)
        for pending in some if alone else ():  # only one of them need be refused
            await self._ask([pending])

    def _keep(self, raws: Iterable[RawReply]) -> float:
        """Journal replies, then read them, and return what they cost.

        Raises:
            QuotaError: one says that no credit is left.
            ModelError: too many requests in a row have no answer; they stay pending.
        """
        kept, spent = list(raws), 0.0
        self.journal.add(self.settings.name, kept)
        self.on_reply(len(kept))
        for raw in kept:
            reply = read_reply(raw, self.exchange.read)
            spent += spent_on(reply, self.settings)
            if reply.answered:
                self._doubtful.clear()
            else:
                self._doubtful.append(raw.key)
            if reply.reason == NO_CREDIT:
                self._unreached.append(raw.key)
                raise QuotaError(f"{self.settings.name}: no credit is left: {reply.detail}")
        if len(self._doubtful) >= _IN_A_ROW:
            raise ModelError(
                f"{self.settings.name}: {len(self._doubtful)} requests in a row had no answer; the last: "
                f"{reply.reason}, {reply.detail}; they are pending, and everything answered is kept: --resume"
            )
        return spent
