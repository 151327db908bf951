"""Request the pending samples from a model, with bounded concurrency; pass on every answer as it arrives.

A refused request (`RefusedError`) is recorded and the others continue. But an error of every request may also come as
a refusal: a context that ``max_tokens`` alone fills, or a setting that the server rejects in words of its own. The rule
that distinguishes them:

- A refusal whose reason is about the prompt alone (a content filter, a size limit of the service) is recorded at once.
- Any other refusal is held until the model has answered some request with these settings, in this run or before. That
  answer proves the settings, so what is held concerns single prompts, and is recorded.
- While nothing is answered, after `_SUSPICIOUS` refusals no new request is sent until those under way have ended. If
  none of them is answered, or if the requests end without any answer, the run stops with the first refusal's words and
  nothing of what is held is recorded.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice

from tarot_bench.errors import InfrastructureError, ModelError, RefusedError
from tarot_bench.models.base import Answer, Model, Request, Sampling

_SUSPICIOUS = 8
_ABOUT_THE_PROMPT = {"content_filter", "too_large"}

OnAnswer = Callable[[Request, Answer], Awaitable[None]]
OnFailure = Callable[[Request, InfrastructureError], None]
OnRefusal = Callable[[Request, RefusedError], Awaitable[None]]


async def ask(
    model: Model,
    requests: Iterable[Request],
    sampling: Sampling,
    on_answer: OnAnswer,
    on_failure: OnFailure,
    on_refusal: OnRefusal,
    proven: bool = False,
) -> None:
    """Get an answer to every request.

    Args:
        model: asked in batches of ``model.batch_size``, ``model.concurrency`` of them at a time.
        requests: taken lazily, in order.
        sampling: handed to the model.
        on_answer: awaited once per answer, in order of arrival; while it waits, its worker asks for nothing new.
        on_failure: called for each request whose retries are used up; it stays pending.
        on_refusal: awaited for each request that is refused while others are not.
        proven: whether the model is known to answer with these settings.

    Raises:
        UserError: what one request raised and every other would raise; requests under way are abandoned.
    """
    refusals = _Refusals(on_refusal, proven)
    batches = _batches(requests, model.batch_size)

    async def work() -> None:
        for batch in batches:
            await _ask_batch(model, batch, sampling, on_answer, on_failure, refusals)

    workers = [asyncio.ensure_future(work()) for _ in range(model.concurrency)]
    try:
        await asyncio.gather(*workers)
        refusals.settle(on_failure)
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)


async def _ask_batch(
    model: Model,
    batch: list[Request],
    sampling: Sampling,
    on_answer: OnAnswer,
    on_failure: OnFailure,
    refusals: "_Refusals",
) -> None:
    try:
        with refusals.under_way():
            answers = await model.generate(batch, sampling)
    except InfrastructureError as error:
        for request in batch:
            on_failure(request, error)
        refusals.failed()
    except RefusedError as error:
        if len(batch) == 1:
            await refusals.add(batch[0], error)
            return
        for request in batch:  # only one of them need be refused
            await _ask_batch(model, [request], sampling, on_answer, on_failure, refusals)
    else:
        if len(answers) != len(batch):
            raise ModelError(f"{model.name} gave {len(answers)} answers to {len(batch)} requests")
        for request, answer in zip(batch, answers, strict=True):
            await on_answer(request, answer)
        await refusals.proved()


class _Refusals:
    """The refused requests of one call of `ask`: recorded at once, or held until an answer confirms the settings."""

    def __init__(self, record: OnRefusal, proven: bool) -> None:
        self._record = record
        self._proven = proven
        self._held: list[tuple[Request, RefusedError]] = []
        self._asking = 0
        self._any_failure = False
        self._moved = asyncio.Event()

    @contextmanager
    def under_way(self) -> Iterator[None]:
        """Track a request to the model; used around every one."""
        self._asking += 1
        try:
            yield
        finally:
            self._asking -= 1
            self._moved.set()

    def failed(self) -> None:
        """Count a request that failed for a reason outside the request."""
        self._any_failure = True

    async def proved(self) -> None:
        """Note an answered request: the settings are valid, so held refusals concern single prompts."""
        self._proven = True
        self._moved.set()
        while self._held:
            await self._record(*self._held.pop(0))

    async def add(self, request: Request, error: RefusedError) -> None:
        """Record or hold a refused request.

        Raises:
            RefusedError: everything asked so far is refused.
        """
        if self._proven or error.reason in _ABOUT_THE_PROMPT:
            await self._record(request, error)
            return
        self._held.append((request, error))
        while len(self._held) >= _SUSPICIOUS and not self._proven:
            if not self._asking:
                raise self._for_all()
            self._moved.clear()
            await self._moved.wait()

    def settle(self, on_failure: OnFailure) -> None:
        """Raise the first held refusal after all requests have ended without an answer.

        Raises:
            RefusedError: nothing but refusals came.
        """
        if self._held and not self._any_failure:
            raise self._for_all()
        for request, error in self._held:
            on_failure(request, InfrastructureError(str(error)))

    def _for_all(self) -> RefusedError:
        """The error that ends the run, made from the first refusal."""
        _, first = self._held[0]
        count = len(self._held)
        if count == 1:
            return first
        return RefusedError(f"the first {count} requests were all refused; {first}", first.reason, first.words)


def _batches(requests: Iterable[Request], size: int) -> Iterator[list[Request]]:
    source = iter(requests)
    while batch := list(islice(source, size)):
        yield batch
