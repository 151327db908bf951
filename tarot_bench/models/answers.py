"""Parse the body of a 200, or the row of a batch, in any of its formats into an `Answer`.

Services that speak the same API differ in what they send. There are exactly three results:

- an `Answer`: text, reasoning, finish reason, tokens; fields of an unexpected type are read where their meaning is
  clear, and left out where it is not;
- `FailedAnswerError`: the service reports a failure of its own inside a 200 (an ``error`` object, a finish reason such
  as ``error`` or ``abort``) or sends no message at all;
- `NotAnAnswerError`: the body is no JSON object, as a blank or cut body or a web page.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tarot_bench.models.base import Answer
from tarot_bench.models.classify import one_line_of, parsed
from tarot_bench.verdict import SampleOutcome, Usage

_FINISHED = {"complete", "completed", "end_turn", "eos", "eos_token", "stop", "stop_sequence"}
_CUT = {
    "context_length_exceeded",
    "length",
    "max_length",
    "max_output_tokens",
    "max_tokens",
    "model_context_window_exceeded",
    "model_length",
}
_FAILED = {
    "abort",
    "aborted",
    "cancelled",
    "canceled",
    "error",
    "failed",
    "insufficient_system_resource",
    "internal_error",
    "network_error",
    "server_error",
    "timeout",
}
_FILTERED = {
    "blocklist",
    "content_filter",
    "content_filtered",
    "guardrail_intervened",
    "prohibited_content",
    "recitation",
    "safety",
    "sensitive",
    "spii",
}
_THINKING_PARTS = {"reasoning", "reasoning_content", "reasoning_text", "thinking", "thought"}
_DEPTH = 6
_LONGEST_REASON = 64
_MOST_TOKENS = 2**53


class NotAnAnswerError(Exception):
    """A 200 whose body is no JSON object."""


class FailedAnswerError(Exception):
    """A 200 that reports a failure of the service.

    Attributes:
        status: the HTTP status that the error names; 502 where a live answer names none, None where a row does not.
        body: where the error was found.
        usage: tokens that were counted all the same.
    """

    def __init__(self, body: object, said: str = "", status: int | None = 502, usage: Usage | None = None) -> None:
        super().__init__(said)
        self.body: object = body if not said else {"message": said}
        self.usage = usage or Usage()
        error = body.get("error") if isinstance(body, Mapping) else None
        code = error.get("code", error.get("status")) if isinstance(error, Mapping) else None
        self.status = code if isinstance(code, int) and 400 <= code < 600 else status


@dataclass(frozen=True, slots=True)
class Spoken:
    """The text of a message, split into answer, reasoning and refusal."""

    text: str = ""
    thinking: str = ""
    refusal: str = ""

    def __add__(self, other: "Spoken") -> "Spoken":
        return Spoken(self.text + other.text, self.thinking + other.thinking, self.refusal + other.refusal)


def read_chat(content: bytes | Mapping[str, Any]) -> Answer:
    """Read an answer of the chat completions API, or of the plain completions API.

    Args:
        content: the body, as it came or parsed.

    Raises:
        NotAnAnswerError, FailedAnswerError: see the module.
    """
    body = _object(content)
    choice = _choice(body)
    message = choice["text"] if choice.get("message") is None and "text" in choice else choice.get("message")
    if message is None or isinstance(message, bool):
        raise FailedAnswerError(body, "an answer without a message")
    if not isinstance(message, Mapping):
        message = {"content": message}
    apart = spoken_in(message.get("reasoning_content") or message.get("reasoning"))
    spoken = spoken_in(message.get("content")) + Spoken(thinking=apart.text + apart.thinking)
    spoken += Spoken(refusal=spoken_in(message.get("refusal")).text)
    return _answer(spoken, choice.get("finish_reason"), body)


def read_response(content: bytes | Mapping[str, Any]) -> Answer:
    """Read an answer of OpenAI's Responses API; raises as `read_chat`."""
    body = _object(content)
    if body.get("output") is None:
        raise FailedAnswerError(body, "an answer without output")
    incomplete = body.get("incomplete_details")
    reason = incomplete.get("reason") if isinstance(incomplete, Mapping) else None
    return _answer(spoken_in(body["output"]), reason or body.get("status"), body)


def read_message(content: bytes | Mapping[str, Any]) -> Answer:
    """Read an answer of the Messages API; raises as `read_chat`."""
    body = _object(content)
    if body.get("content") is None:
        raise FailedAnswerError(body, "an answer that holds nothing")
    return _answer(spoken_in(body["content"]), body.get("stop_reason"), body)


