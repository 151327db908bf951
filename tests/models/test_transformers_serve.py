"""A real OpenAI-compatible server, `transformers serve`, with a tiny random model, over HTTP."""

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from importlib.util import find_spec
from pathlib import Path

import pytest

from tarot_bench.errors import ModelError
from tarot_bench.models import ModelOptions, Sampling, open_model
from tests.models.helpers import ask, request
from tests.models.tiny_llama import build

NEEDED = ("torch", "transformers", "fastapi", "uvicorn", "starlette")
MISSING = [name for name in NEEDED if find_spec(name) is None]
COMMAND = Path(sys.executable).with_name("transformers")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(bool(MISSING), reason=f"transformers serve needs {', '.join(MISSING)}"),
    pytest.mark.skipif(not shutil.which(COMMAND), reason="no transformers command beside this Python"),
]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_up(process, url, log):
    for _ in range(1200):
        if process.poll() is not None:
            pytest.fail(f"transformers serve ended: {log.read_text()[-2000:]}")
        try:
            return urllib.request.urlopen(f"{url}/health", timeout=5).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    return pytest.fail(f"transformers serve did not come up: {log.read_text()[-2000:]}")


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The model's folder, which is also its name, and the server's address."""
    home = tmp_path_factory.mktemp("serve")
    # The server takes `do_sample` from the model, whatever temperature a request asks for.
    folder = build(home / "model", do_sample=True)
    port, log = free_port(), home / "log"
    (home / "cache").mkdir()
    command = [COMMAND, "serve", folder, "--device", "cpu", "--dtype", "float32", "--port", str(port)]
    environment = os.environ | {"HF_HUB_OFFLINE": "1", "HF_HUB_CACHE": str(home / "cache")}
    with log.open("w") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
        try:
            wait_until_up(process, f"http://127.0.0.1:{port}", log)
            yield folder, f"http://127.0.0.1:{port}/v1"
        finally:
            process.terminate()
            process.wait(30)


def test_many_completions_come_back_over_http(served):
    folder, url = served
    model = open_model(f"openai/{folder}", ModelOptions(base_url=url, concurrency=4))
    requests = [request(f"prompt {number % 6}", number // 6) for number in range(24)]

    async def all_at_once():
        gate = asyncio.Semaphore(model.concurrency)

        async def one(request):
            async with gate:
                return (await model.generate([request], Sampling(temperature=1, max_tokens=8)))[0]

        try:
            return await asyncio.gather(*map(one, requests))
        finally:
            await model.close()

    answers = asyncio.run(all_at_once())
    assert len({answer.text for answer in answers}) > 1  # sampled, though how well is the server's business
    assert {answer.finish_reason for answer in answers} <= {"length", "stop"}
    assert all(answer.usage.input_tokens > 0 and 0 < answer.usage.output_tokens <= 8 for answer in answers)


def test_a_base_model_continues_a_text_over_http(served):
    folder, url = served
    model = open_model(f"openai/{folder}", ModelOptions(base_url=url, endpoint="completions"))
    (answer,) = ask(model, request("def add(a, b):"), temperature=0, max_tokens=5)
    assert answer.text
    assert answer.usage.output_tokens == 5


def test_a_wrong_model_name_is_the_users_mistake(served):
    _, url = served
    with pytest.raises(ModelError, match=r"rejects the request|knows no such model"):
        ask(open_model("openai/another", ModelOptions(base_url=url)))
