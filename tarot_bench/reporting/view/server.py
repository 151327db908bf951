"""The viewer's HTTP server: loopback only, reads only.

A page of another site must not read reports through the browser: requests with a host name other than loopback's are
refused, which also stops names that are made to resolve to 127.0.0.1.
"""

import json
import os
import shutil
import sys
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from tarot_bench.errors import TarotError, UserError, one_line
from tarot_bench.reporting.view.pages import Pages, address, problem_page

LOOPBACK = "127.0.0.1"
_HOSTS = (LOOPBACK, "localhost")
_HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Server(ThreadingHTTPServer):
    """Serves `Pages` on loopback. Close it, or use it as a context manager.

    Args:
        pages: what to serve.
        port: 0 takes a free one.

    Raises:
        UserError: the port is taken.
    """

    daemon_threads = True

    def __init__(self, pages: Pages, port: int = 0) -> None:
        self.pages = pages
        try:
            super().__init__((LOOPBACK, port), _Handler)
        except OSError as error:
            raise UserError(
                f"cannot listen on port {port}: {error.strerror}; leave out --port for a free one"
            ) from None

    @property
    def url(self) -> str:
        """The address of the first page."""
        return f"http://{LOOPBACK}:{self.server_port}/"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print the traceback of a bug; a browser that goes away is none."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: Server
    server_version = "tarot-bench"
    sys_version = ""
    timeout = 30

    def do_GET(self) -> None:
        """Answer with a page, a state or a redirection."""
        if not self._from_here():
            self._send(HTTPStatus.FORBIDDEN, "text/plain", b"this server answers on loopback only\n")
            return
        path = os.fsdecode(unquote_to_bytes(urlsplit(self.path).path))
        runs = self.server.pages.runs()
        if path == "/":
            self._first(list(runs.values()))
            return
        name, _, last = path.removeprefix("/runs/").rpartition("/")
        if not path.startswith("/runs/") or name not in runs or last not in ("", "state"):
            self._send(HTTPStatus.NOT_FOUND, "text/plain", b"there is no such run\n")
        elif last == "state":
            self._send(HTTPStatus.OK, "application/json", json.dumps(self.server.pages.state(runs[name])).encode())
        else:
            self._report(runs[name])

    def do_HEAD(self) -> None:
        """As GET, without the content."""
        self.do_GET()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the name of the base class
        """Log nothing: the terminal shows the address."""

    def _from_here(self) -> bool:
        hosts = {f"{host}:{self.server.server_port}" for host in _HOSTS}
        origin = self.headers.get("Origin")
        return self.headers.get("Host") in hosts and (origin is None or origin in {f"http://{host}" for host in hosts})

    def _first(self, runs: list[Any]) -> None:
        if len(runs) == 1 and runs[0].path == self.server.pages.folder:
            self.send_response(HTTPStatus.FOUND)
            self.send_header("Location", address(runs[0]))
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self._send(HTTPStatus.OK, "text/html", self.server.pages.index().encode())

    def _report(self, run: Any) -> None:
        try:
            path = self.server.pages.report(run)
        except (TarotError, OSError) as error:
            said = problem_page(one_line(error, 500))
            self._send(HTTPStatus.INTERNAL_SERVER_ERROR, "text/html", said.encode("utf-8", "backslashreplace"))
            return
        with path.open("rb") as file:
            self._start(HTTPStatus.OK, "text/html", path.stat().st_size)
            if self.command != "HEAD":
                shutil.copyfileobj(file, self.wfile)

    def _send(self, status: HTTPStatus, kind: str, content: bytes) -> None:
        self._start(status, kind, len(content))
        if self.command != "HEAD":
            self.wfile.write(content)

    def _start(self, status: HTTPStatus, kind: str, size: int) -> None:
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(size))
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        self.end_headers()
