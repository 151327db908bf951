"""A loopback server that speaks the four APIs of the authors, live and in batches, and fails on demand.

    with AuthorServer(answer=lambda prompt: '{"tests": [...]}') as server:
        settings = GeneratorSettings(model="openai/m", base_url=server.url + "/v1")

What it says depends on the user's prompt only; so do the ids it gives to answers. Anthropic's SDK takes `url` as it is.
"""

import contextlib
import json
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal, Self

from tests.servers.author_wire import Fault, Said, answer_body, batch_row, prompt_of

__all__ = ["AuthorServer", "Fault", "Said", "prompt_of"]


@dataclass
class _Batch:
    id: str
    created: float
    keys: list[str]
    api: Literal["chat", "responses", "messages"]
    lines: list[str]
    metadata: dict[str, str]
    looks: int = 0
    failed: str | None = None


class AuthorServer:
    """Serve from construction to `close`.

    Attributes:
        url: base URL, without ``/v1``.
        asked: how often each prompt was asked, failed attempts included.
        answered: how often each prompt was answered (live), or a row for it was made (batch).
        rows: how often each ``custom_id`` was in a batch that was created.
        paths: how often each path was asked for; ids are replaced by ``*``.
    """

    def __init__(
        self,
        answer: Callable[[str], str | Said],
        fault: Callable[[str, int], Fault | None] = lambda prompt, attempt: None,
        looks: int = 1,
    ) -> None:
        """Start.

        Args:
            answer: given the user's prompt.
            fault: given the prompt and how often it was asked before.
            looks: a batch is still running the first so many times that someone looks.
        """
        self.answer, self.fault, self.looks = answer, fault, looks
        self.asked: Counter[str] = Counter()
        self.answered: Counter[str] = Counter()
        self.rows: Counter[str] = Counter()
        self.paths: Counter[str] = Counter()
        self.batches: dict[str, _Batch] = {}
        self.bodies: list[dict[str, Any]] = []
        self._files: dict[str, str] = {}
        self._next: list[tuple[str, Fault, bool]] = []
        self._lock = threading.RLock()
        self.closing = threading.Event()
        self._http = _Http(("127.0.0.1", 0), _Handler)
        self._http.llm = self
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"
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

    def fail_next(self, path: str, fault: Fault, times: int = 1, *, afterwards: bool = False) -> None:
        """Let the next requests to a path fail; `afterwards` does what was asked first, and then loses the answer."""
        with self._lock:
            self._next += [(path, fault, afterwards)] * times

    def fail_next_batch(self, code: str) -> None:
        """The next batch is taken, and found to be unacceptable when someone looks."""
        self._next.append(("batch", Fault("status", code=code), True))

    def queued_fault(self, path: str) -> tuple[Fault, bool] | None:
        with self._lock:
            for number, (wanted, fault, afterwards) in enumerate(self._next):
                if wanted == path:
                    del self._next[number]
                    return fault, afterwards
        return None

    def ask(self, api: str, body: dict[str, Any]) -> tuple[Fault | None, dict[str, Any]]:
        """What happens to one request, live or in a batch."""
        prompt = prompt_of(body)
        with self._lock:
            attempt = self.asked[prompt]
            self.asked[prompt] += 1
            self.bodies.append(body)
        fault = self.fault(prompt, attempt)
        if fault and fault.kind != "twice":
            return fault, {}
        said = self.say(prompt, body)
        with self._lock:
            self.answered[prompt] += 1
        return fault, answer_body(api, prompt, said, body)

    def say(self, prompt: str, body: Mapping[str, Any]) -> Said:
        """The answer to one request; subclasses may look at more of it than the prompt."""
        said = self.answer(prompt)
        return Said(said) if isinstance(said, str) else said

    def keep_file(self, data: str) -> dict[str, Any]:
        with self._lock:
            name = f"file-{len(self._files)}"
            self._files[name] = data
        return {"id": name, "object": "file", "bytes": len(data), "created_at": 1, "filename": "f", "purpose": "batch"}

    def file(self, name: str) -> str:
        return self._files[name]

    def create_openai(self, body: dict[str, Any]) -> dict[str, Any]:
        requests = [json.loads(line) for line in self._files[body["input_file_id"]].splitlines()]
        assert {request["url"] for request in requests} == {body["endpoint"]}
        api: Any = "responses" if body["endpoint"] == "/v1/responses" else "chat"
        batch = self._create(api, [(request["custom_id"], request["body"]) for request in requests])
        batch.metadata = body["metadata"]
        return self.openai_batch(batch)

    def create_anthropic(self, body: dict[str, Any]) -> dict[str, Any]:
        return self.anthropic_batch(self._create("messages", [(r["custom_id"], r["params"]) for r in body["requests"]]))

    def _create(self, api: Any, requests: list[tuple[str, dict[str, Any]]]) -> _Batch:
        keys = [key for key, _ in requests]
        assert len(set(keys)) == len(keys), "custom_id must be unique in a batch"
        queued = self.queued_fault("batch")
        with self._lock:
            made = _Batch(f"batch_{len(self.batches)}", time.time(), keys, api, [], {})
            self.batches[made.id] = made
        if queued:
            made.failed = queued[0].code
            return made
        for key, body in requests:
            self.rows[key] += 1
            fault, answer = self.ask(api, body)
            row = batch_row(api, key, fault, answer)
            made.lines += [json.dumps(row)] * (0 if row is None else 2 if fault and fault.kind == "twice" else 1)
        made.lines.reverse()
        return made

    def openai_batch(self, batch: _Batch) -> dict[str, Any]:
        running = batch.looks < self.looks
        status = "failed" if batch.failed and not running else "in_progress" if running else "completed"
        good, bad = (f"{kind}-{batch.id}" for kind in ("out", "err"))
        if status == "completed":
            fine = [line for line in batch.lines if '"status_code": 200' in line]
            self._files[good] = "".join(f"{line}\n" for line in fine)
            self._files[bad] = "".join(f"{line}\n" for line in batch.lines if line not in fine)
        total, failed = len(batch.keys), len(batch.keys) - len(batch.lines)
        done = total * batch.looks // (self.looks + 1) if running else total - failed
        errors = {"object": "list", "data": [{"code": batch.failed, "message": f"batch failed: {batch.failed}"}]}
        return {
            "id": batch.id,
            "object": "batch",
            "endpoint": "/v1/x",
            "input_file_id": "f",
            "completion_window": "24h",
            "status": status,
            "created_at": int(batch.created),
            "metadata": batch.metadata,
            "request_counts": {"total": total, "completed": done, "failed": 0 if running else failed},
            "output_file_id": good if status == "completed" and self._files[good] else None,
            "error_file_id": bad if status == "completed" and self._files[bad] else None,
            "errors": errors if status == "failed" else None,
        }

    def anthropic_batch(self, batch: _Batch) -> dict[str, Any]:
        ended = batch.looks >= self.looks
        counts = {"processing": 0, "succeeded": 0, "errored": 0, "canceled": 0, "expired": 0}
        counts["succeeded" if ended else "processing"] = len(batch.keys)
        return {
            "id": batch.id,
            "type": "message_batch",
            "processing_status": "ended" if ended else "in_progress",
            "request_counts": counts,
            "created_at": datetime.fromtimestamp(batch.created, UTC).isoformat(),
            "expires_at": datetime.fromtimestamp(batch.created + 86400, UTC).isoformat(),
            "results_url": f"{self.url}/v1/messages/batches/{batch.id}/results" if ended else None,
        }


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    llm: AuthorServer


