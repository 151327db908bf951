"""The base class of the HTTP clients: address, key, the official SDK's client, retries, and two request methods.

`ApiModel.generate` answers requests, as every model does. `ApiModel.ask` returns the body of an answer unread, for
callers that store what they paid for before they read it with `ApiModel.read`.
"""

import os
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from types import ModuleType
from typing import Any, ClassVar

from tarot_bench.models.answers import FailedAnswerError, NotAnAnswerError
from tarot_bench.models.base import Answer, ModelOptions, Request, Sampling
from tarot_bench.models.batch import Body
from tarot_bench.models.retry import Result, Transient, with_retries
from tarot_bench.models.service import Service, address, api_key, timeout


class ApiModel(ABC):
    """One model behind an API: chat and structured output (`Request.schema`).

    The address is ``ModelOptions.base_url``, or else that in `url_variable`, or else the provider's own. Retries are
    ours and not the SDK's, which would repeat ``insufficient_quota`` and what may be billed already. Use an instance in
    one event loop only.

    Attributes:
        key_variable: environment variable of the API key.
        url_variable: environment variable of the address.
    """

    batch_size = 1
    key_variable: ClassVar[str]
    url_variable: ClassVar[str]

    def __init__(self, name: str, options: ModelOptions) -> None:
        """Check the address and the key; sends nothing yet.

        Raises:
            ModelError: no key for the provider's own server, or an address without a scheme.
        """
        self.name = name
        self.concurrency = options.concurrency
        self._options = options
        own = address(os.environ.get(self.url_variable), self.url_variable)
        url = address(options.base_url, "--base-url") or own
        sdk, client = self._sdk()
        self._client: Any = client(
            api_key=api_key(name, self.key_variable, url),
            base_url=url,
            timeout=timeout(sdk, options.timeout_s),  # without one, Anthropic's SDK refuses long answers
            max_retries=0,
        )
        self.service = Service(sdk, name, str(self._client.base_url), self.key_variable, options.timeout_s)

    @classmethod
    @abstractmethod
    def body(cls, name: str, options: ModelOptions, request: Request, sampling: Sampling) -> Body:
        """Return the body of one request, live or in a batch. Needs no open client; fields of `extra` replace ours."""

    @classmethod
    @abstractmethod
    def read(cls, options: ModelOptions, content: bytes | Mapping[str, Any]) -> Answer:
        """Read the body of an answer.

        Raises:
            NotAnAnswerError, FailedAnswerError: see `tarot_bench.models.answers`.
        """

    @abstractmethod
    async def send(self, body: Body) -> bytes:
        """Send one request, once, and return the body of the answer. Raises what the SDK raises."""

    @staticmethod
    @abstractmethod
    def _sdk() -> tuple[ModuleType, Any]:
        """Return the SDK and the type of its client."""

    async def generate(self, requests: Sequence[Request], sampling: Sampling) -> list[Answer]:
        """Request each sample separately; `Model.concurrency` calls may run at once.

        Raises:
            RefusedError: the server refuses this request, as when it is too long.
            ModelError: the server is down, or refuses the key, the name or a setting.
            QuotaError: no credit is left.
            InfrastructureError: retries are used up.
        """
        return [await self._answer(request, sampling) for request in requests]

    async def ask(self, body: Body) -> bytes:
        """Send one request, with retries, and return the body of the answer. Raises as `generate`.

        A failure that the service reports inside an answer is repeated, too; whatever else it sent is returned.
        """

        async def attempt() -> bytes:
            content = await self.send(body)
            with suppress(NotAnAnswerError):
                self.read(self._options, content)
            return content

        return await self._retrying(body, attempt)

    def judge(self, error: Exception) -> Transient:
        """Classify a failed call: return if it may be repeated, raise otherwise; see `Service.judge`."""
        return self.service.judge(error)

    def judge_row(self, error: FailedAnswerError, body: Body, answered: bool) -> Transient:
        """Classify the failure of one request of a batch, as `judge` that of a live one.

        Args:
            error: what the row says.
            body: of the request.
            answered: whether the batch has answers, too: then a setting that an error names is not at fault.
        """
        self.service.sent, self.service.answered = tuple(body), self.service.answered or answered
        return self.judge(error)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _answer(self, request: Request, sampling: Sampling) -> Answer:
        body = self.body(self.name, self._options, request, sampling)

        async def attempt() -> Answer:
            return self.read(self._options, await self.send(body))

        return await self._retrying(body, attempt)

    async def _retrying(self, body: Body, attempt: Callable[[], Awaitable[Result]]) -> Result:
        self.service.sent = tuple(body)
        result = await with_retries(attempt, self.judge, self._options.max_retries)
        self.service.answered = True
        return result


def without_nulls(body: Mapping[str, Any]) -> Body:
    """Drop fields that are not set, or that `ModelOptions.extra` sets to null."""
    return {key: value for key, value in body.items() if value is not None}
