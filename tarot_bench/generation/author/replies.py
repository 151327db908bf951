"""Reading a reply: what the model wrote, what it cost, or why there is nothing; the same for live and batch.

Why there is nothing, each counted under its own name:

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
``no-credit``       the request could not be paid; never kept, asked again
``unreadable``      not an answer of this API
==================  ============================================================

`tarot_bench.generation.author.suite` adds ``not-json`` and ``wrong-schema``.
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


@dataclass(frozen=True, slots=True)
class Reply:
    """What a reply says.

    Attributes:
        text: what the model wrote; None where there is `trouble`.
        request_id: what the service calls the answer.
        usage: tokens, as the service counted them; zeros where it did not say.
        trouble: a code of the table above, or None.
        detail: one line about the trouble.
        answered: whether a model wrote something, be it of no use: then it costs.
    """

    text: str | None = None
    request_id: str | None = None
    usage: Usage = field(default_factory=Usage)
    trouble: str | None = None
    detail: str = ""
    answered: bool = False


def no_reply(key: str, trouble: str, detail: str) -> RawReply:
    """The record that a request has no answer and will not get one in this round."""
    return RawReply(key, "none", f"{trouble}: {detail}".encode("utf-8", "replace"))


def read_reply(raw: RawReply, read: Callable[[bytes | Mapping[str, Any]], Answer]) -> Reply:
    """Read a reply. Never raises: whatever a server may send is a reply or a reason for none.

    Args:
        raw: as it was stored.
        read: reads the body of an answer, as `Exchange.read`.
    """
    if raw.via == "none":
        trouble, _, detail = raw.raw.decode(errors="replace").partition(": ")
        return Reply(trouble=trouble, detail=detail)
    try:
        return _read_answer(read(body_of_row(raw.raw) if raw.via == "batch" else raw.raw))
    except NotAnAnswerError:
        return Reply(trouble="unreadable", detail=f"an answer that begins {raw.raw[:80].decode(errors='replace')!r}")
    except FailedAnswerError as error:
        failure = classify(error.status, error.body)
        names = {Kind.NO_CREDIT: NO_CREDIT, Kind.TRANSIENT: failure.name}
        return Reply(usage=error.usage, trouble=names.get(failure.kind, "rejected"), detail=failure.words)


def _read_answer(answer: Answer) -> Reply:
    trouble, detail = None, ""
    if answer.outcome is not SampleOutcome.ANSWERED:
        trouble, detail = "refused", one_line_of(answer.text) or str(answer.finish_reason)
    elif answer.finish_reason == "length":
        trouble, detail = "truncated", f"cut after {len(answer.text)} characters; raise max_tokens"
    elif not answer.text.strip():
        trouble, detail = "empty", f"no text ({answer.finish_reason})"
    return Reply(None if trouble else answer.text, answer.id, answer.usage, trouble, detail, answered=True)
