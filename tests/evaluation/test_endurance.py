"""Long runs against services that misbehave in every way we know, counted to the last request."""

import asyncio
import json
import random
from collections import Counter

import pytest

from tarot_bench.dataset.native import write_jsonl
from tarot_bench.evaluation import evaluate, resolve
from tarot_bench.evaluation.asking import ask
from tarot_bench.models import ModelOptions, Request, Sampling, open_model
from tarot_bench.problem import Problem, TestCase, Tier
from tarot_bench.verdict import Completion, Grade, SampleOutcome
from tests.servers.llm import RESET, Failure, LlmServer, Reply, body_of

PROBLEMS = 2000
SHARE = 0.05
CODE = "```python\nprint(input())\n```"


def answer(**changes):
    return {"choices": [{"message": {"content": CODE}, "finish_reason": "stop", **changes}], "usage": None}


def error(status, **fields):
    return Failure(status, {"retry-after-ms": "1"}, {"error": {"message": "no", **fields}})


PASSING = {
    "blank": Failure(200, body="\n\n\n"),
    "cut-json": Failure(200, body='{"choices": [{"mess'),
    "cut-short": Failure(200, body='{"choices":', cut=True),
    "page": Failure(200, body="<html>Please wait</html>"),
    "reset": RESET,
    "busy": error(429),
    "broken": error(503),
    "choice-error": Failure(200, body=answer(error={"code": 502})),
    "finish-error": Failure(200, body=answer(finish_reason="error")),
    "message-null": Failure(200, body=answer(message=None)),
}
"""Met once by a request, they say nothing of its prompt."""
LASTING = {
    "context": error(400, code="context_length_exceeded"),
    "filter": error(400, code="content_filter"),
    "large": Failure(413, body="<html>413</html>"),
    "parse": error(400, type="invalid_request_error"),
}
"""The same prompt always meets them."""
ODD = {
    "parts": Failure(200, body=answer(message={"content": [{"type": "text", "text": CODE}]})),
    "usage": Failure(200, body=answer() | {"usage": {"prompt_tokens": 1.5, "completion_tokens": "x"}}),
    "cut": Failure(200, body=answer(finish_reason="MAX_TOKENS")),
    "filtered": Failure(200, body=answer(finish_reason="content_filter")),
    "declined": Failure(200, body=answer(message={"refusal": "No."})),
}
"""Answers, of a shape of their own."""


class Awful(LlmServer):
    """Misbehaves in each way at `SHARE` of the requests (`PASSING`) or of the prompts (`LASTING`, `ODD`)."""

    def __init__(self):
        super().__init__()
        self.delivered = Counter()
        self.refused = Counter()
        self.met = Counter()

    def respond(self, call):
        with self._lock:
            attempt = self.met[call.prompt]
            self.met[call.prompt] += 1
        passing = self.drawn(PASSING, f"{call.prompt} {attempt}")
        if passing:
            return PASSING[passing]
        lasting = self.drawn(LASTING | ODD, call.prompt)
        (self.refused if lasting in LASTING else self.delivered)[call.prompt] += 1
        return (LASTING | ODD).get(lasting, CODE)

    @staticmethod
    def drawn(ways, seed):
        number = int(random.Random(seed).random() / SHARE)
        return list(ways)[number] if number < len(ways) else None


def problems(tmp_path):
    made = [
        Problem(
            id=f"p{number}",
            statement=f"Echo the line; this is number {number}.",
            tests=(TestCase(tier=Tier.BASIC, input="x\n", output="x\n"),),
        )
        for number in range(PROBLEMS)
    ]
    write_jsonl(made, tmp_path / "data.jsonl")
    return str(tmp_path / "data.jsonl")


@pytest.mark.slow
def test_two_thousand_problems_on_an_awful_server_all_get_a_verdict_or_a_reason_and_are_paid_once(tmp_path):
    with Awful() as server:
        options = {"base_url": server.url, "max_retries": 1, "concurrency": 16}
        settings = resolve("openai/any", "tarot", data=(problems(tmp_path),), options=options)
        sent, summaries = [], []
        for number in range(12):
            before = len(server.requests)
            summaries += evaluate(settings, tmp_path / "run", resume=number > 0)
            sent.append(len(server.requests) - before)
            if "PENDING" not in summaries[-1].outcomes:
                break
        retried = sum(server.met.values()) - sum(server.delivered.values()) - sum(server.refused.values())
    print([(summary.outcomes, requests) for summary, requests in zip(summaries, sent, strict=True)])
    assert all(sum(summary.outcomes.values()) == PROBLEMS for summary in summaries)
    assert "PENDING" in summaries[0].outcomes
    assert "PENDING" not in summaries[-1].outcomes
    assert set(server.delivered.values()) == {1}, "no answer is paid twice"
    assert set(server.refused.values()) == {1}, "no refusal is asked for twice"
    assert len(server.delivered) + len(server.refused) == PROBLEMS
    assert sum(sent) == PROBLEMS + retried
    check_records(tmp_path / "run/tarot", summaries[-1])


