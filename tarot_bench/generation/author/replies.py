"""Read replies, live or of a batch: what the model wrote, what it cost, or the reason why there is no text.

The reasons, each counted under its own name:

==================  ============================================================
``refused``         the model, or a content filter, declined
``truncated``       cut at the token limit
``empty``           an answer without text
``rejected``        the service found the request itself unacceptable; a refused key, model or setting, which is
                    that of all requests, ends the run instead
``rate-limited``    retries were used up while the service asked to wait; never kept, asked again
``server-error``    retries were used up on errors of the service, or its row says so; never kept, asked again
``timed-out``       no answer within the time limit, every time; never kept, asked again
``disconnected``    the connection broke, every time; never kept, asked again
``expired``         the batch's window closed before the request's turn; never kept, asked again
``missing-row``     the batch ended without a row for the request; never kept, asked again
``canceled``        the batch was canceled before the request's turn; never kept, asked again
``unserved``        one of these seven, given up because the recipe says ``author.unserved: drop``
``no-credit``       the request could not be paid; never kept, asked again
``unreadable``      not an answer of this API
==================  ============================================================

`tarot_bench.generation.author.suite` adds ``not-json``, ``wrong-schema`` and ``no-validator``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tarot_bench.generation.author.journal import RawReply
from tarot_bench.models.answers import FailedAnswerError, NotAnAnswerError, body_of_row
from tarot_bench.models.base import Answer
from tarot_bench.models.classify import Kind, classify, one_line_of
from tarot_bench.verdict import SampleOutcome, Usage

NO_CREDIT = "no-credit"
REJECTED = "rejected"
TRUNCATED = "truncated"
UNSERVED = frozenset(
    {"rate-limited", "server-error", "timed-out", "disconnected", "expired", "missing-row", "canceled"}
)
"""Reasons that are the service's, not the request's: such requests stay pending."""
GIVEN_UP = "unserved"


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply that was read.

    Attributes:
        text: what the model wrote; None where there is `reason`.
        request_id: what the service calls the answer.
        usage: tokens, as the service counted them; zeros where it did not say.
        reason: a code of the table above, or None.
        detail: one line about the reason.
        answered: whether a model wrote something, which costs even if it is of no use.
    """

    text: str | None = None
    request_id: str | None = None
    usage: Usage = field(default_factory=Usage)
    reason: str | None = None
    detail: str = ""
    answered: bool = False


def no_reply(key: str, reason: str, detail: str) -> RawReply:
    """Return the record that a request gets no answer in this round."""
    return RawReply(key, "none", f"{reason}: {detail}".encode("utf-8", "replace"))


def read_reply(raw: RawReply, read: Callable[[bytes | Mapping[str, Any]], Answer]) -> Reply:
    """Read a reply. Never raises.

    Args:
        raw: as it was stored.
        read: reads the body of an answer, as `Exchange.read`.
    """
    if raw.via == "none":
        reason, _, detail = raw.raw.decode(errors="replace").partition(": ")
        return Reply(reason=reason, detail=detail)
    try:
        return _read_answer(read(body_of_row(raw.raw) if raw.via == "batch" else raw.raw))
    except NotAnAnswerError:
        return Reply(reason="unreadable", detail=f"an answer that begins {raw.raw[:80].decode(errors='replace')!r}")
    except FailedAnswerError as error:
        failure = classify(error.status, error.body)
        names = {Kind.NO_CREDIT: NO_CREDIT, Kind.TRANSIENT: failure.name}
        return Reply(usage=error.usage, reason=names.get(failure.kind, REJECTED), detail=failure.words)


def _read_answer(answer: Answer) -> Reply:
    reason, detail = None, ""
    if answer.outcome is not SampleOutcome.ANSWERED:
        reason, detail = "refused", one_line_of(answer.text) or str(answer.finish_reason)
    elif answer.finish_reason == "length":
        reason, detail = TRUNCATED, f"cut after {len(answer.text)} characters; raise max_tokens"
    elif not answer.text.strip():
        reason, detail = "empty", f"no text ({answer.finish_reason})"
    return Reply(None if reason else answer.text, answer.id, answer.usage, reason, detail, answered=True)
