"""A program that behaves like ``vllm serve`` for TRL's client, without a GPU or a model: ``python vllm.py serve …``.

It refuses what vLLM refuses: unknown flags, dev endpoints without VLLM_SERVER_DEV_MODE, requests that are longer than
``--max-model-len``. Answers are drawn from a file of token ids; which ones depends on the prompt and on the weights
that were sent, so that two trainings get the same answers as long as their weights are the same. Weights arrive over
HTTP (``/stand_in/weights``) in place of NCCL. Environment variables set what goes wrong:

    STUB_READY_AFTER_S  loads for so long, without listening
    STUB_NEVER_READY    dies while it loads
    STUB_DIE_AT_UPDATE  dies in this update of weights, counted from 1
    STUB_ANSWERS        file: a JSON list of lists of token ids
"""

import argparse
import hashlib
import json
import os
import random
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlparse

DEV = ("/server_info", "/get_world_size", "/init_weight_transfer_engine", "/start_weight_update", "/update_weights")
DEV += ("/finish_weight_update", "/reset_prefix_cache")


def arguments():
    parser = argparse.ArgumentParser(prog="vllm")
    serve = parser.add_subparsers(required=True).add_parser("serve")
    serve.add_argument("model")
    for flag in ("--host", "--weight-transfer-config", "--logprobs-mode", "--revision"):
        serve.add_argument(flag)
    for flag in ("--port", "--tensor-parallel-size", "--max-model-len", "--max-logprobs"):
        serve.add_argument(flag, type=int)
    return parser.parse_args()


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, asked):
        super().__init__((asked.host, asked.port), Handler)
        self.asked = asked
        self.dev = os.environ.get("VLLM_SERVER_DEV_MODE") == "1"
        self.weights, self.updates = hashlib.sha256(), 0
        answers = os.environ.get("STUB_ANSWERS")
        self.answers = json.load(open(answers)) if answers else [[1, 2, 3]]  # noqa: SIM115

    def received(self, body):
        self.weights.update(body)

    def updated(self):
        self.updates += 1
        if self.updates == int(os.environ.get("STUB_DIE_AT_UPDATE", "0")):
            print("RuntimeError: CUDA error: an illegal memory access was encountered", flush=True)
            os._exit(1)

    def complete(self, body):
        """The n completions of each prompt, prompt by prompt."""
        digest = self.weights.hexdigest()
        for prompt in body["prompt"]:
            if len(prompt) + body["max_tokens"] > self.asked.max_model_len:
                raise ValueError(
                    f"This model's maximum context length is {self.asked.max_model_len} tokens, but the request needs "
                    f"{len(prompt) + body['max_tokens']}"
                )
            drawn = random.Random(f"{digest}{prompt}{body.get('seed')}")
            for _ in range(body["n"]):
                yield prompt, drawn.choice(self.answers)[: body["max_tokens"]]


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        path = urlparse(self.path).path
        if path == "/health":
            self.say(200, None)
        elif path == "/v1/models":
            self.say(200, {"data": [{"id": self.server.asked.model}]})
        elif path == "/server_info" and self.server.dev:
            asked = self.server.asked
            transfer = json.loads(asked.weight_transfer_config or "null")
            config = {"weight_transfer_config": transfer, "model_config": {"logprobs_mode": asked.logprobs_mode}}
            self.say(200, {"vllm_config": config})
        elif path == "/get_world_size" and self.server.dev:
            self.say(200, {"world_size": self.server.asked.tensor_parallel_size})
        else:
            self.say(404, {"detail": "Not Found"})

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/v1/completions":
            self.completions(json.loads(body))
        elif self.path == "/stand_in/weights":
            self.server.received(body)
            self.say(200, {})
        elif self.path in DEV and self.server.dev:
            if self.path == "/start_weight_update":
                self.server.weights = hashlib.sha256()
            if self.path == "/update_weights":
                self.server.updated()
            self.say(200, {"success": True})
        else:
            self.say(404, {"detail": "Not Found"})

    def completions(self, body):
        try:
            drawn = list(self.server.complete(body))
        except ValueError as error:
            return self.say(400, {"error": {"message": str(error), "type": "BadRequestError", "code": 400}})
        choices = []
        for prompt, answer in drawn:
            tokens = [f"token_id:{token}" for token in answer]
            logprobs = {"tokens": tokens, "token_logprobs": [-1.0] * len(answer), "top_logprobs": [None] * len(answer)}
            choices.append({"prompt_token_ids": prompt, "token_ids": answer, "logprobs": logprobs})
        return self.say(200, {"choices": choices})

    def say(self, status, content):
        body = b"" if content is None else json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass


def main():
    asked = arguments()
    print(f"loading {asked.model} on GPU {os.environ.get('CUDA_VISIBLE_DEVICES')}", flush=True)
    time.sleep(float(os.environ.get("STUB_READY_AFTER_S", "0")))
    if os.environ.get("STUB_NEVER_READY"):
        sys.exit("ValueError: Free memory on device (3.2/79.6 GiB) is less than desired")
    server = Server(asked)
    print("Application startup complete.", flush=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    thread.join()


if __name__ == "__main__":
    main()
