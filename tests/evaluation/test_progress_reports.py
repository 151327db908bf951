"""What an evaluation tells while it runs: tokens of its answers, and the retries of its requests."""

import json

from tarot_bench.evaluation import evaluate, resolve
from tarot_bench.progress import Silent, hearing_retries
from tests.cli.command import tarot
from tests.servers.llm import LlmServer


class Told(Silent):
    """Keeps the tokens that are reported."""

    def __init__(self):
        self.tokens = [0, 0]

    def used(self, input_tokens, output_tokens):
        self.tokens[0] += input_tokens
        self.tokens[1] += output_tokens


def test_tokens_of_answers_old_and_new_and_retries_are_reported(tmp_path):
    with LlmServer(lambda prompt: "no code") as server:
        settings = resolve("openai/any", limit=2, options={"base_url": server.url, "concurrency": 1})
        server.fail_next(429, {"retry-after-ms": "20"}, times=2)
        server.fail_next(500)
        told, retries = Told(), []
        with hearing_retries(retries.append):
            evaluate(settings, tmp_path / "run", progress=told)
        usage = [json.loads(line)["usage"] for line in (tmp_path / "run/tarot/completions.jsonl").open()]
        assert told.tokens == [sum(u["input_tokens"] for u in usage), sum(u["output_tokens"] for u in usage)]
        assert min(told.tokens) > 0
        assert [(retry.asked, retry.delay_s if retry.asked else None) for retry in retries] == [
            (True, 0.02),
            (True, 0.02),
            (False, None),
        ]
        again = Told()
        evaluate(settings, tmp_path / "run", resume=True, progress=again)
        assert again.tokens == told.tokens


def test_the_cost_is_told_where_prices_are_given_and_does_not_change_the_run(tmp_path):
    with LlmServer(lambda prompt: "no code") as server:
        base = ("evaluate", "-m", "openai/any", "--base-url", server.url, "--limit", "2", "-o", "run")
        said = tarot(*base, "input_price=1000", "output_price=1000", cwd=tmp_path)
        assert said.returncode == 0, said.stderr
        assert " tokens, " in said.stderr
        assert " USD" in said.stderr
        again = tarot(*base, "--resume", cwd=tmp_path)
        assert again.returncode == 0, again.stderr
        assert " tokens" in again.stderr
        assert "USD" not in again.stderr
        one = tarot(*base, "input_price=1", cwd=tmp_path)
        assert one.returncode == 2
        assert "both `input_price` and `output_price`" in one.stderr
