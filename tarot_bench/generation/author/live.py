"""Live requests: a bounded number under way, every answer journalled as it arrives."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from tarot_bench.errors import InfrastructureError, ModelError, one_line
from tarot_bench.generation.author.bodies import Body
from tarot_bench.generation.author.budget import Budget, most_usage, price, spent_on
from tarot_bench.generation.author.generator import GeneratorSettings
from tarot_bench.generation.author.journal import RawReply, ReplyJournal
from tarot_bench.generation.author.replies import no_reply, read_reply
from tarot_bench.generation.author.service import LlmService, RejectedError
from tarot_bench.models.retry import with_retries

_IN_A_ROW = 10
"""So many requests without an answer, one after the other, are no accident: the run stops."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request that is owed.

    Attributes:
        key: its name, here and at the service.
        make: makes the body; made twice rather than kept, bodies are larger than replies.
    """

    key: str
    make: Callable[[], Body]


@dataclass
class LiveRequests:
    """Asks for everything that is owed.

    Attributes:
        settings: of the generator.
        service: where it is asked.
        journal: where replies go before anything parses them.
        budget: shared with other generators.
        on_reply: told of every request that is done with.
    """

    settings: GeneratorSettings
    service: LlmService
    journal: ReplyJournal
    budget: Budget
    on_reply: Callable[[int], None]
    _doubtful: list[str] = field(default_factory=list)
    _unreached: list[str] = field(default_factory=list)
    _fatal: Exception | None = None

    async def run(self, owed: Iterable[Asked]) -> None:
        """Ask; after a failure that concerns all, requests under way are still waited for, since they are paid.

        Raises:
            QuotaError, ModelError, RunError: no credit, nothing that answers, or the cost limit.
        """
        queue = iter(owed)
        await asyncio.gather(*(self._work(queue) for _ in range(self.settings.concurrency)))
        if self._fatal:
            self.journal.forget({*self._doubtful, *self._unreached})
            raise self._fatal

    async def _work(self, queue: Iterator[Asked]) -> None:
        for asked in queue:
            if self._fatal:
                return
            try:
                await self._one(asked)
            except Exception as error:
                self._fatal = self._fatal or error

    async def _one(self, asked: Asked) -> None:
        body = asked.make()
        most = price(most_usage(body, self.settings), self.settings) or 0.0
        await self.budget.reserve(most)
        spent = 0.0
        try:
            status, raw = await with_retries(
                lambda: self.service.ask(body), self.service.judge.judge, self.settings.max_retries
            )
            spent = self._keep(RawReply(asked.key, "live", status, raw))
        except RejectedError as error:
            self._keep(RawReply(asked.key, "live", error.status, error.raw))
        except InfrastructureError as error:
            self._unreached.append(asked.key)
            self._keep(no_reply(asked.key, self.service.judge.trouble(error), one_line(error)))
        finally:
            self.budget.settle(most, spent)

    def _keep(self, raw: RawReply) -> float:
        """Journal a reply, then read it; gives what it cost.

        Raises:
            ModelError: nothing is answered any more; the fault is not the requests', and they are owed.
        """
        self.journal.add(self.settings.name, [raw])
        self.on_reply(1)
        reply = read_reply(raw, self.settings.provider)
        if reply.answered:
            self._doubtful.clear()
        else:
            self._doubtful.append(raw.key)
        if len(self._doubtful) >= _IN_A_ROW:
            raise ModelError(
                f"{self.settings.name}: {len(self._doubtful)} requests in a row had no answer; the last: "
                f"{reply.trouble}, {reply.detail}; they are owed, and everything answered is kept: --resume"
            )
        return spent_on(reply, self.settings)
