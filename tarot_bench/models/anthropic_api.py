"""``anthropic/NAME``: Anthropic's Messages API, and servers that speak it."""

import os
from collections.abc import Sequence
from typing import Any

from tarot_bench.errors import InfrastructureError
from tarot_bench.models.base import Answer, ModelOptions, Request, Sampling
from tarot_bench.models.retry import with_retries
from tarot_bench.models.service import Service, api_key, finish_reason, timeout, with_thinking
from tarot_bench.verdict import Usage


class AnthropicModel:
    """One message per sample; extended thinking is asked for through ``ModelOptions.extra``.

    The API knows no seed: samples differ by chance only, and cannot be drawn again. Use an instance in one event loop
    only.
    """

    batch_size = 1

    def __init__(self, name: str, options: ModelOptions) -> None:
        """Check the key; nothing is asked yet.

        Raises:
            ModelError: no key for Anthropic's own server.
        """
        import anthropic

        self.name = name
        self.concurrency = options.concurrency
        self._options = options
        self._model = name.partition("/")[2]
        url = options.base_url or os.environ.get("ANTHROPIC_BASE_URL")
        self._client: Any = anthropic.AsyncAnthropic(
            api_key=api_key(name, "ANTHROPIC_API_KEY", url),
            base_url=url,
            timeout=timeout(
                anthropic, options.timeout_s
            ),  # without one, the SDK refuses long answers that are not streamed
            max_retries=0,
        )
        self._service = Service(anthropic, name, str(self._client.base_url), "ANTHROPIC_API_KEY", options.timeout_s)

    async def generate(self, requests: Sequence[Request], sampling: Sampling) -> list[Answer]:
        """Ask for each sample by itself; `Model.concurrency` calls may be under way at once.

        Raises:
            ModelError: the server is down, or refuses the key, the name or the request.
            QuotaError: no credit is left.
            InfrastructureError: retries are used up, or an answer holds nothing.
        """
        return [await self._answer(request, sampling) for request in requests]

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _answer(self, request: Request, sampling: Sampling) -> Answer:
        body = self._body(request, sampling)
        response = await with_retries(
            lambda: self._client.messages.create(**body), self._service.judge, self._options.max_retries
        )
        if isinstance(response, str):
            raise self._service.not_this_api(response)
        if response.content is None:
            raise InfrastructureError(f"{self._service.url} sent an answer that holds nothing")
        return Answer(_text(response.content), finish_reason(response.stop_reason), _usage(response.usage))

    def _body(self, request: Request, sampling: Sampling) -> dict[str, Any]:
        # The SDK has no parameters for these two any more; older models and compatible servers still take them.
        settings = {"temperature": sampling.temperature, "top_p": sampling.top_p}
        given = {key: value for key, value in settings.items() if value is not None}
        body: dict[str, Any] = {
            "model": self._model,
            "max_tokens": sampling.max_tokens,
            "messages": [{"role": "user", "content": request.prompt}],
            "extra_body": given | self._options.extra,
        }
        if request.system:
            body["system"] = request.system
        if sampling.stop:
            body["stop_sequences"] = list(sampling.stop)
        return body


def _text(blocks: list[Any]) -> str:
    thinking = "".join(block.thinking for block in blocks if block.type == "thinking")
    return with_thinking(thinking, "".join(block.text for block in blocks if block.type == "text"))


def _usage(counted: Any) -> Usage:
    if counted is None:
        return Usage()
    return Usage(input_tokens=counted.input_tokens or 0, output_tokens=counted.output_tokens or 0)
