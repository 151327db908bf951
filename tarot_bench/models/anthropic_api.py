"""``anthropic/NAME``: Anthropic's Messages API, and servers that speak it."""

import os
from collections.abc import Sequence
from typing import Any

from tarot_bench.models.answers import read_message
from tarot_bench.models.base import Answer, ModelOptions, Request, Sampling
from tarot_bench.models.retry import with_retries
from tarot_bench.models.service import Service, address, api_key, timeout


class AnthropicModel:
    """One message per sample; extended thinking is asked for through ``ModelOptions.extra``.

    The API knows no seed: samples differ by chance only, and cannot be drawn again. Use an instance in one event loop
    only.
    """

    batch_size = 1

    def __init__(self, name: str, options: ModelOptions) -> None:
        """Check the key; nothing is asked yet.

        Raises:
            ModelError: no key for Anthropic's own server, or an address without a scheme.
        """
        import anthropic

        self.name = name
        self.concurrency = options.concurrency
        self._options = options
        self._model = name.partition("/")[2]
        own = address(os.environ.get("ANTHROPIC_BASE_URL"), "ANTHROPIC_BASE_URL")
        url = address(options.base_url, "--base-url") or own
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
            RefusedError: the server refuses this request, as when it is too long.
            ModelError: the server is down, or refuses the key, the name or a setting.
            QuotaError: no credit is left.
            InfrastructureError: retries are used up.
        """
        return [await self._answer(request, sampling) for request in requests]

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _answer(self, request: Request, sampling: Sampling) -> Answer:
        body = self._body(request, sampling)
        self._service.sent = tuple(body)
        required = {name: body.pop(name) for name in ("model", "max_tokens", "messages")}

        async def ask() -> Answer:
            response = await self._client.messages.with_raw_response.create(**required, extra_body=body)
            return read_message(await response.read())

        answer = await with_retries(ask, self._service.judge, self._options.max_retries)
        self._service.answered = True
        return answer

    def _body(self, request: Request, sampling: Sampling) -> dict[str, Any]:
        body: dict[str, Any] = {
            "model": self._model,
            "max_tokens": sampling.max_tokens,
            "messages": [{"role": "user", "content": request.prompt}],
            "system": request.system or None,
        }
        if not self._options.reasoning:
            body |= {"temperature": sampling.temperature, "top_p": sampling.top_p}
            body["stop_sequences"] = list(sampling.stop) or None
        return {key: value for key, value in (body | self._options.extra).items() if value is not None}
