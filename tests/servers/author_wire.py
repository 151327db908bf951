"""What the authors' services write on the wire: answers of three APIs, and the rows of two kinds of batches."""

import hashlib
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True)
class Said:
    """What the model says, where a plain string is not enough."""

    text: str
    ending: Literal["stop", "length", "refusal"] = "stop"
    tokens: tuple[int, int] | None = (100, 50)
    """Input and output tokens; None sends no usage."""


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong with a request or a row.

    ``missing`` and ``twice`` are about rows of batches; ``hang`` and ``reset`` about live requests. A ``status`` of a
    row is the status inside the row. ``expired`` and ``canceled`` rows had no turn.
    """

    kind: Literal["status", "hang", "reset", "missing", "twice", "expired", "canceled"]
    status: int = 500
    code: str = "server_error"
    headers: dict[str, str] = field(default_factory=dict)
    message: str = ""
    """The service's words, in rows; empty for ``injected`` and the code."""


def prompt_of(body: dict[str, Any]) -> str:
    """The user's message, in whichever API's words."""
    return body["input"] if "input" in body else body["messages"][-1]["content"]


def answer_body(api: str, prompt: str, said: Said, body: dict[str, Any]) -> dict[str, Any]:
    name = hashlib.sha256(prompt.encode()).hexdigest()[:12]
    usage = dict(zip(("input_tokens", "output_tokens"), said.tokens, strict=True)) if said.tokens else None
    refused = said.ending == "refusal"
    if api == "chat":
        message = {
            "role": "assistant",
            "content": None if refused else said.text,
            "refusal": said.text if refused else None,
        }
        used = {"prompt_tokens": said.tokens[0], "completion_tokens": said.tokens[1]} if said.tokens else None
        choice = {"index": 0, "finish_reason": "stop" if refused else said.ending, "message": message}
        kind = {"id": f"chatcmpl-{name}", "object": "chat.completion", "model": f"{body['model']}-2026-01-02"}
        return {**kind, "choices": [choice], "usage": used}
    if api == "responses":
        part = {"type": "refusal", "refusal": said.text} if refused else {"type": "output_text", "text": said.text}
        thought = {"type": "reasoning", "id": "rs", "summary": []}
        cut = {"reason": "max_output_tokens"} if said.ending == "length" else None
        return {
            "id": f"resp_{name}",
            "object": "response",
            "status": "incomplete" if cut else "completed",
            "incomplete_details": cut,
            "output": [thought, {"type": "message", "role": "assistant", "content": [part]}],
            "usage": usage,
        }
    endings = {"stop": "end_turn", "length": "max_tokens", "refusal": "refusal"}
    return {
        "id": f"msg_{name}",
        "type": "message",
        "role": "assistant",
        "model": body["model"],
        "content": [{"type": "text", "text": said.text}],
        "stop_reason": endings[said.ending],
        "usage": usage,
    }


def batch_row(api: str, key: str, fault: Fault | None, answer: dict[str, Any]) -> dict[str, Any] | None:
    if fault and fault.kind == "missing":
        return None
    if api == "messages":
        return {"custom_id": key, "result": _result(fault, answer)}
    if answer:
        return {"id": "r", "custom_id": key, "response": {"status_code": 200, "body": answer}, "error": None}
    assert fault is not None
    if fault.kind in {"expired", "canceled"}:
        code = "batch_expired" if fault.kind == "expired" else "batch_cancelled"
        return {"id": "r", "custom_id": key, "response": None, "error": {"code": code, "message": "had no turn"}}
    body = {"error": {"code": fault.code, "message": fault.message or f"injected {fault.code}"}}
    return {"id": "r", "custom_id": key, "response": {"status_code": fault.status, "body": body}, "error": None}


def _result(fault: Fault | None, answer: dict[str, Any]) -> dict[str, Any]:
    if answer:
        return {"type": "succeeded", "message": answer}
    assert fault is not None
    if fault.kind in {"expired", "canceled"}:
        return {"type": fault.kind}
    inner = {"type": fault.code, "message": fault.message or f"injected {fault.code}"}
    return {"type": "errored", "error": {"type": "error", "error": inner}}
