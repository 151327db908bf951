"""The loopback Hub, writable: repositories, LFS uploads, commits that name their parent, tags, pull requests.

It fails on demand.
"""

import base64
import hashlib
import json
import re
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs

from tests.servers.hub import Handler, HubServer, Repo, is_large

_PREUPLOAD = re.compile(r"/api/(?:datasets|models)/(?P<repo>[^/]+/[^/]+)/preupload/main")
_COMMIT = re.compile(r"/api/(?:datasets|models)/(?P<repo>[^/]+/[^/]+)/commit/main")
_TAG = re.compile(r"/api/(?:datasets|models)/(?P<repo>[^/]+/[^/]+)/tag/(?P<revision>[^/]+)")
_DISCUSSIONS = re.compile(r"/api/(?:datasets|models)/(?P<repo>[^/]+/[^/]+)/discussions")
_PAGE = 2
"""Discussions in one answer; few, so that tests need several."""
_REFS = re.compile(r"/api/(?:datasets|models)/(?P<repo>[^/]+/[^/]+)/refs")
_BATCH = re.compile(r"/datasets/(?P<repo>[^/]+/[^/]+)\.git/info/lfs/objects/batch")
_OBJECT = re.compile(r"/lfs/(?P<oid>[0-9a-f]{64})")


@dataclass
class PullRequest:
    """A discussion with a commit of its own, which no branch has until it is merged."""

    number: int
    title: str
    description: str
    status: str = "open"


@dataclass
class WritableRepo(Repo):
    private: bool = False
    history: list[tuple[str, str, str]] = field(default_factory=list)
    """Commits after the first as (commit, parent, message)."""
    requests: list[PullRequest] = field(default_factory=list)

    def merge(self, request: PullRequest) -> None:
        """Accept a pull request; main has had no commit since it was opened."""
        request.status, self.names["main"] = "merged", self.names[f"refs/pr/{request.number}"]


class WritableHub(HubServer):
    """Accepts the token ``t``.

    Attributes:
        objects: what was uploaded through LFS, by SHA-256.
        faults: queues of statuses by route (``commit``, ``lfs``, ``create``, ``tag``); each request takes the oldest.
            A negative one is sent after the work was done: the answer is lost, not the work.
        delay_s: before every answer, so that a client can be killed in the middle.
        on_commit: called before a commit is looked at, once.
        spoil: a path whose content is lost on its way into a commit.
    """

    def __init__(self):
        super().__init__()
        self.objects: dict[str, bytes] = {}
        self.faults: dict[str, list[int]] = {}
        self.delay_s = 0.0
        self.on_commit = None
        self.spoil = None
        self.lock = threading.Lock()

    def create(self, repo, private=False):
        made = self.repos[repo] = WritableRepo(private=private)
        made.commit({".gitattributes": b"*.parquet filter=lfs\n"})
        return made

    def fault(self, route):
        queue = self.faults.get(route)
        return queue.pop(0) if queue else 0


