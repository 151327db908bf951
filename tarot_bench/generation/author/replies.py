"""Reading a reply: what the model wrote, what it cost, or why there is nothing; the same for live and batch.

The troubles, each counted under its own name:

==================  ============================================================
``refused``         the model, or a content filter, declined
``truncated``       cut at the token limit
``empty``           an answer without text
``rejected``        the service found the request itself unacceptable
``rate-limited``    retries were used up while the service asked to wait
``server-error``    retries were used up on errors of the service, or its row says so
``timed-out``       no answer within the time limit, every time
``disconnected``    the connection broke, every time
``expired``         the batch's window closed before the request's turn
``canceled``        the batch was canceled before the request's turn
``missing-row``     the batch ended without a row for the request
``no-credit``       the row could not be paid; never kept, owed again
``unreadable``      not an answer of this API
==================  ============================================================

`tarot_bench.generation.author.suite` adds ``not-json`` and ``wrong-schema``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tarot_bench.generation.author.generator import Provider
from tarot_bench.generation.author.journal import RawReply
from tarot_bench.models.answers import FAILED, FILTERED, finish_reason, spoken_in, tokens, usage_of
from tarot_bench.models.classify import Kind, classify
from tarot_bench.reading import parse_json
from tarot_bench.verdict import Usage

NO_CREDIT = "no-credit"
_BY_CODE = {
    "batch_expired": "expired",
    "expired": "expired",
    "batch_cancelled": "canceled",
    "canceled": "canceled",
    "rate_limit_exceeded": "rate-limited",
    "rate_limit_error": "rate-limited",
    "overloaded_error": "server-error",
    "api_error": "server-error",
    "timeout_error": "timed-out",
    "invalid_request_error": "rejected",
    "request_too_large": "rejected",
}


@dataclass(frozen=True, slots=True)
class Reply:
    """What a reply says.

    Attributes:
        text: what the model wrote; None where there is `trouble`.
        request_id: what the service calls the request.
        usage: tokens, as the service counted them; None where it did not say.
        trouble: a code of the table above, or None.
        detail: one line about the trouble.
        answered: whether a model wrote something, be it of no use: then it costs.
    """

    text: str | None = None
    request_id: str | None = None
    usage: Usage | None = None
    trouble: str | None = None
    detail: str = ""
    answered: bool = False


def no_reply(key: str, trouble: str, detail: str) -> RawReply:
    """The record that a request has no answer and will not get one in this round."""
    return RawReply(key, "none", 0, f"{trouble}: {detail}".encode())


def read_reply(raw: RawReply, provider: Provider) -> Reply:
    """Read a reply. Never raises: whatever a server may send is a reply or a trouble."""
    if raw.via == "none":
        trouble, _, detail = raw.raw.decode(errors="replace").partition(": ")
        return Reply(trouble=trouble, detail=detail)
    try:
        found = parse_json(raw.raw)
        if raw.via == "live":
            return _read_body(found, provider) if raw.status < 400 else _read_error(found, raw.status)
        return _read_row(found, provider)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError) as error:
        said = raw.raw[:80].decode(errors="replace")
        return Reply(trouble="unreadable", detail=f"{type(error).__name__} in an answer that begins {said!r}")


def _read_row(row: dict[str, Any], provider: Provider) -> Reply:
    if provider == "anthropic":
        result = row["result"]
        if result["type"] == "succeeded":
            return _read_body(result["message"], provider)
        return _read_error(result.get("error") or {"error": {"type": result["type"]}}, 0)
    response = row.get("response") or {}
    status = response.get("status_code", 0)
    if row.get("error") or status != 200:
        return _read_error({"error": row.get("error") or (response.get("body") or {}).get("error")}, status)
    return _read_body(response["body"], provider)


def _read_error(body: Any, status: int) -> Reply:
    """An error object of either service; Anthropic's rows wrap theirs once more."""
    error = body.get("error") if isinstance(body, Mapping) else None
    if not isinstance(error, Mapping):
        error = {}
    codes = [error.get("code"), error.get("type")]
    failure = classify(status or 400, body)
    if failure.kind is Kind.NO_CREDIT:
        return Reply(trouble=NO_CREDIT, detail=failure.words)
    named = next((_BY_CODE[code] for code in codes if isinstance(code, str) and code in _BY_CODE), None)
    return Reply(trouble=named or _by_status(status), detail=failure.words)


def _by_status(status: int) -> str:
    if status == 429:
        return "rate-limited"
    return "rejected" if 400 <= status < 500 else "server-error"


def _read_body(body: dict[str, Any], provider: Provider) -> Reply:
    match provider:
        case "openai-responses":
            text, ending = _responses(body)
        case "anthropic":
            text, ending = _messages(body)
        case _:
            text, ending = _chat(body)
    usage = _usage(body.get("usage"))
    trouble, detail = _trouble(text, ending)
    return Reply(None if trouble else text, body.get("id"), usage, trouble, detail, answered=True)


def _chat(body: dict[str, Any]) -> tuple[str, str]:
    choice = body["choices"][0]
    if choice.get("error"):
        return "", "error"
    message = choice["message"]
    if message.get("refusal"):
        return message["refusal"], "refusal"
    return spoken_in(message.get("content")).text, choice.get("finish_reason") or "stop"


def _responses(body: dict[str, Any]) -> tuple[str, str]:
    parts = [part for item in body["output"] if item["type"] == "message" for part in item["content"]]
    refusals = [part["refusal"] for part in parts if part["type"] == "refusal"]
    if refusals:
        return refusals[0], "refusal"
    text = "".join(part["text"] for part in parts if part["type"] == "output_text")
    if body.get("status") == "failed":
        return text, "failed"
    return text, (body.get("incomplete_details") or {}).get("reason") or "stop"


def _messages(body: dict[str, Any]) -> tuple[str, str]:
    return spoken_in(body["content"]).text, body.get("stop_reason") or "end_turn"


def _trouble(text: str, ending: str) -> tuple[str | None, str]:
    word = ending.lower()
    if word == "refusal" or word in FILTERED:
        return "refused", " ".join(text.split())[:300] or ending
    if finish_reason(ending) == "length":
        return "truncated", f"cut ({ending}) after {len(text)} characters; raise max_tokens"
    if word in FAILED:
        return "server-error", f"the service's own word for how it ended is {ending}"
    return (None, "") if text.strip() else ("empty", f"no text ({ending})")


def _usage(counted: Any) -> Usage | None:
    """Both services' words; Anthropic counts what it read from a cache apart."""
    if not isinstance(counted, Mapping):
        return None
    cached = sum(tokens(counted.get(f"cache_{kind}_input_tokens")) for kind in ("creation", "read"))
    usage = usage_of(counted)
    return usage.model_copy(update={"input_tokens": usage.input_tokens + cached})
