import pytest

from tarot_bench.errors import InfrastructureError, ModelError, QuotaError
from tarot_bench.models import Answer
from tarot_bench.verdict import Usage
from tests.models.helpers import ask, connect, request
from tests.servers.llm import LlmServer, Reply

NAME = "anthropic/claude"
SOON = {"retry-after-ms": "1"}


@pytest.fixture
def server():
    with LlmServer() as server:
        yield server


def failure(kind, message, **details):
    return {"type": "error", "error": {"type": kind, "message": message, "details": details or None}}


def test_an_answer_comes_with_its_text_reason_and_tokens(server):
    (answer,) = ask(connect(server, NAME))
    assert answer == Answer("You said: add two numbers", "stop", Usage(input_tokens=3, output_tokens=5))


def test_what_is_sent(server, monkeypatch):
    monkeypatch.setenv("ANTHROPIC_API_KEY", "my-key")
    model = connect(server, NAME, extra={"thinking": {"type": "enabled", "budget_tokens": 9}})
    ask(model, request("do it", 2, "be brief"), temperature=0.5, top_p=0.9, max_tokens=100_000, stop=("X",))
    (call,) = server.requests
    assert call.path.endswith("/v1/messages")
    assert "my-key" in call.headers.get("authorization", "") + call.headers.get("x-api-key", "")
    assert call.body == {
        "model": "claude",
        "max_tokens": 100_000,
        "messages": [{"role": "user", "content": "do it"}],
        "system": "be brief",
        "stop_sequences": ["X"],
        "temperature": 0.5,
        "top_p": 0.9,
        "thinking": {"type": "enabled", "budget_tokens": 9},
    }


def test_the_runner_is_told_how_to_drive_it(server):
    model = connect(server, NAME, concurrency=5)
    assert (model.concurrency, model.batch_size) == (5, 1)


def test_settings_that_were_not_given_are_not_sent(server):
    ask(connect(server, NAME))
    assert set(server.requests[0].body) == {"model", "max_tokens", "messages"}


@pytest.mark.parametrize(
    ("reply", "text", "reason"),
    [
        (Reply("cut", "length"), "cut", "length"),
        (Reply("x", "model_context_window_exceeded"), "x", "length"),
        (Reply("x", "stop_sequence"), "x", "stop"),
        (Reply("no", "refusal"), "no", "refusal"),
        (Reply(None), "", "stop"),
        (Reply("code", reasoning="hmm"), "<think>\nhmm\n</think>\n\ncode", "stop"),
    ],
)
def test_texts_and_reasons(reply, text, reason):
    with LlmServer(lambda prompt: reply) as server:
        (answer,) = ask(connect(server, NAME))
    assert (answer.text, answer.finish_reason) == (text, reason)


@pytest.mark.parametrize("status", [429, 500, 529])
def test_passing_trouble_is_retried_and_then_pending(server, status):
    server.fail_next(status, SOON, failure("overloaded_error", "busy"), times=2)
    assert ask(connect(server, NAME, max_retries=2))[0].text
    server.fail_next(status, SOON, failure("overloaded_error", "busy"), times=2)
    with pytest.raises(InfrastructureError, match=f"{status} busy"):
        ask(connect(server, NAME, max_retries=1))
    assert len(server.requests) == 5


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, failure("invalid_request_error", "Your credit balance is too low to access the API.")),
        (402, failure("billing_error", "no money")),
        (403, failure("billing_error", "no money")),
        (429, failure("rate_limit_error", "limit", error_code="enforced_spend_limit_reached")),
        (429, failure("rate_limit_error", "limit", error_code="contract_spend_limit_reached")),
    ],
)
def test_no_credit_stops_at_once(server, status, body):
    server.fail_next(status, SOON, body)
    with pytest.raises(QuotaError, match="no credit is left"):
        ask(connect(server, NAME))
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("status", "advice"), [(400, "rejects the request"), (401, "ANTHROPIC_API_KEY"), (404, "knows no such model")]
)
def test_the_users_mistakes_are_one_line_and_not_retried(server, status, advice):
    server.fail_next(status, SOON, failure("some_error", "because\nof this"))
    with pytest.raises(ModelError, match=f"{advice}.*: {status} because of this"):
        ask(connect(server, NAME))
    assert len(server.requests) == 1


def test_an_address_that_is_no_api_is_explained(server):
    server.fail_next(200, body="<html>Welcome</html>", times=9)
    with pytest.raises(ModelError, match="does not answer like an API of anthropic"):
        ask(connect(server, NAME))


def test_an_answer_without_content_stays_pending(server):
    server.fail_next(200, body={"oops": True})
    with pytest.raises(InfrastructureError, match="holds nothing"):
        ask(connect(server, NAME, max_retries=0))


def test_a_broken_connection_and_a_silent_server_stay_pending(server):
    server.reset_next()
    with pytest.raises(InfrastructureError, match="broke"):
        ask(connect(server, NAME, max_retries=0))
    server.hang_next()
    with pytest.raises(InfrastructureError, match="no answer"):
        ask(connect(server, NAME, max_retries=0, timeout_s=0.3))
