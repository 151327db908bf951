"""Plan, send and collect batches of requests, with a record before each step, so that a killed run can resume."""

import asyncio
import hashlib
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice

from tarot_bench.errors import InfrastructureError, ModelError, QuotaError
from tarot_bench.generation.author.budget import most_cost, spent_on
from tarot_bench.generation.author.journal import RawReply
from tarot_bench.generation.author.live import PendingRequest, Sender
from tarot_bench.generation.author.replies import NO_CREDIT, UNSERVED, no_reply, read_reply
from tarot_bench.models.batch import BatchModel, BatchProgress, Body, RequestBatch
from tarot_bench.models.retry import Result, with_retries

_log = logging.getLogger(__name__)


@dataclass
class BatchSender(Sender):
    """Sends requests in batches; these, too, are recorded in the journal."""

    model: BatchModel
    _reserved: dict[str, float] = field(default_factory=dict)
    _refusals: int = 0
    _unpaid: str = ""
    _unserved: Counter[str] = field(default_factory=Counter)

    async def run(self, pending: Sequence[PendingRequest]) -> None:
        """Send and collect; batches of an earlier, interrupted call are collected and never sent again.

        Raises:
            QuotaError, ModelError, RunError: no credit, a service that does not take batches, or the cost limit.
            InfrastructureError: the service did not serve some requests; they are pending.
        """
        await self._find_again()
        by_key = {request.key: request for request in pending}
        under_way = self._hold_under_way(by_key)
        waiting = [request for request in pending if request.key not in under_way]
        while True:
            waiting = [] if self._unpaid else await self._send(waiting)
            open_batches = self.journal.open_batches(self.settings.name)
            if not open_batches and not waiting:
                break
            waiting += await self._collect_ended(open_batches, by_key)
        if self._unpaid:
            raise QuotaError(f"{self.settings.name}: no credit is left: {self._unpaid}")
        if self._unserved:
            reasons = ", ".join(f"{reason} {count}" for reason, count in sorted(self._unserved.items()))
            raise InfrastructureError(
                f"{self.settings.name}: the service did not serve {self._unserved.total()} requests ({reasons}); they "
                "are pending, and everything answered is kept: --resume asks for them again"
            )

    def _hold_under_way(self, pending: dict[str, PendingRequest]) -> set[str]:
        """Return the keys of the requests in open batches, and reserve the most that they can cost."""
        under_way: set[str] = set()
        for batch in self.journal.open_batches(self.settings.name):
            bodies = [self.exchange.body(pending[key].make()) for key in batch.keys if key in pending]
            self._reserved[batch.label] = sum(most_cost(body, self.settings) for body in bodies)
            self.budget.hold(self._reserved[batch.label])
            under_way |= set(batch.keys)
        return under_way

    async def _find_again(self) -> None:
        """Look for batches that may have been created before the process died."""
        for batch in self.journal.open_batches(self.settings.name):
            if batch.service_id is None:
                await self._recover(batch)

    async def _recover(self, batch: RequestBatch) -> None:
        found = await self._retrying(lambda: self._find(batch))
        if found is None:
            self.journal.unplan(batch.label)
        else:
            _log.info("batch %s was created before: it is %s", batch.label, found)
            self.journal.submitted(batch.label, found)

    async def _find(self, batch: RequestBatch) -> str | None:
        return await self.model.find(batch, self.journal.known_batches(), self.settings.poll_s)

    async def _send(self, waiting: list[PendingRequest]) -> list[PendingRequest]:
        """Send batches up to the allowed number, and return the requests that are left."""
        most_open = max(1, self.settings.concurrency >> self._refusals)
        while waiting and len(self.journal.open_batches(self.settings.name)) < most_open:
            shard, bodies, cost = self._shard(waiting)
            if not shard:
                break
            keys = tuple(request.key for request in shard)
            label = hashlib.sha256("\n".join((self.journal.run_id, *keys)).encode()).hexdigest()[:24]
            batch = RequestBatch(label, keys, time.time(), None)
            self._reserved[label] = cost
            self.journal.plan(self.settings.name, batch)
            await self._submit(batch, bodies)
            _log.info(
                "%s: sent a batch of %d; %d requests wait", self.settings.name, len(shard), len(waiting) - len(shard)
            )
            waiting = waiting[len(shard) :]
        return waiting

    def _shard(self, waiting: list[PendingRequest]) -> tuple[list[PendingRequest], list[Body], float]:
        """Return the requests that fit one batch and the budget, their bodies, and the most that they can cost."""
        shard: list[PendingRequest] = []
        bodies: list[Body] = []
        cost = 0.0
        for request in islice(waiting, self.settings.shard_size):
            body = self.exchange.body(request.make())
            most = most_cost(body, self.settings)
            if not self.budget.try_reserve(most):
                if not shard and not self.journal.open_batches(self.settings.name):
                    raise self.budget.exhausted(most)
                break
            shard.append(request)
            bodies.append(body)
            cost += most
        return shard, bodies, cost

    async def _submit(self, batch: RequestBatch, bodies: list[Body]) -> None:
        """Create a batch. Before another attempt, look for a batch that the last one may have created."""
        first = True

        async def attempt() -> None:
            nonlocal first
            if not first and (found := await self._find(batch)):
                self.journal.submitted(batch.label, found)
                return
            first = False
            self.journal.submitted(batch.label, await self.model.submit(batch, bodies))

        await self._retrying(attempt)

    async def _collect_ended(
        self, batches: list[RequestBatch], pending: dict[str, PendingRequest]
    ) -> list[PendingRequest]:
        """Collect the batches that have ended, or wait; return requests for which the service had no capacity."""
        unsent: list[PendingRequest] = []
        ended = False
        for batch in batches:
            progress = await self._look(batch)
            if progress.failed is not None:
                self._undo(batch, progress)
                unsent += [pending[key] for key in batch.keys if key in pending]
            elif progress.ended:
                await self._collect(batch, progress)
                ended = True
        self._refusals += bool(unsent)
        if self._refusals > self.settings.max_retries:
            raise ModelError(f"{self.settings.name}: too many requests are enqueued at the service; lower shard_size")
        if not ended:
            await asyncio.sleep(self.settings.poll_s)
        return unsent

    async def _look(self, batch: RequestBatch) -> BatchProgress:
        return await self._retrying(lambda: self.model.look(batch.service_id or ""))

    def _undo(self, batch: RequestBatch, progress: BatchProgress) -> None:
        """Forget a batch that the service failed as a whole: its requests are pending again."""
        self.journal.unplan(batch.label)
        self.budget.settle(self._reserved.pop(batch.label, 0.0), 0.0)
        if not progress.full:
            raise ModelError(f"{self.settings.name}: the service failed batch {batch.service_id}: {progress.failed}")

    async def _collect(self, batch: RequestBatch, progress: BatchProgress) -> None:
        async def download() -> list[RawReply]:
            return [RawReply(key, "batch", row) async for key, row in self.model.rows(batch.service_id or "")]

        rows = await self._retrying(download)
        came = {row.key for row in rows}
        missing = [
            no_reply(key, progress.missing, f"no row in {batch.service_id}") for key in batch.keys if key not in came
        ]
        self.journal.collected(self.settings.name, batch, rows + missing)
        self._account(batch)
        _log.info("%s: collected a batch of %d", self.settings.name, len(batch.keys))

    def _account(self, batch: RequestBatch) -> None:
        """Book the cost of the rows; requests that could not be paid or were not served are pending again."""
        spent, pending = 0.0, []
        for key in batch.keys:
            raw = self.journal.get(key)
            reply = read_reply(raw, self.exchange.read) if raw else None
            if reply and reply.reason == NO_CREDIT:
                pending.append(key)
                self._unpaid = reply.detail
            elif reply and reply.reason in UNSERVED:
                pending.append(key)
                self._unserved[reply.reason] += 1
            elif reply:
                spent += spent_on(reply, self.settings)
        self.journal.forget(pending)
        self.budget.settle(self._reserved.pop(batch.label, 0.0), spent)
        self.on_reply(len(batch.keys) - len(pending))

    async def _retrying(self, ask: Callable[[], Awaitable[Result]]) -> Result:
        """Make one call of the batch API, with retries. A failure ends the run, and batches are kept."""
        try:
            return await with_retries(ask, self.model.judge, self.settings.max_retries)
        except InfrastructureError as error:
            raise ModelError(f"{error}; batches are kept: --resume when the service answers again") from error
