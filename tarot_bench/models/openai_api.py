"""``openai/NAME``: OpenAI's API, and every server that speaks it (vLLM, transformers serve, llama.cpp, Ollama, …)."""

import os
from collections.abc import Sequence
from typing import Any

from tarot_bench.errors import InfrastructureError, ModelError
from tarot_bench.models.base import Answer, ModelOptions, Request, Sampling
from tarot_bench.models.retry import with_retries
from tarot_bench.models.service import Service, api_key, finish_reason, timeout, with_thinking
from tarot_bench.verdict import Usage

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
            ModelError: no key for OpenAI's own server, or an unknown endpoint.
        """
        import openai

        if options.endpoint not in {"chat", "completions"}:
            raise ModelError(f"unknown endpoint {options.endpoint!r}: write chat or completions")
        self.name = name
        self.concurrency = options.concurrency
        self._options = options
        self._model = name.partition("/")[2]
        self._client: Any = openai.AsyncOpenAI(
            api_key=api_key(name, "OPENAI_API_KEY", options.base_url or os.environ.get("OPENAI_BASE_URL")),
            base_url=options.base_url,
            timeout=timeout(openai, options.timeout_s),
            max_retries=0,
        )
        self._service = Service(openai, name, str(self._client.base_url), "OPENAI_API_KEY", options.timeout_s)

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
        chat = self._options.endpoint == "chat"
        endpoint = self._client.chat.completions if chat else self._client.completions
        body = self._body(request, sampling)
        response = await with_retries(lambda: endpoint.create(**body), self._service.judge, self._options.max_retries)
        choice = self._choice(response)
        text = _chat_text(choice.message) if chat else choice.text or ""
        return Answer(text, finish_reason(choice.finish_reason), _usage(response.usage))

    def _body(self, request: Request, sampling: Sampling) -> dict[str, Any]:
        chat = self._options.endpoint == "chat"
        prompt = {"messages": request.messages} if chat else {"prompt": request.text}
        settings = {
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
            "stop": list(sampling.stop) or None,
            "seed": sampling.seed + request.index,
        }
        if not any(field in self._options.extra for field in _LIMIT_FIELDS):
            settings[self._limit_field()] = sampling.max_tokens
        given = {key: value for key, value in settings.items() if value is not None}
        return {"model": self._model, **prompt, **given, "extra_body": self._options.extra or None}

    def _limit_field(self) -> str:
        """OpenAI's chat models refuse ``max_tokens``; compatible servers may know nothing else."""
        own_server = self._client.base_url.host == "api.openai.com"
        return "max_completion_tokens" if own_server and self._options.endpoint == "chat" else "max_tokens"

    def _choice(self, response: Any) -> Any:
        if isinstance(response, str):
            raise self._service.not_this_api(response)
        if not response.choices:
            said = (response.model_extra or {}).get("error") or "no choices"
            raise InfrastructureError(f"{self._service.url} sent an answer that holds nothing: {said}")
        return response.choices[0]


def _chat_text(message: Any) -> str:
    """The content, after the reasoning that vLLM and others send in a field of its own."""
    fields = message.model_extra or {}
    thinking = fields.get("reasoning_content") or fields.get("reasoning")
    return with_thinking(thinking if isinstance(thinking, str) else "", message.content or "")


def _usage(counted: Any) -> Usage:
    if counted is None:
        return Usage()
    return Usage(input_tokens=counted.prompt_tokens or 0, output_tokens=counted.completion_tokens or 0)
