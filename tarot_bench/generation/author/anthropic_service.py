"""Anthropic's Messages API, live and as Message Batches."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Sequence
from typing import Any

from tarot_bench.generation.author.bodies import Body
from tarot_bench.generation.author.generator import GeneratorSettings
from tarot_bench.generation.author.journal import RawReply, RequestBatch
from tarot_bench.generation.author.openai_service import rows_of
from tarot_bench.generation.author.service import BatchProgress, Judge
from tarot_bench.models.service import Service, address, api_key, timeout

_CLOCK_SKEW_S = 600.0
_log = logging.getLogger(__name__)


class AnthropicService:
    """Implements `service.LlmService`. The SDK's retries are off: it repeats what may already be billed."""

    def __init__(self, settings: GeneratorSettings) -> None:
        """Check the key; nothing is asked yet.

        Raises:
            ModelError: no key for Anthropic's own server.
        """
        import anthropic

        self._settings = settings
        own = address(os.environ.get("ANTHROPIC_BASE_URL"), "ANTHROPIC_BASE_URL")
        url = address(settings.base_url, "base_url") or own
        self._client = anthropic.AsyncAnthropic(
            api_key=api_key(settings.name, "ANTHROPIC_API_KEY", url),
            base_url=url,
            timeout=timeout(anthropic, settings.timeout_s),  # without one, the SDK refuses long answers
            max_retries=0,
        )
        service = Service(
            anthropic,
            settings.name,
            str(self._client.base_url),
            "ANTHROPIC_API_KEY",
            settings.timeout_s,
            left_out_by={},
        )
        self.judge = Judge(anthropic, service)

    async def ask(self, body: Body) -> tuple[int, bytes]:
        """Send one request, once."""
        self.judge.service.sent = tuple(body)
        rest = dict(body)
        given = {name: rest.pop(name) for name in ("model", "max_tokens", "messages")}
        answer = await self._client.messages.with_raw_response.create(**given, extra_body=rest)
        self.judge.answered()
        return answer.status_code, await answer.read()

    async def submit(self, batch: RequestBatch, bodies: Sequence[Body]) -> str:
        """Create the batch."""
        requests: Any = [{"custom_id": key, "params": body} for key, body in zip(batch.keys, bodies, strict=True)]
        return self.judge.sound(await self._client.messages.batches.create(requests=requests)).id

    async def find(self, batch: RequestBatch, known: set[str]) -> str | None:
        """A batch with as many requests, made since this one was planned, whose rows carry its keys.

        Batches have no metadata here and show their keys only when they have ended: a likely one is waited for, which
        can take a day and costs nothing; sending it again would be paid twice.
        """
        page = await self._client.messages.batches.list(limit=100)
        async for made in page:
            if made.created_at.timestamp() < batch.planned_at - _CLOCK_SKEW_S:
                return None
            counts = made.request_counts
            size = counts.processing + counts.succeeded + counts.errored + counts.canceled + counts.expired
            if made.id not in known and size == len(batch.keys) and await self._holds(made.id, batch):
                return made.id
        return None

    async def _holds(self, service_id: str, batch: RequestBatch) -> bool:
        while not (await self.look(service_id)).ended:
            _log.info("waiting for %s to end, to see whether it is shard %s of this run", service_id, batch.label)
            await asyncio.sleep(self._settings.poll_s)
        keys = set(batch.keys)
        async for row in self.rows(service_id):
            if row.key in keys:
                return True
        return False

    async def look(self, service_id: str) -> BatchProgress:
        """How far a batch is."""
        made = self.judge.sound(await self._client.messages.batches.retrieve(service_id))
        return BatchProgress(made.processing_status == "ended")

    async def rows(self, service_id: str) -> AsyncIterator[RawReply]:
        """The rows of the results."""
        batches = self._client.messages.batches.with_streaming_response
        async with batches.results(service_id) as results:
            async for row in rows_of(results.iter_bytes()):
                yield row

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()