def body_of_row(content: bytes) -> Mapping[str, Any]:
    """Return the answer's body from a row of the results of OpenAI's or Anthropic's batches.

    Raises:
        NotAnAnswerError: the row is no JSON object.
        FailedAnswerError: the row holds an error, or nothing.
    """
    row = _mapping(parsed(content))
    result = row.get("result")
    if isinstance(result, Mapping):
        if result.get("type") == "succeeded":
            return _mapping(result.get("message"))
        raise FailedAnswerError(result.get("error") or result, status=None)
    response = row.get("response")
    response = response if isinstance(response, Mapping) else {}
    status = response.get("status_code")
    if row.get("error") or status != 200:
        status = status if isinstance(status, int) else None
        raise FailedAnswerError(row if row.get("error") else response.get("body"), status=status)
    return _mapping(response.get("body"))


def finish_reason(said: object) -> str | None:
    """Map every service's word for it to ``stop`` or ``length``; other words stay as they are."""
    if said is None or not isinstance(said, (str, int, float)):
        return None
    word = str(said)[:_LONGEST_REASON]
    if word.lower() in _FINISHED:
        return "stop"
    return "length" if word.lower() in _CUT else word


def with_thinking(thinking: str, content: str) -> str:
    """Put reasoning that a server sends separately in front of the answer, in ``<think>`` tags."""
    return f"<think>\n{thinking}\n</think>\n\n{content}" if thinking else content


def _mapping(body: object) -> Mapping[str, Any]:
    if isinstance(body, str):
        raise NotAnAnswerError(one_line_of(body, 120) or "nothing")
    found = body[0] if isinstance(body, list) and body and isinstance(body[0], Mapping) else body
    if not isinstance(found, Mapping):
        raise FailedAnswerError(body, f"an answer that holds nothing: {one_line_of(str(body), 120)}")
    return found


def _object(content: bytes | Mapping[str, Any]) -> Mapping[str, Any]:
    found = _mapping(parsed(content) if isinstance(content, bytes) else content)
    if found.get("error") or found.get("type") == "error":
        raise FailedAnswerError(found)
    return found


def _choice(body: Mapping[str, Any]) -> Mapping[str, Any]:
    choices = body.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    if not isinstance(choice, Mapping):
        raise FailedAnswerError(body, "an answer that holds nothing: no choices")
    if choice.get("error"):
        raise FailedAnswerError(choice)
    return choice


def _answer(spoken: Spoken, said: object, body: Mapping[str, Any]) -> Answer:
    reason, usage = finish_reason(said), usage_of(body.get("usage"))
    word = (reason or "").lower()
    if word in _FAILED:
        raise FailedAnswerError(None, f"an answer that ended with {reason!r}", usage=usage)
    outcome = SampleOutcome.ANSWERED
    if word in _FILTERED:
        outcome = SampleOutcome.FILTERED_BY_SERVICE
    elif word == "refusal" or spoken.refusal:
        outcome = SampleOutcome.DECLINED_BY_MODEL
    text = with_thinking(spoken.thinking, spoken.text or spoken.refusal)
    name = body.get("id")
    return Answer(text, reason, usage, outcome, id=name if isinstance(name, str) else None)


def spoken_in(value: object, depth: int = _DEPTH) -> Spoken:
    """Return the text of a message's content: a string, a number, a part, or a list of parts."""
    if value is None or depth == 0:
        return Spoken()
    if isinstance(value, str):
        return Spoken(value)
    if isinstance(value, list):
        parts = [spoken_in(part, depth - 1) for part in value]
        return Spoken(*("".join(said) for said in zip(*map(_each, parts), strict=True))) if parts else Spoken()
    if not isinstance(value, Mapping):
        return Spoken(str(value))
    return _part(value, depth - 1)


def _each(spoken: Spoken) -> tuple[str, str, str]:
    return spoken.text, spoken.thinking, spoken.refusal


def _part(part: Mapping[str, Any], depth: int) -> Spoken:
    kind = part.get("type")
    if (isinstance(kind, str) and kind in _THINKING_PARTS) or part.get("thought") is True:
        inner = next(
            (part[key] for key in ("thinking", "reasoning", "text", "content", "summary") if part.get(key)), None
        )
        spoken = spoken_in(inner, depth)
        return Spoken(thinking=spoken.text + spoken.thinking)
    if kind == "refusal":
        return Spoken(refusal=spoken_in(part.get("refusal"), depth).text)
    return spoken_in(part.get("text", part.get("content")), depth)


def usage_of(counted: object) -> Usage:
    """Return the token counts of either API; invalid counts are 0. Anthropic counts cached input separately."""
    if not isinstance(counted, Mapping):
        return Usage()
    asked = counted.get("prompt_tokens", counted.get("input_tokens"))
    cached = (counted.get(f"cache_{kind}_input_tokens") for kind in ("creation", "read"))
    written = counted.get("completion_tokens", counted.get("output_tokens"))
    return Usage(input_tokens=_tokens(asked) + sum(map(_tokens, cached)), output_tokens=_tokens(written))


def _tokens(value: object) -> int:
    """Return a token count, or 0 if the value is not one."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return 0
    return int(value) if 0 <= value < _MOST_TOKENS else 0  # False for NaN
