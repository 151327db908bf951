"""``anthropic/NAME``: Anthropic's Messages API, and servers that speak it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from types import ModuleType
from typing import Any

from tarot_bench.models.answers import read_message
from tarot_bench.models.api import ApiModel, without_nulls
from tarot_bench.models.base import Answer, ModelOptions, Request, Sampling
from tarot_bench.models.batch import CLOCK_SKEW_S, BatchProgress, Body, RequestBatch, Row, rows_of

_log = logging.getLogger(__name__)


class AnthropicModel(ApiModel):
    """One message per sample, live or in Message Batches; request extended thinking in ``ModelOptions.extra``.

    The API has no seed, so that samples cannot be reproduced.
    """

    key_variable = "ANTHROPIC_API_KEY"
    url_variable = "ANTHROPIC_BASE_URL"

    @staticmethod
    def _sdk() -> tuple[ModuleType, Any]:
        import anthropic

        return anthropic, anthropic.AsyncAnthropic

    @classmethod
    def body(cls, name: str, options: ModelOptions, request: Request, sampling: Sampling) -> Body:
        """Return the body of one message."""
        body: Body = {
            "model": name.partition("/")[2],
            "max_tokens": sampling.max_tokens,
            "messages": [{"role": "user", "content": request.prompt}],
            "system": request.system or None,
        }
        if not options.reasoning:
            body |= {"temperature": sampling.temperature, "top_p": sampling.top_p}
            body["stop_sequences"] = list(sampling.stop) or None
        output: Body = {"effort": options.reasoning_effort} if options.reasoning_effort else {}
        if request.schema:
            import anthropic

            schema = anthropic.transform_schema(dict(request.schema))
            output["format"] = {"type": "json_schema", "schema": schema}
        body["output_config"] = output or None
        return without_nulls(body | options.extra)

    @classmethod
    def read(cls, options: ModelOptions, content: bytes | Mapping[str, Any]) -> Answer:
        """Read the body of an answer."""
        return read_message(content)

    async def send(self, body: Body) -> bytes:
        """Send one request, once, and return the body of the answer."""
        rest = dict(body)
        required = {name: rest.pop(name) for name in ("model", "max_tokens", "messages")}
        response = await self._client.messages.with_raw_response.create(**required, extra_body=rest)
        content: bytes = await response.read()
        return content

    async def submit(self, batch: RequestBatch, bodies: Sequence[Body]) -> str:
        """Create a batch and return its id."""
        requests = [{"custom_id": key, "params": body} for key, body in zip(batch.keys, bodies, strict=True)]
        return str(self.service.checked(await self._client.messages.batches.create(requests=requests)).id)

    async def find(self, batch: RequestBatch, known: set[str], poll_s: float) -> str | None:
        """Return the id of a batch of the same size, created since this one was planned, whose rows have its keys.

        These batches have no metadata and show their keys only when they have ended. A candidate is waited for, which
        can take a day and costs nothing; sending the requests again would be paid twice.
        """
        page = await self._client.messages.batches.list(limit=100)
        async for made in page:
            if made.created_at.timestamp() < batch.planned_at - CLOCK_SKEW_S:
                return None
            counts = made.request_counts
            size = counts.processing + counts.succeeded + counts.errored + counts.canceled + counts.expired
            if made.id not in known and size == len(batch.keys) and await self._holds(made.id, batch, poll_s):
                return str(made.id)
        return None

    async def _holds(self, service_id: str, batch: RequestBatch, poll_s: float) -> bool:
        while not (await self.look(service_id)).ended:
            _log.info("waiting for %s to end, to see whether it is batch %s of this run", service_id, batch.label)
            await asyncio.sleep(poll_s)
        keys = set(batch.keys)
        async for key, _ in self.rows(service_id):
            if key in keys:
                return True
        return False

    async def look(self, service_id: str) -> BatchProgress:
        """Return the progress of a batch."""
        made = self.service.checked(await self._client.messages.batches.retrieve(service_id))
        counts = made.request_counts
        done = counts.succeeded + counts.errored + counts.canceled + counts.expired
        return BatchProgress(made.processing_status == "ended", done=done)

    async def rows(self, service_id: str) -> AsyncIterator[Row]:
        """Yield the rows of the results."""
        batches = self._client.messages.batches.with_streaming_response
        async with batches.results(service_id) as results:
            async for row in rows_of(results.iter_bytes()):
                yield row
