"""Vectors over HTTP from a loopback server, through the real SDK."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from tarot_bench.errors import InfrastructureError, ModelError
from tarot_bench.generation.dedup.embeddings import Embedder, EmbeddingSettings


class EmbeddingServer(ThreadingHTTPServer):
    """Vectors that count letters; the first `failures` requests are answered 503, rows come in reverse order."""

    daemon_threads = True

    def __init__(self, failures=0, status=503, lost=0):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.failures, self.status, self.lost, self.asked = failures, status, lost, []
        self.url = f"http://127.0.0.1:{self.server_address[1]}/v1"
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def log_message(self, *_):
        pass

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.server.failures > 0:
            self.server.failures -= 1
            return self._send(self.server.status, {"error": {"message": "busy"}})
        self.server.asked.append((self.path, body["input"]))
        rows = [
            {"object": "embedding", "index": index, "embedding": [float(text.count(letter)) for letter in "abc"]}
            for index, text in enumerate(body["input"])
        ]
        rows = rows[::-1][self.server.lost :]
        usage = {"prompt_tokens": 1, "total_tokens": 1}
        return self._send(200, {"object": "list", "model": body["model"], "data": rows, "usage": usage})

    def _send(self, status, answer):
        data = json.dumps(answer).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "retry-after-ms": "1"}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
        self.wfile.flush()


def embedder(server, tmp_path, **options):
    settings = EmbeddingSettings(model="openai/letters", base_url=server.url, batch_size=2, **options)
    return Embedder(settings, tmp_path / "vectors.jsonl")


def test_each_text_gets_its_unit_vector_whatever_order_the_server_answers_in(tmp_path):
    with EmbeddingServer(failures=1) as server:
        found = embedder(server, tmp_path)(["aab", "c", "aab"])
    np.testing.assert_allclose(found, [[2 / 5**0.5, 1 / 5**0.5, 0], [0, 0, 1], [2 / 5**0.5, 1 / 5**0.5, 0]], rtol=1e-6)
    assert server.asked == [("/v1/embeddings", ["aab", "c"])]


def test_what_was_answered_is_never_asked_again(tmp_path):
    with EmbeddingServer() as server:
        embedder(server, tmp_path)(["a", "b", "c"])
        embedder(server, tmp_path)(["c", "ab", "a"])
    assert [texts for _, texts in server.asked] == [["a", "b"], ["c"], ["ab"]]


def test_a_batch_that_was_answered_stays_when_the_next_one_fails(tmp_path):
    with EmbeddingServer(failures=1, status=401) as server:
        with pytest.raises(ModelError, match="refuses the key"):
            embedder(server, tmp_path)(["a", "b", "c"])
        embedder(server, tmp_path)(["a", "b"])
        server.failures, server.status = 1, 400
        with pytest.raises(ModelError, match="rejects the request"):
            embedder(server, tmp_path)(["a", "b", "c"])
    assert [texts for _, texts in server.asked] == [["a", "b"]]


def test_a_missing_vector_is_trouble_and_nothing_is_written(tmp_path):
    with EmbeddingServer(lost=1) as server, pytest.raises(InfrastructureError, match="one vector for each of 2 texts"):
        embedder(server, tmp_path)(["a", "b"])
    assert (tmp_path / "vectors.jsonl").read_text() == ""


@pytest.mark.parametrize(
    ("model", "said"), [("gold", "gold offers none"), ("BAAI/bge-m3", "did you mean .*openai/BAAI")]
)
def test_a_model_without_embeddings_and_a_name_without_its_prefix_are_told_before_any_work(model, said, tmp_path):
    with pytest.raises(ModelError, match=said) as caught:
        Embedder(EmbeddingSettings(model=model), tmp_path / "vectors.jsonl")
    assert "\n" not in str(caught.value)
