"""Plan, send and collect batches of requests, with a record before each step, so that a killed run can resume."""

import asyncio
import hashlib
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from tarot_bench.errors import InfrastructureError, ModelError, QuotaError, RefusedError
from tarot_bench.generation.author.budget import most_cost
from tarot_bench.generation.author.journal import RawReply
from tarot_bench.generation.author.live import IN_A_ROW, PendingRequest, Sender, nothing_answers
from tarot_bench.generation.author.replies import NO_CREDIT, REJECTED, UNSERVED, Reply, no_reply, read_reply
from tarot_bench.models.answers import FailedAnswerError, body_of_row
from tarot_bench.models.batch import BatchModel, BatchProgress, Body, RequestBatch
from tarot_bench.models.retry import Result, with_retries

_log = logging.getLogger(__name__)


@dataclass
class BatchSender(Sender):
    """Sends requests in batches; these, too, are recorded in the journal."""

    model: BatchModel = field(kw_only=True)
    _reserved: dict[str, float] = field(default_factory=dict)
    _refusals: int = 0
    _fatal: ModelError | None = None

    async def run(self, pending: Sequence[PendingRequest]) -> None:
        """Send and collect; batches of an earlier, interrupted call are collected and never sent again.

        Requests that the service does not serve are in `unserved` afterwards.

        Raises:
            QuotaError, ModelError, RunError: no credit, a service that does not take batches, the cost limit, or rows
                that show a mistake in the settings or no answer at all; these requests stay pending.
        """
        await self._find_again()
        by_key = {request.key: request for request in pending}
        under_way = self._hold_under_way(by_key)
        waiting = [request for request in pending if request.key not in under_way]
        while True:
            waiting = [] if self._fatal else await self._send(waiting)
            open_batches = self.journal.open_batches(self.settings.name)
            if not open_batches and not waiting:
                break
            waiting += await self._collect_ended(open_batches, by_key)
        if self._fatal:
            raise self._fatal

    def _hold_under_way(self, pending: dict[str, PendingRequest]) -> set[str]:
        """Return the keys of the requests in open batches, and reserve the most that they can cost."""
        under_way: set[str] = set()
        for batch in self.journal.open_batches(self.settings.name):
            known = [pending[key] for key in batch.keys if key in pending]
            self._reserved[batch.label] = sum(self._priced(request)[1] for request in known)
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
            now = time.time()  # in the label, since requests that were not served may be sent again
            label = hashlib.sha256("\n".join((self.journal.run_id, repr(now), *keys)).encode()).hexdigest()[:24]
            batch = RequestBatch(label, keys, now, None)
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
            body, most = self._priced(request)
            if not self.budget.try_reserve(most):
                if not shard and not self.journal.open_batches(self.settings.name):
                    raise self.budget.exhausted(most)
                break
            shard.append(request)
            bodies.append(body)
            cost += most
        return shard, bodies, cost

    def _priced(self, request: PendingRequest) -> tuple[Body, float]:
        """Return the body of a request, and the most that it can cost."""
        body = self.exchange.body(request.make(), request.max_tokens)
        return body, most_cost(body, self.settings, request.max_tokens)

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
                await self._collect(batch, progress, pending)
                ended = True
        self._refusals += bool(unsent)
        if self._refusals > self.settings.max_retries:
            raise ModelError(f"{self.settings.name}: too many requests are enqueued at the service; lower shard_size")
        if not ended:
            await asyncio.sleep(self.settings.poll_s)
        return unsent

    async def _look(self, batch: RequestBatch) -> BatchProgress:
        progress = await self._retrying(lambda: self.model.look(batch.service_id or ""))
        self.tally.look(batch.label, progress.done)
        return progress

    def _undo(self, batch: RequestBatch, progress: BatchProgress) -> None:
        """Forget a batch that the service failed as a whole: its requests are pending again."""
        self.journal.unplan(batch.label)
        self.tally.close(batch.label)
        self.budget.settle(self._reserved.pop(batch.label, 0.0), 0.0)
        if not progress.full:
            raise ModelError(f"{self.settings.name}: the service failed batch {batch.service_id}: {progress.failed}")

    async def _collect(self, batch: RequestBatch, progress: BatchProgress, pending: dict[str, PendingRequest]) -> None:
        async def download() -> list[RawReply]:
            return [RawReply(key, "batch", row) async for key, row in self.model.rows(batch.service_id or "")]

        rows = await self._retrying(download)
        came = {row.key for row in rows}
        rows += [
            no_reply(key, progress.missing, f"no row in {batch.service_id}") for key in batch.keys if key not in came
        ]
        self.journal.collected(self.settings.name, batch, rows, self._still_pending(batch, rows, pending))
        kept = filter(None, map(self.journal.get, batch.keys))
        self.budget.settle(self._reserved.pop(batch.label, 0.0), self.book(kept))
        self.tally.close(batch.label)
        self.tally.done(self.settings.name, len(batch.keys))
        _log.info("%s: collected a batch of %d", self.settings.name, len(batch.keys))

    def _still_pending(
        self, batch: RequestBatch, rows: Sequence[RawReply], pending: dict[str, PendingRequest]
    ) -> set[str]:
        """The requests that could not be paid, were not served, or were rejected for what all of them have in common.

        Whatever ends the run is in `_fatal` afterwards.
        """
        first = {row.key: row for row in reversed(rows)}
        replies = {key: replace(read_reply(first[key], self.exchange.read), text=None) for key in batch.keys}
        answered = any(reply.answered for reply in replies.values())
        left, doubtful = set(), []
        for key, reply in replies.items():
            if reply.reason in UNSERVED:
                self.unserved[key] = reply.reason
                left.add(key)
            elif fatal := self._mistake(first[key], reply, pending.get(key), answered):
                self._fatal = self._fatal or fatal
                left.add(key)
            elif not reply.answered:
                doubtful.append(key)
        if len(doubtful) >= IN_A_ROW and not answered:
            last = replies[doubtful[-1]]
            self._fatal = self._fatal or nothing_answers(
                self.settings.name, len(doubtful), f"{last.reason}, {last.detail}"
            )
            left.update(doubtful)
        return left

    def _mistake(
        self, raw: RawReply, reply: Reply, request: PendingRequest | None, answered: bool
    ) -> ModelError | None:
        """What the user has to change before any request is answered, if a reply says so, as for a live request."""
        if reply.reason == NO_CREDIT:
            return QuotaError(f"{self.settings.name}: no credit is left: {reply.detail}")
        if reply.reason == REJECTED:
            try:
                self.exchange.read(body_of_row(raw.raw))
            except FailedAnswerError as error:
                return self._judged(error, self._priced(request)[0] if request else {}, answered)
        return None

    def _judged(self, error: FailedAnswerError, body: Body, answered: bool) -> ModelError | None:
        try:
            self.model.judge_row(error, body, answered)
        except RefusedError:
            return None
        except ModelError as mistake:
            return mistake
        return None

    async def _retrying(self, ask: Callable[[], Awaitable[Result]]) -> Result:
        """Make one call of the batch API, with retries. A failure ends the run, and batches are kept."""
        try:
            return await with_retries(ask, self.model.judge, self.settings.max_retries)
        except InfrastructureError as error:
            raise ModelError(f"{error}; batches are kept: --resume when the service answers again") from error
