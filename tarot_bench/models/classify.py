"""Classify the errors of LLM services, in live answers, rows of batches and answers of embedding requests.

========== ======================================================== ==========================
kind       answers                                                  consequence
========== ======================================================== ==========================
NO_CREDIT  status 402, or a code or words for an empty account      the run stops
TRANSIENT  408, 409, 425, 429, 500 and above                        repeated, then pending
KEY        401; 403 unless it names the prompt                      the run stops
UNKNOWN    404, or words for an unknown model                       the run stops
PARAMETER  another 4xx that names a setting which all requests send the run stops
REFUSED    another 4xx: about this request                          recorded, others continue
========== ======================================================== ==========================

A service may name a setting or refuse a prompt in words that fit both. What decides then is whether it has answered a
request with the same settings: see `tarot_bench.models.service` and `tarot_bench.evaluation.asking`.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

_TRANSIENT_STATUS = {408, 409, 425, 429}
_STATUS_OF_TYPE = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "timeout_error": 504,
    "overloaded_error": 529,
}
"""The status that Anthropic sends with each type of error; a batch's row holds the type alone."""
_WITHOUT_A_TURN = {
    "batch_expired": "expired",
    "expired": "expired",
    "batch_cancelled": "canceled",
    "canceled": "canceled",
}
_DEPTH = 5
"""How deep an error body is searched."""
_LONGEST = 300

# Codes, not words: the messages of mere rate limits mention quota and billing pages, too.
NO_CREDIT_CODES = {
    "arrearage",
    "billing_error",
    "billing_hard_limit_reached",
    "billing_not_active",
    "contract_spend_limit_reached",
    "enforced_spend_limit_reached",
    "exceeded_current_quota_error",
    "insufficient_balance",
    "insufficient_credits",
    "insufficient_quota",
    "insufficient_user_quota",
    "payment_required",
}
_NO_CREDIT_WORDS = re.compile(
    r"credit balance is too low|insufficient (account )?(balance|credits?|funds)|used all available credits"
    r"|(out of|no|not enough) credits\b",
    re.IGNORECASE,
)
_REFUSAL_CODES = {
    "content_filter": "content_filter",
    "content_policy_violation": "content_filter",
    "data_inspection_failed": "content_filter",
    "invalid_prompt": "content_filter",
    "moderation_blocked": "content_filter",
    "responsibleaipolicyviolation": "content_filter",
    "context_length_exceeded": "context_length",
    "exceed_context_size_error": "context_length",
    "string_above_max_length": "context_length",
    "request_too_large": "too_large",
}
_REFUSAL_WORDS = {
    "context_length": re.compile(
        r"context (length|window|size)|(input|prompt|request) (is )?too long|too many (input )?tokens"
        r"|longer than the (maximum )?model|(maximum|max) .{0,20}(input|prompt|sequence) (length|tokens)"
        r"|input (length|tokens?) .{0,30}exceed|exceeds? .{0,40}(token|context)|reduce the length",
        re.IGNORECASE | re.DOTALL,
    ),
    "content_filter": re.compile(
        r"content.{0,12}(filter|polic|violat)|flagged|usage polic|moderat|inappropriate|responsible ai"
        r"|(blocked|rejected|refused|violat).{0,40}(safety|polic)|safety (system|filter|polic|check)",
        re.IGNORECASE | re.DOTALL,
    ),
}
_UNKNOWN_CODES = {"model_not_found", "invalid_model", "unknown_model"}
_UNKNOWN_WORDS = re.compile(
    r"(invalid|unknown|no such|unsupported) model\b|\bmodel\b.{0,80}(not found|(does )?not exist)|not a valid model",
    re.IGNORECASE | re.DOTALL,
)
_OF_ONE_REQUEST = {"messages", "prompt", "input", "system"}
_COMMON_WORDS = {"model", "stop", "n", "user"}
"""Fields whose names also occur in sentences; they count only where they are quoted."""


class Kind(StrEnum):
    """The kinds of errors, as in the table above."""

    NO_CREDIT = "NO_CREDIT"
    TRANSIENT = "TRANSIENT"
    KEY = "KEY"
    UNKNOWN = "UNKNOWN"
    PARAMETER = "PARAMETER"
    REFUSED = "REFUSED"


@dataclass(frozen=True, slots=True)
class ServiceFailure:
    """A classified error.

    Attributes:
        kind: what it is about.
        words: the service's own, on one line.
        name: of the setting (PARAMETER); the reason (REFUSED): ``context_length``, ``content_filter``, ``too_large`` or
            ``bad_request``; or how it failed (TRANSIENT): ``rate-limited``, ``timed-out``, ``server-error``, and for
            a batch's row ``expired`` or ``canceled``.
    """

    kind: Kind
    words: str
    name: str = ""