def check_records(folder, summary):
    completions = [Completion.model_validate_json(line) for line in lines(folder / "completions.jsonl")]
    grades = {}
    for line in lines(folder / "grades.jsonl"):
        made = Grade.model_validate_json(line)
        grades[made.problem_id] = made
    assert len(completions) == len(grades) == PROBLEMS
    assert all(grades[c.problem_id].ungraded != c.outcome.is_the_models for c in completions)
    assert summary.metrics.counts.ungraded == sum(not c.outcome.is_the_models for c in completions)
    named = {c.outcome for c in completions}
    assert named == set(SampleOutcome)


def lines(path):
    return path.read_text(encoding="utf-8").rstrip("\n").split("\n")


ANSWERS = 20_000
WORDS = [
    "stop",
    "length",
    "error",
    "abort",
    "content_filter",
    "SAFETY",
    "refusal",
    "max_tokens",
    "",
    "text",
    "thinking",
]
KEYS = ["type", "text", "content", "message", "thinking", "refusal", "error", "code", "prompt_tokens", "reasoning"]
ENCODINGS = ["utf-8", "utf-8", "utf-8", "utf-16", "utf-8-sig", "latin-1", "utf-32", "cp1252"]


class Babel(LlmServer):
    """Answers anything: each request gets another body, drawn from its own number."""

    def respond(self, call):
        rng = random.Random(f"{call.prompt} {call.seed}")
        if rng.random() < 0.02:
            return RESET
        status = 200 if rng.random() < 0.85 else rng.choice([400, 413, 422, 429, 500, 503, 204])
        data = self.body(call, rng)
        if rng.random() < 0.1:
            data = data[: rng.randrange(len(data) + 1)]
        if rng.random() < 0.05:
            data = bytes(rng.randrange(256) for _ in range(rng.randrange(40)))
        kind = rng.choice(["application/json", "text/html", "application/json; charset=latin-1", "x; charset=nonsense"])
        return Failure(status, {"content-type": kind}, b"" if status == 204 else data)

    def body(self, call, rng):
        body = body_of(call, Reply(CODE, rng.choice(WORDS)))
        for _ in range(rng.randrange(4)):
            spoil(body, rng)
        text = json.dumps(body, ensure_ascii=rng.random() < 0.5)
        encoding = rng.choice(ENCODINGS)
        return text.encode(encoding, "surrogatepass" if encoding.startswith("utf") else "replace")


def spoil(body, rng):
    """Put a value of any kind in some place of a JSON value."""
    place = body
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        if not keys:
            return
        key = rng.choice(keys)
        if isinstance(place[key], (dict, list)) and place[key] and rng.random() < 0.7:
            place = place[key]
            continue
        place[key] = anything(rng, 3)
        return


def anything(rng, depth):
    simple = [None, True, 0, -1, 7.5, 10**30, float("nan"), "", "é\u2028x", "\u0000", rng.choice(WORDS), CODE]
    if depth == 0 or rng.random() < 0.6:
        return rng.choice(simple)
    if rng.random() < 0.5:
        return [anything(rng, depth - 1) for _ in range(rng.randrange(3))]
    return {rng.choice(KEYS): anything(rng, depth - 1) for _ in range(rng.randrange(4))}


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("name", ["openai/any", "anthropic/any"])
def test_twenty_thousand_answers_of_any_shape_leave_every_sample_accounted_for(name):
    problem = Problem(id="p", statement="s", tests=(TestCase(tier=Tier.BASIC, input="", output=""),))
    requests = (Request(problem, index, f"prompt {index}") for index in range(ANSWERS // 2))
    ended = Counter()
    indices = set()

    def note(request, how):
        assert request.index not in indices
        indices.add(request.index)
        ended[how] += 1

    async def on_answer(request, given):
        made = Completion(problem_id="p", index=0, model="m", text=given.text, finish_reason=given.finish_reason)
        assert Completion.model_validate_json(made.model_dump_json()) == made
        note(request, given.outcome)

    async def on_refusal(request, error):
        note(request, error.reason)

    async def main(server):
        options = ModelOptions(base_url=server.url, max_retries=0, concurrency=8, timeout_s=60)
        model = open_model(name, options)
        try:
            await ask(
                model,
                requests,
                Sampling(),
                on_answer,
                lambda request, error: note(request, "pending"),
                on_refusal,
                proven=True,
            )
        finally:
            await model.close()

    with Babel() as server:
        asyncio.run(main(server))
    print(dict(ended))
    assert ended.total() == ANSWERS // 2 == len(indices)
    assert {SampleOutcome.ANSWERED, "pending", "bad_request"} <= set(ended)


def test_the_awful_server_is_awful_in_every_way():
    """A guard for the test of two thousand problems: they do meet all ways."""
    drawn = {Awful.drawn(LASTING | ODD, f"Echo the line; this is number {n}.") for n in range(PROBLEMS)}
    assert drawn == {*LASTING, *ODD, None}
