"""E2B's cloud on loopback: the part of its API and of its machines' daemon that the real SDK needs, on demand failing.

    with E2bServer() as cloud:
        cloud.point_sdk_at_it(monkeypatch)
        sandbox = E2BSandbox()

A machine is a directory; a command runs in a bubblewrap of its own that sees the system read-only, that directory as
``/opt``, and no network. Requests are told apart as in the real cloud: the API by its key, a machine by the headers
``E2b-Sandbox-Id`` and ``X-Access-Token``.
"""

import base64
import email
import email.policy
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import uuid
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

KEY = "e2b_" + "7" * 40
_ENVD = "0.6.7"


@dataclass
class Machine:
    id: str
    root: Path
    template: str
    lifetime: int
    internet: bool
    token: str = field(default_factory=lambda: uuid.uuid4().hex)
    commands: list[str] = field(default_factory=list)


class E2bServer:
    """Serve from construction to `close`.

    Attributes:
        machines: those alive, by id.
        created: every machine there ever was.
        refusals: statuses that the next attempts to create a machine are answered with.
        mishaps: what befalls the next commands: ``lost`` (the machine is gone), ``cut`` (the connection breaks),
            ``hang`` (no answer), ``fail`` (exit status 1), or None.
        uploads: every file that was written, as bytes.
        answers: what the next files that are read are replaced with.
    """

    def __init__(self) -> None:
        self.machines: dict[str, Machine] = {}
        self.created: list[Machine] = []
        self.refusals: deque[int] = deque()
        self.mishaps: deque[str | None] = deque()
        self.uploads: list[bytes] = []
        self.answers: deque[bytes] = deque()
        self.stopping = threading.Event()
        self._folder = Path(tempfile.mkdtemp(prefix="e2b-"))
        server = self

        class Bound(_Handler):
            cloud = server

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Bound)
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"
        self._thread = threading.Thread(target=self._http.serve_forever, daemon=True)
        self._thread.start()

    def point_sdk_at_it(self, monkeypatch) -> None:
        """The SDK's own settings, nothing else."""
        monkeypatch.setenv("E2B_API_KEY", KEY)
        monkeypatch.setenv("E2B_API_URL", self.url)
        monkeypatch.setenv("E2B_SANDBOX_URL", self.url)
        monkeypatch.setenv("E2B_HTTP_VERSION", "1.1")

    def create(self, body: dict[str, Any]) -> Machine:
        root = Path(tempfile.mkdtemp(dir=self._folder))
        internet = body.get("allow_internet_access", True)
        machine = Machine(f"i{uuid.uuid4().hex[:19]}", root, body["templateID"], body["timeout"], internet)
        for name in ("opt", "bin"):
            (root / name).mkdir()
        (root / "bin" / "python3").symlink_to(sys._base_executable)
        self.machines[machine.id] = machine
        self.created.append(machine)
        return machine

    def command_line(self, machine: Machine, process: dict[str, Any]) -> list[str]:
        """The command that runs a machine's command."""
        words = ["bwrap", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--die-with-parent"]
        words += ["--cap-add", "ALL"] if os.geteuid() == 0 else ["--unshare-user"]
        for path in map(Path, ("/usr", "/bin", "/sbin", "/lib", "/lib64", "/etc")):
            if path.is_symlink():
                words += ["--symlink", str(path.readlink()), str(path)]
            elif path.exists():
                words += ["--ro-bind", str(path), str(path)]
        words += ["--ro-bind", sys.base_prefix, sys.base_prefix]
        words += ["--ro-bind", str(machine.root / "bin"), "/usr/local/bin"]
        words += ["--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp", "--tmpfs", "/dev/shm"]
        words += ["--bind", str(machine.root / "opt"), "/opt", "--chdir", process.get("cwd", "/"), "--clearenv"]
        return [*words, process["cmd"], *process["args"]]

    def close(self) -> None:
        self.stopping.set()
        self._http.shutdown()
        self._http.server_close()
        shutil.rmtree(self._folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    cloud: E2bServer

    def log_message(self, *_: object) -> None: ...

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("Transfer-Encoding") == "chunked":
            body = self._read_chunks()
        path = urlsplit(self.path).path
        if path == "/v2/sandboxes":
            self._create(json.loads(body))
        elif path.endswith("/timeout"):
            self._prolong(path.split("/")[2], json.loads(body))
        elif machine := self._machine():
            if path == "/files":
                self._write_file(machine, body)
            elif path == "/process.Process/Start":
                self._start(machine, json.loads(body[5:]))
            else:
                self._answer(404, {"message": f"no {path} here"})

    def do_DELETE(self) -> None:
        if self._has_key():
            gone = self.cloud.machines.pop(self.path.split("/")[2], None)
            self._answer(204 if gone else 404, {"message": "no such sandbox"})

    def do_GET(self) -> None:
        if machine := self._machine():
            if self.path == "/health":
                self._answer(204)
            else:
                self._read_file(machine)

    def _create(self, body: dict[str, Any]) -> None:
        if not self._has_key():
            return
        if self.cloud.refusals:
            self._answer(self.cloud.refusals.popleft(), {"code": 0, "message": f"refused {KEY}"})
            return
        machine = self.cloud.create(body)
        made = {"templateID": machine.template, "sandboxID": machine.id, "clientID": "c", "envdVersion": _ENVD}
        self._answer(201, made | {"envdAccessToken": machine.token})

    def _prolong(self, id_: str, body: dict[str, Any]) -> None:
        if self._has_key():
            self.cloud.machines[id_].lifetime = body["timeout"]
            self._answer(204)

    def _read_file(self, machine: Machine) -> None:
        file = self._file_of(machine)
        if not file.exists():
            self._answer(404, {"message": "no such file"})
        else:
            self._answer(200, self.cloud.answers.popleft() if self.cloud.answers else file.read_bytes())

    def _write_file(self, machine: Machine, body: bytes) -> None:
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        (part,) = email.message_from_bytes(head + body, policy=email.policy.HTTP).iter_parts()
        data = part.get_payload(decode=True)
        file = self._file_of(machine)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        self.cloud.uploads.append(data)
        self._answer(200, [{"name": file.name, "type": "file", "path": str(file)}])

    def _start(self, machine: Machine, request: dict[str, Any]) -> None:
        process = request["process"]
        machine.commands.append(process["args"][-1])
        mishap = self.cloud.mishaps.popleft() if self.cloud.mishaps else None
        if mishap == "hang":
            self.cloud.stopping.wait(60)
        if mishap == "lost":
            del self.cloud.machines[machine.id]
        if mishap in ("hang", "lost", "cut"):
            self.connection.close()
            self.close_connection = True
            return
        self.send_response(200)
        self.send_header("Content-Type", "application/connect+json")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self._envelope({"event": {"start": {"pid": 1}}})
        line = ["/bin/false"] if mishap == "fail" else self.cloud.command_line(machine, process)
        done = subprocess.run(line, capture_output=True, check=False)
        for name, output in (("stdout", done.stdout), ("stderr", done.stderr)):
            if output:
                self._envelope({"event": {"data": {name: base64.b64encode(output).decode()}}})
        self._envelope({"event": {"end": {"exitCode": done.returncode, "exited": True, "status": "exited"}}})
        self._envelope({}, last=True)
        self.wfile.write(b"0\r\n\r\n")

    def _envelope(self, message: dict[str, Any], last: bool = False) -> None:
        text = json.dumps(message).encode()
        data = bytes([2 * last]) + len(text).to_bytes(4, "big") + text
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    def _has_key(self) -> bool:
        if self.headers.get("X-API-KEY") == KEY:
            return True
        self._answer(401, {"code": 401, "message": f"not a key: {self.headers.get('X-API-KEY')}"})
        return False

    def _machine(self) -> Machine | None:
        machine = self.cloud.machines.get(self.headers.get("E2b-Sandbox-Id", ""))
        if machine is None:
            self._answer(502, {"code": 502, "message": "The sandbox was not found"})
        elif self.headers.get("X-Access-Token") != machine.token:
            self._answer(401, {"message": "not this machine's token"})
            return None
        return machine

    def _file_of(self, machine: Machine) -> Path:
        (path,) = parse_qs(urlsplit(self.path).query)["path"]
        assert path.startswith("/opt/"), path
        return machine.root / path[1:]

    def _answer(self, status: int, body: Any = None) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if status != 204:
            self.wfile.write(data)

    def _read_chunks(self) -> bytes:
        parts = []
        while size := int(self.rfile.readline(), 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)