def classify(status: int | None, body: object, sent: Collection[str] = ()) -> ServiceFailure:
    """Classify an error. Never raises.

    Args:
        status: of the HTTP answer, or of the error inside a body; None where neither has one.
        body: parsed by `parsed`: any JSON value, or the text where it is none.
        sent: the fields of the request's body.
    """
    words = words_of(body)
    codes = {str(value).lower() for value in _values(body, {"code", "type", "status", "error_code", "reason"})}
    status = status or next((_STATUS_OF_TYPE[code] for code in sorted(codes) if code in _STATUS_OF_TYPE), 502)
    if status == 402 or codes & NO_CREDIT_CODES or (status < 500 and _NO_CREDIT_WORDS.search(words)):
        return ServiceFailure(Kind.NO_CREDIT, words)
    named = next((_REFUSAL_CODES[code] for code in sorted(codes) if code in _REFUSAL_CODES), None)
    if named:
        return ServiceFailure(Kind.REFUSED, words, named)
    if status in _TRANSIENT_STATUS or status >= 500 or status < 300:
        return ServiceFailure(Kind.TRANSIENT, words, _passing(status, codes))
    if status in {401, 403}:
        return _forbidden(status, body, words)
    if status == 404 or codes & _UNKNOWN_CODES:
        return ServiceFailure(Kind.UNKNOWN, words)
    return _rejected(status, body, words, sent)


def _passing(status: int, codes: Collection[str]) -> str:
    if unasked := next((_WITHOUT_A_TURN[code] for code in sorted(codes) if code in _WITHOUT_A_TURN), None):
        return unasked
    if status == 429:
        return "rate-limited"
    return "timed-out" if status in {408, 504} else "server-error"


def _forbidden(status: int, body: object, words: str) -> ServiceFailure:
    """A refused key; but moderation and web filters also answer 403, which is about the prompt."""
    if status == 401:
        return ServiceFailure(Kind.KEY, words)
    if _REFUSAL_WORDS["content_filter"].search(words):
        return ServiceFailure(Kind.REFUSED, words, "content_filter")
    if isinstance(body, str):
        return ServiceFailure(Kind.REFUSED, words, "bad_request")
    return ServiceFailure(Kind.KEY, words)


def _rejected(status: int, body: object, words: str, sent: Collection[str]) -> ServiceFailure:
    if status in {413, 414}:
        return ServiceFailure(Kind.REFUSED, words, "too_large")
    for reason, pattern in _REFUSAL_WORDS.items():
        if pattern.search(words):
            return ServiceFailure(Kind.REFUSED, words, reason)
    if _UNKNOWN_WORDS.search(words):
        return ServiceFailure(Kind.UNKNOWN, words)
    setting = _setting(body, words, sent)
    return (
        ServiceFailure(Kind.PARAMETER, words, setting)
        if setting
        else ServiceFailure(Kind.REFUSED, words, "bad_request")
    )


def _setting(body: object, words: str, sent: Collection[str]) -> str | None:
    """The setting that an error names, in a field or in its message."""
    settings = [name for name in sent if name not in _OF_ONE_REQUEST]
    places = [part for loc in _values(body, {"loc", "param"}) for part in (loc if isinstance(loc, list) else [loc])]
    for name in settings:
        bare = "" if name in _COMMON_WORDS else rf"|\b{re.escape(name)}\b"
        if name in places or re.search(rf"""['"`]{re.escape(name)}['"`]{bare}""", words):
            return name
    return None


def parsed(content: bytes) -> object:
    """Parse a body as JSON, or return it as text. Bytes that are not UTF-8 are replaced."""
    for text in (content, content.decode("utf-8", "replace")):
        try:
            found: object = json.loads(text)
        except (ValueError, RecursionError):
            continue
        return found
    return content.decode("utf-8", "replace")


def words_of(body: object) -> str:
    """The message of an error on one line: OpenAI's and Anthropic's objects, lists of them, FastAPI's ``detail``."""
    return one_line_of(_said(body, _DEPTH) or (body if isinstance(body, str) else json.dumps(body, default=str)))


def one_line_of(text: str, limit: int = _LONGEST) -> str:
    """Join a text to one line of at most `limit` characters."""
    words = " ".join(text[: 20 * limit].split())
    return words if len(words) <= limit else words[: limit - 1] + "…"


def _said(value: object, depth: int) -> str:
    if isinstance(value, str):
        return value
    if depth == 0 or not isinstance(value, (Mapping, list)):
        return ""
    if isinstance(value, list):
        return "; ".join(filter(None, (_said(item, depth - 1) for item in value[:3])))
    for key in ("error", "message", "msg", "detail", "errors", "error_description", "description", "title"):
        said = _said(value.get(key), depth - 1)
        if said:
            place = value.get("loc") if key == "msg" else None
            return f"{'.'.join(map(str, place))}: {said}" if isinstance(place, list) else said
    return ""


def _values(body: object, keys: set[str], depth: int = _DEPTH) -> Iterator[Any]:
    """The values of these keys in an error body, at any level."""
    if depth and isinstance(body, list):
        for item in body[:10]:
            yield from _values(item, keys, depth - 1)
    elif depth and isinstance(body, Mapping):
        for key, value in body.items():
            if key in keys and isinstance(value, (str, int, list)):
                yield value
            yield from _values(value, keys, depth - 1)
