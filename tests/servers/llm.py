"""A loopback server that speaks the chat, completions and messages APIs, and fails on demand.

    with LlmServer(answer=lambda prompt: "```python\\nprint(1)\\n```") as server:
        model = open_model("openai/any", ModelOptions(base_url=server.url))

Answers depend on the prompt only, unless `answer` is a subclass's `respond`. Failures are queued: each request takes
the oldest one, and requests beyond the queue are answered.
"""

import json
import socket
import struct
import threading
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


@dataclass(frozen=True)
class Reply:
    """What the model says, where a plain string is not enough. Words are the OpenAI API's."""

    text: str | None
    finish_reason: str = "stop"
    reasoning: str | None = None
    """Sent as `reasoning_content`, or as a thinking block."""
    usage: bool = True


@dataclass(frozen=True)
class Call:
    """One request that arrived."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def prompt(self) -> str:
        """The last user message, or the completion prompt."""
        return self.body["messages"][-1]["content"] if "messages" in self.body else self.body["prompt"]

    @property
    def seed(self) -> int | None:
        """What tells the samples of one prompt apart."""
        return self.body.get("seed")


@dataclass(frozen=True)
class Failure:
    """An answer that is not the usual one: an error, or a 200 of a strange shape.

    Attributes:
        status: of the HTTP answer.
        headers: beside or instead of the usual ones.
        body: an object for JSON, a text, or bytes; None gives an error object that names the status.
        cut: promise more than is sent, then close the connection.
    """

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None
    cut: bool = False


HANG, RESET = Failure(-1), Failure(-2)


def echo(prompt: str) -> str:
    """The default answer: tells which prompt it belongs to."""
    return f"You said: {prompt}"


class LlmServer:
    """Serve from construction to `close`; safe to use from several threads.

    Attributes:
        url: base URL with `/v1`, for `--base-url` of either kind of client.
        requests: every call in order of arrival, failed ones included.
        peak: most requests that were under way at once.
    """

    def __init__(self, answer: Callable[[str], str | Reply] = echo, delay_s: float = 0.0) -> None:
        self.answer = answer
        self.delay_s = delay_s
        self.requests: list[Call] = []
        self.peak = 0
        self._under_way = 0
        self._failures: deque[Failure] = deque()
        self._lock = threading.Lock()
        self.closing = threading.Event()
        self._http = _Http(("127.0.0.1", 0), _Handler)
        self._http.llm = self
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}/v1"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop; requests that hang are let go."""
        self.closing.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def respond(self, call: Call) -> str | Reply | Failure:
        """What the model says to a call; override it to look at more than the prompt."""
        return self.answer(call.prompt)

    def fail_next(self, status: int, headers: dict[str, str] | None = None, body: Any = None, times: int = 1) -> None:
        """Answer the next `times` requests with this status; `body` is an object for JSON, or raw text."""
        self._queue(Failure(status, headers or {}, body), times)

    def fail_quota(self, times: int = 1) -> None:
        """OpenAI's way of saying that there is no credit left."""
        error = {
            "message": "You exceeded your current quota.",
            "type": "insufficient_quota",
            "code": "insufficient_quota",
        }
        self.fail_next(429, {"retry-after-ms": "1"}, {"error": error}, times)

    def hang_next(self, times: int = 1) -> None:
        """Never answer the next `times` requests."""
        self._queue(HANG, times)

    def reset_next(self, times: int = 1) -> None:
        """Cut the connection of the next `times` requests."""
        self._queue(RESET, times)

    @property
    def counts(self) -> Counter[tuple[str, int | None]]:
        """How often each (prompt, seed) was asked."""
        with self._lock:
            return Counter((call.prompt, call.seed) for call in self.requests)

    def _queue(self, failure: Failure, times: int) -> None:
        with self._lock:
            self._failures.extend([failure] * times)

    def arrive(self, call: Call) -> Failure | None:
        with self._lock:
            self.requests.append(call)
            self._under_way += 1
            self.peak = max(self.peak, self._under_way)
            return self._failures.popleft() if self._failures else None

    def leave(self) -> None:
        with self._lock:
            self._under_way -= 1


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    llm: LlmServer