class _WritingHandler(Handler, BaseHTTPRequestHandler):
    server: WritableHub

    def do_GET(self):
        time.sleep(self.server.delay_s)
        path, _, query = self.path.partition("?")
        if match := _REFS.fullmatch(path):
            return self._refs(**match.groupdict())
        if match := _DISCUSSIONS.fullmatch(path):
            return self._discussions(parse_qs(query), **match.groupdict())
        return super().do_GET()

    def do_PUT(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        time.sleep(self.server.delay_s)
        if status := self.server.fault("lfs"):
            return self._send(status, b"{}")
        if hashlib.sha256(body).hexdigest() != _OBJECT.fullmatch(self.path)["oid"]:
            return self._send(400, b"{}")
        self.server.objects[hashlib.sha256(body).hexdigest()] = body
        return self._send(200, b"")

    def do_POST(self):
        path = self.path.partition("?")[0]
        routes = (
            (re.compile(r"/api/repos/create"), "create", self._create),
            (_PREUPLOAD, "preupload", self._preupload),
            (_BATCH, "batch", self._batch),
            (_COMMIT, "commit", self._commit),
            (_TAG, "tag", self._tag),
            (re.compile(r"/api/validate-yaml"), "yaml", lambda body: self._json({"errors": [], "warnings": []})),
        )
        for pattern, route, answer in routes:
            if match := pattern.fullmatch(path):
                return self._answer(route, answer, match.groupdict())
        return super().do_POST()

    def _answer(self, route, answer, named):
        body = self._body()
        time.sleep(self.server.delay_s)
        if self.headers.get("Authorization") != "Bearer t":
            return self._send(403, b"{}")
        status = self.server.fault(route)
        if status > 0:
            return self._send(status, b'{"error": "You need the role write\\nin this organisation"}')
        if "repo" in named and named["repo"] not in self.server.repos:
            return self._send(404, b"{}", {"X-Error-Code": "RepoNotFound"})
        self.lost = -status
        return answer(body, **named)

    def _body(self):
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = []
        while size := int(self.rfile.readline(), 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _json(self, answer):
        if getattr(self, "lost", 0):
            lost, self.lost = self.lost, 0
            return self._send(lost, b"{}")
        return super()._json(answer)

    def _create(self, body):
        asked = json.loads(body)
        name = f"{asked.get('organization') or 'me'}/{asked['name']}"
        url = {"url": f"{self.server.endpoint}/datasets/{name}", "name": name}
        if name in self.server.repos:
            return self._send(409, json.dumps(url).encode(), {"Content-Type": "application/json"})
        self.server.create(name, private=asked.get("visibility") == "private" or bool(asked.get("private")))
        return self._json(url)

    def _preupload(self, body, repo):
        modes = [
            {"path": file["path"], "uploadMode": "lfs" if is_large(file["path"]) else "regular", "shouldIgnore": False}
            for file in json.loads(body)["files"]
        ]
        return self._json({"files": modes})

    def _batch(self, body, repo):
        objects = [self._transfer(wanted) for wanted in json.loads(body)["objects"]]
        return self._json({"transfer": "basic", "objects": objects})

    def _transfer(self, wanted):
        if wanted["oid"] in self.server.objects:
            return wanted
        return {**wanted, "actions": {"upload": {"href": f"{self.server.endpoint}/lfs/{wanted['oid']}"}}}

    def _commit(self, body, repo):
        lines = [json.loads(line) for line in body.splitlines()]
        if self.server.on_commit:
            other, self.server.on_commit = self.server.on_commit, None
            other()
        with self.server.lock:
            known = self.server.repos[repo]
            head = known.names["main"]
            if lines[0]["value"].get("parentCommit", head) != head:
                return self._send(412, b"{}")
            files = dict(known.commits[head])
            for line in lines[1:]:
                self._apply(files, line["key"], line["value"])
            sha = hashlib.sha1(f"{head}{len(known.commits)}".encode()).hexdigest()
            known.commits[sha] = files
            head_line = lines[0]["value"]
            if "create_pr=1" in self.path:
                made = PullRequest(len(known.requests) + 1, head_line["summary"], head_line["description"])
                known.requests.append(made)
                known.names[f"refs/pr/{made.number}"] = sha
                more = {"pullRequestUrl": f"{self.server.endpoint}/datasets/{repo}/discussions/{made.number}"}
            else:
                more = {}
                known.names["main"] = sha
                known.history.append((sha, head, head_line["summary"]))
        url = f"{self.server.endpoint}/datasets/{repo}/commit/{sha}"
        return self._json({"success": True, "commitOid": sha, "commitUrl": url, "hookOutput": "", **more})

    def _discussions(self, asked, repo):
        known = self.server.repos.get(repo)
        if known is None:
            return self._send(404, b"{}", {"X-Error-Code": "RepoNotFound"})
        found = [each for each in reversed(known.requests) if asked.get("status", [each.status]) == [each.status]]
        start = int(asked["p"][0]) * _PAGE
        page = [
            {
                "num": each.number,
                "title": each.title,
                "status": each.status,
                "isPullRequest": True,
                "author": {"name": "someone"},
                "createdAt": "2026-01-01T00:00:00.000Z",
                "repo": {"name": repo, "type": "dataset"},
            }
            for each in found[start : start + _PAGE]
        ]
        return self._json({"discussions": page, "count": len(found), "start": start})

    def _apply(self, files, key, value):
        if value["path"] == self.server.spoil:
            files[value["path"]] = b""
        elif key == "file":
            files[value["path"]] = base64.b64decode(value["content"])
        elif key == "lfsFile":
            files[value["path"]] = self.server.objects[value["oid"]]
        elif key == "deletedFile":
            del files[value["path"]]

    def _tag(self, body, repo, revision):
        known, tag = self.server.repos[repo], json.loads(body)["tag"]
        if tag in known.names:
            return self._send(409, b"{}")
        known.names[tag] = known.names.get(revision, revision)
        return self._json({})

    def _refs(self, repo):
        known = self.server.repos.get(repo)
        if known is None:
            return self._send(404, b"{}", {"X-Error-Code": "RepoNotFound"})
        refs = [
            {"name": name, "ref": f"refs/tags/{name}", "targetCommit": sha}
            for name, sha in known.names.items()
            if name != "main" and not name.startswith("refs/pr/")
        ]
        main = {"name": "main", "ref": "refs/heads/main", "targetCommit": known.names["main"]}
        return self._json({"branches": [main], "tags": refs, "converts": []})


WritableHub.handler = _WritingHandler
