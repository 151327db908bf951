"""A loopback Hugging Face Hub that can be read: enough of its protocol for ``datasets.load_dataset``.

`tests.servers.hub_writing` adds what it takes to write.

Holds repositories as ``{repo: {commit: {path: bytes}}}`` with names (branches, tags) for commits. Requests that it does
not know are answered 404 and kept in ``unknown``, so that a test can tell a missing file from a missing route.
"""

import hashlib
import json
import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote

_RESOLVE = re.compile(r"(?:/datasets)?/(?P<repo>[^/]+/[^/]+)/resolve/(?P<revision>[^/]+)/(?P<path>.+)")
_INFO = re.compile(r"/api/(?:datasets|models)/(?P<repo>[^/]+/[^/]+)(?:/revision/(?P<revision>[^/]+))?")
_TREE = re.compile(r"/api/(?:datasets|models)/(?P<repo>[^/]+/[^/]+)/tree/(?P<revision>[^/]+)(?:/(?P<path>.*))?")
_PATHS = re.compile(r"/api/(?:datasets|models)/(?P<repo>[^/]+/[^/]+)/paths-info/(?P<revision>[^/]+)")


@dataclass
class Repo:
    """Commits by their 40 hex digits, and names for them."""

    commits: dict[str, dict[str, bytes]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    gated: bool = False
    """Described to anybody, but its files are refused."""
    status: int = 200
    """Any other one is the answer to everything."""

    def commit(self, files: dict[str, bytes], *names: str) -> str:
        """Add a commit, move ``main`` and the given names to it, return its id."""
        sha = hashlib.sha1(repr(sorted(files.items())).encode()).hexdigest()
        self.commits[sha] = files
        self.names.update(dict.fromkeys(("main", *names), sha))
        return sha


class HubServer(ThreadingHTTPServer):
    """Serve on a free loopback port within a ``with`` block."""

    daemon_threads = True
    handler: type[BaseHTTPRequestHandler]

    def __init__(self):
        super().__init__(("127.0.0.1", 0), self.handler)
        self.repos: dict[str, Repo] = {}
        self.unknown: list[str] = []

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: HubServer

    def log_message(self, *_):
        pass

    def do_GET(self):
        path = self.path.partition("?")[0]
        for pattern, answer in ((_RESOLVE, self._file), (_TREE, self._tree), (_INFO, self._info)):
            if match := pattern.fullmatch(path):
                return self._at_commit(answer, **match.groupdict())
        self.server.unknown.append(f"{self.command} {path}")
        return self._send(404, b"no such route")

    def do_HEAD(self):
        self.do_GET()

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if match := _PATHS.fullmatch(self.path.partition("?")[0]):
            is_form = self.headers.get("Content-Type") == "application/x-www-form-urlencoded"
            asked = parse_qs(body.decode())["paths"] if is_form else json.loads(body)["paths"]
            return self._at_commit(self._paths_info, **match.groupdict(), path=asked)
        self.server.unknown.append(f"POST {self.path}")
        return self._send(404, b"no such route")

    def _at_commit(self, answer, repo, revision, path=""):
        known = self.server.repos.get(repo)
        if known is None:
            return self._send(404, b"{}", {"X-Error-Code": "RepoNotFound"})
        if known.status != 200:
            return self._send(known.status, b"{}")
        sha = known.names.get(unquote(revision or "main"), revision)
        if sha not in known.commits:
            return self._send(404, b"{}", {"X-Error-Code": "RevisionNotFound"})
        return answer(repo, sha, known.commits[sha], unquote(path) if isinstance(path, str) else path)

    def _file(self, repo, sha, files, path):
        if self.server.repos[repo].gated:
            return self._send(403, b"{}", {"X-Error-Code": "GatedRepo"})
        if path not in files:
            return self._send(404, b"{}", {"X-Error-Code": "EntryNotFound", "X-Repo-Commit": sha})
        etag = hashlib.sha1(files[path]).hexdigest()
        return self._send(200, files[path], {"X-Repo-Commit": sha, "ETag": f'"{etag}"'})

    def _info(self, repo, sha, files, _path):
        siblings = [{"rfilename": name} for name in files]
        self._json({"id": repo, "sha": sha, "siblings": siblings, "private": False, "gated": False, "tags": []})

    def _tree(self, _repo, sha, files, path):
        prefix = f"{path}/" if path else ""
        inside = [name for name in files if name.startswith(prefix)]
        folders = sorted({prefix + name[len(prefix) :].split("/")[0] for name in inside if "/" in name[len(prefix) :]})
        entries = [_entry(name, files) for name in inside if "/" not in name[len(prefix) :]]
        if "recursive=True" in self.path or "recursive=true" in self.path:
            entries = [_entry(name, files) for name in inside]
        if not inside and path:
            return self._send(404, b"{}", {"X-Error-Code": "EntryNotFound", "X-Repo-Commit": sha})
        return self._json(
            [{"type": "directory", "path": name, "oid": "0" * 40, "size": 0} for name in folders] + entries
        )

    def _paths_info(self, _repo, _sha, files, asked):
        self._json([_entry(name, files) for name in asked if name in files])

    def _json(self, answer):
        self._send(200, json.dumps(answer).encode(), {"Content-Type": "application/json"})

    def _send(self, status, body, headers=None):
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self.wfile.flush()


HubServer.handler = Handler


def _entry(name, files):
    content = files[name]
    blob = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
    entry = {"type": "file", "path": name, "oid": blob, "size": len(content)}
    if is_large(name):
        entry["lfs"] = {"oid": hashlib.sha256(content).hexdigest(), "size": len(content), "pointerSize": 130}
    return entry


def is_large(name):
    """Whether the Hub keeps a file outside of git."""
    return name.endswith((".parquet", ".png", ".zip"))
