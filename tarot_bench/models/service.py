"""What the two HTTP services have in common: their SDKs fail in the same shapes, and answers need the same mapping."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from json import JSONDecodeError
from types import ModuleType
from typing import Any

from tarot_bench.errors import InfrastructureError, ModelError, QuotaError
from tarot_bench.models.retry import Transient, server_delay_s

_CONNECT_S = 20.0
_TRANSIENT_STATUS = {408, 409, 429}
# Codes, not words of the message: the messages of mere rate limits mention quota and billing pages, too.
_NO_CREDIT_CODES = {
    "insufficient_quota",
    "billing_hard_limit_reached",
    "billing_not_active",
    "billing_error",
    "enforced_spend_limit_reached",
    "contract_spend_limit_reached",
}
_NO_CREDIT_WORDS = "credit balance is too low"
"""Anthropic says this with an ordinary 400."""
_FINISH = {
    "end_turn": "stop",
    "eos": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
}


@dataclass(frozen=True, slots=True)
class Service:
    """A server as its users know it, for messages that say what to do.

    Attributes:
        sdk: the ``openai`` or ``anthropic`` module; both name and build their exceptions alike.
        model: the full model name.
        url: where requests go.
        key_variable: environment variable of the API key.
        timeout_s: wall seconds for one request.
    """

    sdk: ModuleType
    model: str
    url: str
    key_variable: str
    timeout_s: float

    def judge(self, error: Exception) -> Transient:
        """Say that a failed request may be repeated, or raise what its failure means.

        Raises:
            QuotaError: no credit is left.
            ModelError: the request, the key, the name or the address is wrong.
            InfrastructureError: the server asks not to be asked again.
        """
        if isinstance(error, self.sdk.APIConnectionError):
            return self._judge_connection(error)
        if isinstance(error, self.sdk.APIStatusError):
            return self._judge_status(error)
        if isinstance(error, (self.sdk.APIResponseValidationError, JSONDecodeError)):
            raise self.not_this_api(error) from error
        raise error

    def not_this_api(self, found: object) -> ModelError:
        """The error for an answer that is no answer of this API, as a web page at the wrong path gives."""
        return ModelError(
            f"{self.url} does not answer like an API of {self.sdk.__name__}: check --base-url "
            f"(OpenAI-compatible addresses usually end in /v1); it said: {_shortened(str(found), 120)}"
        )

    def _judge_connection(self, error: Exception) -> Transient:
        if any(type(cause).__name__ in {"ConnectError", "ConnectTimeout"} for cause in _chain(error)):
            return Transient(ModelError(f"cannot reach {self.url}: is the server running? ({_root(error)})"))
        if isinstance(error, self.sdk.APITimeoutError):
            return Transient(InfrastructureError(f"no answer from {self.url} within {self.timeout_s:g} s"))
        return Transient(InfrastructureError(f"the connection to {self.url} broke: {_root(error)}"))

    def _judge_status(self, error: Any) -> Transient:
        status, said, headers = error.status_code, _said(error), error.response.headers
        if _is_out_of_credit(error):
            raise QuotaError(f"{self.model}: no credit is left at {self.url}: {said}") from error
        passes = status in _TRANSIENT_STATUS or status >= 500
        trouble = InfrastructureError(f"{self.url}: {said}") if passes else self._mistake(status, said)
        if headers.get("x-should-retry", str(passes).lower()) != "true":  # what both SDKs obey, too
            raise trouble from error
        return Transient(trouble, server_delay_s(headers))

    def _mistake(self, status: int, said: str) -> ModelError:
        if status in {401, 403}:
            advice = f"{self.url} refuses the key; check {self.key_variable}"
        elif status == 404:
            advice = f"{self.url} knows no such model or path; check the name and --base-url"
        else:
            advice = f"{self.url} rejects the request; change the sampling settings, the prompt or the model"
        return ModelError(f"{self.model}: {advice}: {said}")


def api_key(model: str, variable: str, url: str | None) -> str:
    """The key from the environment; a server of one's own (a `url`) usually wants none.

    Raises:
        ModelError: no key, and no `url`.
    """
    key = os.environ.get(variable)
    if not key and not url:
        raise ModelError(f"{model} needs an API key: set {variable}, or give --base-url for a server of your own")
    return key or "none"


def timeout(sdk: ModuleType, seconds: float) -> Any:
    """Patience with an answer that takes long to write, little with a server that does not even pick up."""
    return sdk.Timeout(seconds, connect=min(seconds, _CONNECT_S))


def finish_reason(said: str | None) -> str | None:
    """``stop`` or ``length`` for every server's word for it; other words stay as they are."""
    return said if said is None else _FINISH.get(said, said)


def with_thinking(thinking: str, content: str) -> str:
    """Put the reasoning that a server sends apart where models that send it inline have it."""
    return f"<think>\n{thinking}\n</think>\n\n{content}" if thinking else content


def _is_out_of_credit(error: Any) -> bool:
    codes = {getattr(error, field, None) for field in ("code", "type", "error_code")}
    return error.status_code == 402 or bool(codes & _NO_CREDIT_CODES) or _NO_CREDIT_WORDS in str(error).lower()


def _said(error: Any) -> str:
    """The status and the server's own words; OpenAI's SDK hands out the inner error object, Anthropic's the body."""
    body: Mapping[str, Any] = error.body if isinstance(error.body, Mapping) else {}
    inner = body.get("error")
    message = (inner if isinstance(inner, Mapping) else body).get("message") or error
    return f"{error.status_code} {_shortened(str(message))}"


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _root(error: BaseException) -> str:
    root = list(_chain(error))[-1]
    return _shortened(str(root)) or type(root).__name__


def _shortened(text: str, limit: int = 300) -> str:
    words = " ".join(text.split())
    return words if len(words) <= limit else words[: limit - 1] + "…"
