"""HTTP services: an address, a key, and the consequence of each kind of failure.

Whether a failure ends the run depends on one fact beside the answer itself: has this service answered a request with
these settings before (`Service.answered`)? Before the first answer, a server that cannot be reached, a web page and an
error that names a setting are mistakes of the user, reported on one line. After it they are failures that may pass, or
concern one prompt only.
"""

import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from json import JSONDecodeError
from types import ModuleType
from typing import Any, TypeVar
from urllib.parse import urlsplit

from tarot_bench.errors import InfrastructureError, ModelError, QuotaError, RefusedError
from tarot_bench.models.answers import FailedAnswerError, NotAnAnswerError
from tarot_bench.models.classify import Kind, ServiceFailure, classify, one_line_of, parsed
from tarot_bench.models.retry import Transient, server_delay_s

Found = TypeVar("Found")

_CONNECT_S = 20.0
_UNREADABLE_RETRIES = 2
"""Retries after an unreadable answer, while the service has answered nothing yet."""
EVALUATION_KEYS = {
    "seed": "sampling.seed=null",
    "temperature": "sampling.temperature=null",
    "top_p": "sampling.top_p=null",
    "stop": "sampling.stop=[]",
    "stop_sequences": "sampling.stop=[]",
    "max_tokens": "options.reasoning=true (it sends max_completion_tokens)",
}
"""By field of a request: the setting of `evaluate` that leaves it out."""


class UnansweredError(InfrastructureError):
    """A request to a service got no answer, even after retries.

    Attributes:
        reason: ``rate-limited``, ``server-error``, ``timed-out`` or ``disconnected``.
    """

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(slots=True)
class Service:
    """A server, and the facts about it that error messages name.

    Attributes:
        sdk: the ``openai`` or ``anthropic`` module; both name and build their exceptions alike.
        model: the full model name.
        url: where requests go.
        key_variable: environment variable of the API key.
        timeout_s: wall seconds for one request.
        sent: the fields of the requests' bodies.
        answered: whether a request has been answered.
        left_out_by: by field, the setting that leaves it out.
    """

    sdk: ModuleType
    model: str
    url: str
    key_variable: str
    timeout_s: float
    sent: Collection[str] = ()
    answered: bool = False
    left_out_by: Mapping[str, str] = field(default_factory=lambda: EVALUATION_KEYS)

    def judge(self, error: Exception) -> Transient:
        """Classify a failed request: return if it may be repeated, raise a typed error otherwise.

        Raises:
            QuotaError: no credit is left.
            RefusedError: this request is refused; others may be fine.
            ModelError: the settings, the key, the name or the address is wrong.
            InfrastructureError: the server asks not to be asked again.
        """
        if isinstance(error, self.sdk.APIConnectionError):
            return self._judge_connection(error)
        if isinstance(error, self.sdk.APIStatusError):
            body = parsed(error.response.content)
            return self._judge_answer(error, error.status_code, body, error.response.headers)
        if isinstance(error, FailedAnswerError):
            return self._judge_answer(error, error.status, error.body, {})
        if isinstance(error, (self.sdk.APIResponseValidationError, JSONDecodeError, NotAnAnswerError)):
            return self._judge_unreadable(error)
        raise error

    def not_this_api(self, found: object) -> ModelError:
        """Return the error for something that is no answer of this API, such as a web page at a wrong path."""
        return ModelError(
            f"{self.url} does not answer like an API of {self.sdk.__name__}: check --base-url "
            f"(OpenAI-compatible addresses usually end in /v1); it answered: {one_line_of(str(found), 120)}"
        )

    def checked(self, answer: Found) -> Found:
        """Return the object that an SDK parsed; raise for text, such as a web page at a wrong address.

        Raises:
            ModelError: it is.
        """
        if isinstance(answer, str):
            raise self.not_this_api(answer)
        return answer

    def _judge_unreadable(self, error: Exception) -> Transient:
        """Classify an unreadable body: a wrong address, or, once the service has answered, an outage."""
        if not self.answered:
            return Transient(self.not_this_api(error), most=_UNREADABLE_RETRIES)
        said = f"{self.url} sent no answer of its API: {one_line_of(str(error), 120)}"
        return Transient(UnansweredError(said, "server-error"))

    def _judge_connection(self, error: Exception) -> Transient:
        if any(type(cause).__name__ in {"ConnectError", "ConnectTimeout"} for cause in _chain(error)):
            unreachable = ModelError(f"cannot reach {self.url}: is the server running? ({_root(error)})")
            if not self.answered:
                raise unreachable from error
            return Transient(unreachable)
        if isinstance(error, self.sdk.APITimeoutError):
            return Transient(UnansweredError(f"no answer from {self.url} within {self.timeout_s:g} s", "timed-out"))
        return Transient(UnansweredError(f"the connection to {self.url} broke: {_root(error)}", "disconnected"))

    def _judge_answer(self, error: Exception, status: int | None, body: object, headers: Any) -> Transient:
        failure = classify(status, body, self.sent)
        said = f"{status} {failure.words}" if status else failure.words
        if failure.kind is Kind.NO_CREDIT:
            raise QuotaError(f"{self.model}: no credit is left at {self.url}: {said}") from error
        passes = failure.kind is Kind.TRANSIENT
        meaning = UnansweredError(f"{self.url}: {said}", failure.name) if passes else self._mistake(failure, said)
        if headers.get("x-should-retry", str(passes).lower()) != "true":  # what both SDKs obey, too
            raise meaning from error
        return Transient(meaning, server_delay_s(headers))

    def _mistake(self, failure: ServiceFailure, said: str) -> ModelError:
        match failure.kind:
            case Kind.KEY:
                return ModelError(f"{self.model}: {self.url} refuses the key; check {self.key_variable}: {said}")
            case Kind.UNKNOWN:
                advice = "knows no such model or path; check the name and --base-url"
                return ModelError(f"{self.model}: {self.url} {advice}: {said}")
        message = f"{self.model}: {self.url} rejects the request; {self._advice(failure)}: {said}"
        if failure.kind is Kind.PARAMETER and not self.answered:
            return ModelError(message)
        reason = failure.name if failure.kind is Kind.REFUSED else "bad_request"
        return RefusedError(message, reason, said)

    def _advice(self, failure: ServiceFailure) -> str:
        if failure.kind is Kind.PARAMETER:
            key = self.left_out_by.get(failure.name, f"extra.{failure.name}=null")
            return f"if it does not know {failure.name}, leave that out with {key}"
        if failure.name == "context_length":
            return "the prompt and max_tokens do not fit the model's context"
        return "change the sampling settings, the prompt or the model"


