"""Asking a model for what is still owed, with bounded concurrency; every answer is handed on as it arrives."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from itertools import islice

from tarot_bench.errors import InfrastructureError, ModelError
from tarot_bench.models.base import Answer, Model, Request, Sampling


async def ask(
    model: Model,
    requests: Iterable[Request],
    sampling: Sampling,
    on_answer: Callable[[Request, Answer], Awaitable[None]],
    on_failure: Callable[[Request, InfrastructureError], None],
) -> None:
    """Get an answer to every request.

    Args:
        model: asked in batches of ``model.batch_size``, ``model.concurrency`` of them at a time.
        requests: taken lazily, in order.
        sampling: handed to the model.
        on_answer: awaited once per answer, in order of arrival; while it waits, its worker asks for nothing new.
        on_failure: called for each request whose retries are used up; it stays owed.

    Raises:
        UserError: what one request raised that no waiting mends; requests under way are abandoned.
    """
    batches = _batches(requests, model.batch_size)

    async def work() -> None:
        for batch in batches:
            try:
                answers = await model.generate(batch, sampling)
            except InfrastructureError as error:
                for request in batch:
                    on_failure(request, error)
                continue
            if len(answers) != len(batch):
                raise ModelError(f"{model.name} gave {len(answers)} answers to {len(batch)} requests")
            for request, answer in zip(batch, answers, strict=True):
                await on_answer(request, answer)

    workers = [asyncio.ensure_future(work()) for _ in range(model.concurrency)]
    try:
        await asyncio.gather(*workers)
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)


def _batches(requests: Iterable[Request], size: int) -> Iterator[list[Request]]:
    source = iter(requests)
    while batch := list(islice(source, size)):
        yield batch
