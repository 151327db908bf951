"""``openai/NAME``: OpenAI's API, and every server that speaks it (vLLM, transformers serve, llama.cpp, Ollama, …)."""

import os
from collections.abc import Sequence
from typing import Any

from tarot_bench.errors import ModelError
from tarot_bench.models.answers import read_chat, read_completion
from tarot_bench.models.base import Answer, ModelOptions, Request, Sampling
from tarot_bench.models.retry import with_retries
from tarot_bench.models.service import Service, address, api_key, timeout

_LIMIT_FIELDS = ("max_tokens", "max_completion_tokens")


class OpenAIModel:
    """Chat completions, or plain completions for base models (``ModelOptions.endpoint``).

    The address is ``ModelOptions.base_url``, or else ``OPENAI_BASE_URL``, or else OpenAI's own. Retries are ours and
    not the SDK's, which would repeat ``insufficient_quota`` and cannot be told from what was billed. Use an instance in
    one event loop only.
    """

    batch_size = 1

    def __init__(self, name: str, options: ModelOptions) -> None:
        """Check the name, the endpoint and the key; nothing is asked yet.

        Raises:
            ModelError: no key for OpenAI's own server, an address without a scheme, or an unknown endpoint.
        """
        import openai

        if options.endpoint not in {"chat", "completions"}:
            raise ModelError(f"unknown endpoint {options.endpoint!r}: write chat or completions")
        self.name = name
        self.concurrency = options.concurrency
        self._options = options
        self._model = name.partition("/")[2]
        own = address(os.environ.get("OPENAI_BASE_URL"), "OPENAI_BASE_URL")
        url = address(options.base_url, "--base-url") or own
        self._client: Any = openai.AsyncOpenAI(
            api_key=api_key(name, "OPENAI_API_KEY", url),
            base_url=url,
            timeout=timeout(openai, options.timeout_s),
            max_retries=0,
        )
        self._service = Service(openai, name, str(self._client.base_url), "OPENAI_API_KEY", options.timeout_s)

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
        chat = self._options.endpoint == "chat"
        endpoint = self._client.chat.completions if chat else self._client.completions
        body = self._body(request, sampling)
        self._service.sent = tuple(body)

        async def ask() -> Answer:
            # The SDK is given the fields that it insists on; as extra_body, no field is checked or dropped.
            required = {name: body[name] for name in ("model", "messages", "prompt") if name in body}
            rest = {name: value for name, value in body.items() if name not in required}
            response = await endpoint.with_raw_response.create(**required, extra_body=rest)
            return read_chat(response.content) if chat else read_completion(response.content)

        answer = await with_retries(ask, self._service.judge, self._options.max_retries)
        self._service.answered = True
        return answer

    def _body(self, request: Request, sampling: Sampling) -> dict[str, Any]:
        chat = self._options.endpoint == "chat"
        body: dict[str, Any] = {"model": self._model}
        body |= {"messages": request.messages} if chat else {"prompt": request.text}
        if not self._options.reasoning:
            body |= {"temperature": sampling.temperature, "top_p": sampling.top_p, "stop": list(sampling.stop) or None}
        body["seed"] = None if sampling.seed is None else sampling.seed + request.index
        if not any(field in self._options.extra for field in _LIMIT_FIELDS):
            body[self._limit_field()] = sampling.max_tokens
        return {key: value for key, value in (body | self._options.extra).items() if value is not None}

    def _limit_field(self) -> str:
        """OpenAI's chat models refuse ``max_tokens``; compatible servers may know nothing else."""
        own_server = self._client.base_url.host == "api.openai.com"
        is_new = self._options.reasoning or (own_server and self._options.endpoint == "chat")
        return "max_completion_tokens" if is_new else "max_tokens"