class _Handler(BaseHTTPRequestHandler):
    # Without these two, each response waits for a delayed acknowledgement (about 40 ms).
    disable_nagle_algorithm = True
    wbufsize = -1
    protocol_version = "HTTP/1.1"
    server: _Http

    def log_message(self, *args: object) -> None:
        """Stay silent."""

    def do_GET(self) -> None:
        self._send(200, {"object": "list", "data": [{"id": "any", "object": "model"}]})

    def do_POST(self) -> None:
        llm = self.server.llm
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        call = Call(self.path, {key.lower(): value for key, value in self.headers.items()}, body)
        failure = llm.arrive(call)
        try:
            if failure is None:
                llm.closing.wait(llm.delay_s)
            reply = failure or llm.respond(call)
            if isinstance(reply, Failure):
                self._fail(reply)
            else:
                self._send(200, body_of(call, Reply(reply) if isinstance(reply, str) else reply))
        finally:
            llm.leave()

    def _fail(self, failure: Failure) -> None:
        if failure is HANG:
            self.server.llm.closing.wait()
            self.close_connection = True
        elif failure is RESET:
            # Closing with a zero linger time sends RST instead of FIN.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            self.close_connection = True
        else:
            body = {"error": {"message": f"injected {failure.status}"}} if failure.body is None else failure.body
            self._send(failure.status, body, failure.headers, missing=100 if failure.cut else 0)

    def _send(self, status: int, body: Any, headers: dict[str, str] | None = None, missing: int = 0) -> None:
        is_text = isinstance(body, (str, bytes))
        data = body if isinstance(body, bytes) else (body if is_text else json.dumps(body)).encode()
        length = str(len(data) + missing)
        own = {"content-type": "text/html" if is_text else "application/json", "content-length": length}
        self.close_connection = self.close_connection or bool(missing)
        self.send_response(status)
        for key, value in (own | (headers or {})).items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(data)
        self.wfile.flush()


def body_of(call: Call, reply: Reply) -> dict[str, Any]:
    if call.path.endswith("/messages"):
        return _anthropic(call, reply)
    return _openai(call, reply)


def _tokens(text: str | None) -> int:
    return len((text or "").split())


def _openai(call: Call, reply: Reply) -> dict[str, Any]:
    chat = call.path.endswith("/chat/completions")
    message = {"role": "assistant", "content": reply.text}
    if reply.reasoning is not None:
        message["reasoning_content"] = reply.reasoning
    said = {"message": message} if chat else {"text": reply.text}
    used = {"prompt_tokens": _tokens(call.prompt), "completion_tokens": _tokens(reply.text)}
    return {
        "id": "cmpl-1",
        "object": "chat.completion" if chat else "text_completion",
        "created": 1,
        "model": call.body["model"],
        "choices": [{"index": 0, "finish_reason": reply.finish_reason, **said}],
        **({"usage": used | {"total_tokens": sum(used.values())}} if reply.usage else {}),
    }


def _anthropic(call: Call, reply: Reply) -> dict[str, Any]:
    thinking = [] if reply.reasoning is None else [{"type": "thinking", "thinking": reply.reasoning, "signature": "s"}]
    text = [] if reply.text is None else [{"type": "text", "text": reply.text}]
    reasons = {"stop": "end_turn", "length": "max_tokens"}
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": call.body["model"],
        "content": [*thinking, *text],
        "stop_reason": reasons.get(reply.finish_reason, reply.finish_reason),
        "stop_sequence": None,
        "usage": {"input_tokens": _tokens(call.prompt), "output_tokens": _tokens(reply.text)},
    }
