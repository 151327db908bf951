"""``openai/NAME``: OpenAI's API, and every server that speaks it (vLLM, transformers serve, llama.cpp, Ollama, …)."""

import json
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

from tarot_bench.errors import InfrastructureError, ModelError
from tarot_bench.models.answers import read_chat, read_response
from tarot_bench.models.api import ApiModel, without_nulls
from tarot_bench.models.base import Answer, ModelOptions, Request, Sampling
from tarot_bench.models.batch import CLOCK_SKEW_S, BatchProgress, Body, RequestBatch, Row, rows_of

_LIMIT_FIELDS = ("max_tokens", "max_completion_tokens", "max_output_tokens")
_READERS = {"chat": read_chat, "completions": read_chat, "responses": read_response}
_PATHS = {"chat": "/v1/chat/completions", "completions": "/v1/completions", "responses": "/v1/responses"}
_ENDED = {"completed": "missing-row", "expired": "expired", "cancelled": "canceled"}
_TOO_MANY_ENQUEUED = "token_limit_exceeded"


class OpenAIModel(ApiModel):
    """Chat completions, plain completions or responses (``ModelOptions.endpoint``), batches of them, and embeddings."""

    key_variable = "OPENAI_API_KEY"
    url_variable = "OPENAI_BASE_URL"

    def __init__(self, name: str, options: ModelOptions) -> None:
        """Check the name, the endpoint and the key; sends nothing yet.

        Raises:
            ModelError: no key for OpenAI's own server, an address without a scheme, or an unknown endpoint.
        """
        if options.endpoint not in _READERS:
            raise ModelError(f"unknown endpoint {options.endpoint!r}: write chat, completions or responses")
        super().__init__(name, options)

    @staticmethod
    def _sdk() -> tuple[ModuleType, Any]:
        import openai

        return openai, openai.AsyncOpenAI

    @classmethod
    def body(cls, name: str, options: ModelOptions, request: Request, sampling: Sampling) -> Body:
        """Return the body of one request to the endpoint of the options. The Responses API has no seed."""
        body: Body = {"model": name.partition("/")[2]}
        if not options.reasoning:
            body |= {"temperature": sampling.temperature, "top_p": sampling.top_p, "stop": list(sampling.stop) or None}
        if not any(field in options.extra for field in _LIMIT_FIELDS):
            body[_limit_field(options)] = sampling.max_tokens
        effort = options.reasoning_effort
        schema = {"name": "answer", "schema": request.schema, "strict": True} if request.schema else {}
        if options.endpoint == "responses":
            body |= {"instructions": request.system or None, "input": request.prompt}
            body["text"] = {"format": {"type": "json_schema", **schema}} if schema else None
            body["reasoning"] = {"effort": effort} if effort else None
        else:
            body |= {"messages": request.messages} if options.endpoint == "chat" else {"prompt": request.text}
            body["reasoning_effort"] = effort
            body["seed"] = None if sampling.seed is None else sampling.seed + request.index
            body["response_format"] = {"type": "json_schema", "json_schema": schema} if schema else None
        return without_nulls(body | options.extra)

    @classmethod
    def read(cls, options: ModelOptions, content: bytes | Mapping[str, Any]) -> Answer:
        """Read the body of an answer of the endpoint of the options."""
        return _READERS[options.endpoint](content)

    async def send(self, body: Body) -> bytes:
        """Send one request, once, and return the body of the answer."""
        client = self._client
        endpoints = {"chat": client.chat.completions, "completions": client.completions, "responses": client.responses}
        # The SDK is given the fields that it insists on; as extra_body, no field is checked or dropped.
        required = {name: body[name] for name in ("model", "messages", "prompt") if name in body}
        rest = {name: value for name, value in body.items() if name not in required}
        response = await endpoints[self._options.endpoint].with_raw_response.create(**required, extra_body=rest)
        content: bytes = response.content
        return content

    async def embed(self, texts: Sequence[str]) -> list[Sequence[float]]:
        """Return one vector for each text, in order. Implements `base.EmbeddingModel`."""
        said = [text or " " for text in texts]  # servers refuse empty texts
        body = {"model": self.name.partition("/")[2], "input": said, "encoding_format": "float"} | self._options.extra
        answer = await self._retrying(body, lambda: self._client.embeddings.create(**body))
        vectors = {row.index: row.embedding for row in self.service.checked(answer).data}
        if set(vectors) != set(range(len(texts))) or not all(vectors.values()):
            raise InfrastructureError(f"{self.service.url} did not send one vector for each of {len(texts)} texts")
        return [vectors[index] for index in range(len(texts))]

    async def submit(self, batch: RequestBatch, bodies: Sequence[Body]) -> str:
        """Upload the requests, create a batch with our label in its metadata, and return its id."""
        url = _PATHS[self._options.endpoint]
        lines = (
            json.dumps({"custom_id": key, "method": "POST", "url": url, "body": body})
            for key, body in zip(batch.keys, bodies, strict=True)
        )
        uploaded = await self._client.files.create(
            file=(f"{batch.label}.jsonl", "\n".join(lines).encode()), purpose="batch"
        )
        made = await self._client.batches.create(
            input_file_id=self.service.checked(uploaded).id,
            endpoint=url,
            completion_window="24h",
            metadata={"label": batch.label},
        )
        return str(self.service.checked(made).id)

    async def find(self, batch: RequestBatch, known: set[str], poll_s: float) -> str | None:
        """Return the id of the batch with our label in its metadata, searching back to when it was planned."""
        async for made in self._client.batches.list(limit=100):
            if made.created_at < batch.planned_at - CLOCK_SKEW_S:
                return None
            ours = (made.metadata or {}).get("label") == batch.label
            if ours and made.id not in known and made.status != "failed":
                return str(made.id)
        return None

    async def look(self, service_id: str) -> BatchProgress:
        """Return the progress of a batch."""
        made = self.service.checked(await self._client.batches.retrieve(service_id))
        if made.status == "failed":
            errors = (made.errors.data if made.errors else None) or []
            said = "; ".join(f"{error.code}: {error.message}" for error in errors[:3])
            return BatchProgress(True, failed=said, full=any(error.code == _TOO_MANY_ENQUEUED for error in errors))
        counts = made.request_counts
        done = counts.completed + counts.failed if counts else 0
        return BatchProgress(made.status in _ENDED, _ENDED.get(made.status, "missing-row"), done=done)

    async def rows(self, service_id: str) -> AsyncIterator[Row]:
        """Yield the rows of the output file and of the error file."""
        made = await self._client.batches.retrieve(service_id)
        for file in (made.output_file_id, made.error_file_id):
            if file:
                async with self._client.files.with_streaming_response.content(file) as content:
                    async for row in rows_of(content.iter_bytes()):
                        yield row


def _limit_field(options: ModelOptions) -> str:
    """Return the token limit's name: OpenAI's chat models refuse ``max_tokens``, compatible servers may need it."""
    if options.endpoint == "responses":
        return "max_output_tokens"
    url = options.base_url or os.environ.get(OpenAIModel.url_variable) or "https://api.openai.com"
    own_server = urlsplit(url).hostname == "api.openai.com"
    is_new = options.reasoning or (own_server and options.endpoint == "chat")
    return "max_completion_tokens" if is_new else "max_tokens"
