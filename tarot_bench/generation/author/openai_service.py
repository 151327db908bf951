"""OpenAI's Responses and Chat APIs, live and as batches, and the chat API of every compatible server."""

import json
import os
from collections.abc import AsyncIterator, Sequence
from typing import Any

from tarot_bench.generation.author.bodies import Body
from tarot_bench.generation.author.generator import GeneratorSettings
from tarot_bench.generation.author.journal import RawReply, RequestBatch
from tarot_bench.generation.author.service import BatchProgress, Judge
from tarot_bench.models.service import Service, address, api_key, timeout
from tarot_bench.reading import parse_json

_CLOCK_SKEW_S = 600.0
_ENDED = {"completed": "missing-row", "expired": "expired", "cancelled": "canceled"}
_TOO_MANY_ENQUEUED = "token_limit_exceeded"


class OpenAIService:
    """Implements `service.LlmService`. The SDK's retries are off: it repeats what may already be billed."""

    def __init__(self, settings: GeneratorSettings, run_id: str) -> None:
        """Check the key; nothing is asked yet.

        Raises:
            ModelError: no key for OpenAI's own server.
        """
        import openai

        self._settings = settings
        self._run_id = run_id
        own = address(os.environ.get("OPENAI_BASE_URL"), "OPENAI_BASE_URL")
        url = address(settings.base_url, "base_url") or own
        self._client = openai.AsyncOpenAI(
            api_key=api_key(settings.name, "OPENAI_API_KEY", url),
            base_url=url,
            timeout=timeout(openai, settings.timeout_s),
            max_retries=0,
        )
        service = Service(
            openai, settings.name, str(self._client.base_url), "OPENAI_API_KEY", settings.timeout_s, left_out_by={}
        )
        self.judge = Judge(openai, service)

    async def ask(self, body: Body) -> tuple[int, bytes]:
        """Send one request, once."""
        self.judge.service.sent = tuple(body)
        rest = dict(body)
        model = rest.pop("model")
        answer: Any
        if self._settings.provider == "openai-responses":
            answer = await self._client.responses.with_raw_response.create(model=model, extra_body=rest)
        else:
            messages = rest.pop("messages")
            chat = self._client.chat.completions.with_raw_response
            answer = await chat.create(model=model, messages=messages, extra_body=rest)
        self.judge.answered()
        return answer.status_code, answer.content

    async def submit(self, batch: RequestBatch, bodies: Sequence[Body]) -> str:
        """Upload the requests and create the batch; its metadata say whose it is."""
        responses = self._settings.provider == "openai-responses"
        lines = [
            {"custom_id": key, "method": "POST", "url": _url(responses), "body": body}
            for key, body in zip(batch.keys, bodies, strict=True)
        ]
        data = "\n".join(json.dumps(line, ensure_ascii=True) for line in lines).encode()
        uploaded = await self._client.files.create(file=(f"{batch.label}.jsonl", data), purpose="batch")
        file = self.judge.sound(uploaded)
        made = await self._client.batches.create(
            input_file_id=file.id,
            endpoint="/v1/responses" if responses else "/v1/chat/completions",
            completion_window="24h",
            metadata={"run": self._run_id, "shard": batch.label},
        )
        return self.judge.sound(made).id

    async def find(self, batch: RequestBatch, known: set[str]) -> str | None:
        """The batch whose metadata name this run and this shard; newest first, back to when it was planned."""
        async for made in self._client.batches.list(limit=100):
            if made.created_at < batch.planned_at - _CLOCK_SKEW_S:
                return None
            metadata = made.metadata or {}
            ours = metadata.get("run") == self._run_id and metadata.get("shard") == batch.label
            if ours and made.id not in known and made.status != "failed":
                return made.id
        return None

    async def look(self, service_id: str) -> BatchProgress:
        """How far a batch is."""
        made = self.judge.sound(await self._client.batches.retrieve(service_id))
        if made.status == "failed":
            errors = (made.errors.data if made.errors else None) or []
            said = "; ".join(f"{error.code}: {error.message}" for error in errors[:3])
            return BatchProgress(True, failed=said, full=any(error.code == _TOO_MANY_ENQUEUED for error in errors))
        return BatchProgress(made.status in _ENDED, _ENDED.get(made.status, "missing-row"))

    async def rows(self, service_id: str) -> AsyncIterator[RawReply]:
        """The rows of the output file, and those of the error file."""
        made = await self._client.batches.retrieve(service_id)
        for file in (made.output_file_id, made.error_file_id):
            if file:
                async with self._client.files.with_streaming_response.content(file) as content:
                    async for row in rows_of(content.iter_bytes()):
                        yield row

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()


async def rows_of(chunks: AsyncIterator[bytes]) -> AsyncIterator[RawReply]:
    """The rows of a batch's results, which come in chunks of any size.

    Only a line feed ends a row: JSON may hold U+2028, U+2029 and U+0085 as they are, which `str.splitlines` and the
    SDKs' ``iter_lines`` take for line ends.
    """
    rest = b""
    async for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            if line.strip():
                yield batch_row(line)
    if rest.strip():
        yield batch_row(rest)


def batch_row(line: bytes | str) -> RawReply:
    """One line of a batch's results; an unreadable one has an empty key."""
    try:
        key = parse_json(line)["custom_id"]
    except (ValueError, KeyError, TypeError):
        key = ""
    return RawReply(
        key if isinstance(key, str) else "",
        "batch",
        0,
        line.encode("utf-8", "replace") if isinstance(line, str) else line,
    )


def _url(responses: bool) -> str:
    return "/v1/responses" if responses else "/v1/chat/completions"