class _Handler(BaseHTTPRequestHandler):
    # Without these two, each response waits for a delayed acknowledgement (about 40 ms).
    disable_nagle_algorithm = True
    wbufsize = -1
    protocol_version = "HTTP/1.1"
    server: _Http

    def log_message(self, *args: object) -> None:
        """Stay silent."""

    def do_GET(self) -> None:
        self._serve(b"")

    def do_POST(self) -> None:
        length = int(self.headers["content-length"])
        data = self.rfile.read(length)
        if len(data) == length:  # half a request is none: its sender was killed
            self._serve(data)
        else:
            self.close_connection = True

    def handle(self) -> None:
        with contextlib.suppress(ConnectionError):  # the client was killed: that is what some tests are about
            super().handle()

    def _serve(self, data: bytes) -> None:
        path = self.path.partition("?")[0].removeprefix("/v1")
        parts = path.strip("/").split("/")
        general = "/" + "/".join("*" if "_" in part or "-" in part else part for part in parts)
        with self.server.llm._lock:
            self.server.llm.paths[f"{self.command} {general}"] += 1
        queued = self.server.llm.queued_fault(f"{self.command} {general}")
        if queued and not queued[1]:
            self._fail(queued[0])
            return
        fault, content = self._content(general, parts, data)
        if fault or queued:
            self._fail(fault or queued[0])
        else:
            self._send(200, content)

    def _content(self, path: str, parts: list[str], data: bytes) -> tuple[Fault | None, Any]:
        lives = {"/chat/completions": "chat", "/responses": "responses", "/messages": "messages"}
        if self.command == "POST" and path in lives:
            return self.server.llm.ask(lives[path], json.loads(data))
        known = self._post(path, data) if self.command == "POST" else self._get(path, parts)
        return (Fault("status", 404, "not_found"), None) if known is None else (None, known)

    def _post(self, path: str, data: bytes) -> Any:
        llm = self.server.llm
        match path:
            case "/files":
                return llm.keep_file(_uploaded(data, self.headers["content-type"]))
            case "/batches":
                return llm.create_openai(json.loads(data))
            case "/messages/batches":
                return llm.create_anthropic(json.loads(data))
        return None

    def _get(self, path: str, parts: list[str]) -> Any:  # noqa: PLR0911 -- one line per path
        llm = self.server.llm
        newest_first = list(reversed(llm.batches.values()))
        match path:
            case "/files/*/content":
                return llm.file(parts[1])
            case "/batches":
                found = [llm.openai_batch(batch) for batch in newest_first]
                return {"object": "list", "data": found, "has_more": False}
            case "/batches/*":
                return llm.openai_batch(self._look(parts[1]))
            case "/messages/batches":
                found = [llm.anthropic_batch(batch) for batch in newest_first]
                return {"data": found, "has_more": False, "first_id": None, "last_id": None}
            case "/messages/batches/*":
                return llm.anthropic_batch(self._look(parts[2]))
            case "/messages/batches/*/results":
                return "".join(f"{line}\n" for line in llm.batches[parts[2]].lines)
        return None

    def _look(self, name: str) -> _Batch:
        batch = self.server.llm.batches[name]
        batch.looks += 1
        return batch

    def _fail(self, fault: Fault) -> None:
        if fault.kind == "hang":
            self.server.llm.closing.wait()
            self.close_connection = True
        elif fault.kind == "reset":
            # Closing with a zero linger time sends RST instead of FIN.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            self.close_connection = True
        else:
            error = {"message": f"injected {fault.code}", "type": fault.code, "code": fault.code}
            self._send(fault.status, {"type": "error", "error": error}, fault.headers)

    def _send(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        data = (body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(status)
        kind = "text/html" if data.startswith(b"<") else "application/json"
        for key, value in ({"content-type": kind, "content-length": str(len(data))} | (headers or {})).items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(data)
        self.wfile.flush()


def _uploaded(data: bytes, content_type: str) -> str:
    """The part named ``file`` of a multipart form."""
    boundary = content_type.partition("boundary=")[2].strip('"').encode()
    part = next(part for part in data.split(b"--" + boundary) if b'name="file"' in part)
    return part.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n").decode()