def address(url: str | None, source: str) -> str | None:
    """Check a base URL and return it.

    Args:
        url: None and the empty text mean the provider's own.
        source: the option or variable that it comes from.

    Raises:
        ModelError: no scheme or no host.
    """
    if not url or not url.strip():
        return None
    url = url.strip()
    try:
        parts = urlsplit(url)
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:  # a port that is no number, brackets that do not close
        sound = False
    if not sound:
        hint = "" if "://" in url else f", such as http://{url.lstrip('/')}"
        raise ModelError(f"{source} {url} is not a web address: write it with http:// or https:// and a host{hint}")
    return url


def api_key(model: str, variable: str, url: str | None) -> str:
    """Return the key from the environment, or a placeholder for a server at `url`, which usually needs none.

    Raises:
        ModelError: no key, and no `url`.
    """
    key = os.environ.get(variable)
    if not key and not url:
        raise ModelError(f"{model} needs an API key: set {variable}, or give --base-url for a server of your own")
    return key or "none"


def timeout(sdk: ModuleType, seconds: float) -> Any:
    """Return a timeout of `seconds` for an answer, and of at most 20 s for the connection."""
    return sdk.Timeout(seconds, connect=min(seconds, _CONNECT_S))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _root(error: BaseException) -> str:
    """Return the message of the operating system if there is one, otherwise that of the first cause."""
    chain = list(_chain(error))
    root = next((cause for cause in reversed(chain) if isinstance(cause, OSError)), chain[-1])
    return one_line_of(str(root)) or type(root).__name__
