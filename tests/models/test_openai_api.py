import asyncio
import socket

import pytest

from tarot_bench.errors import InfrastructureError, ModelError, QuotaError
from tarot_bench.models import Answer, ModelOptions, Sampling, open_model
from tarot_bench.models.openai_api import OpenAIModel
from tarot_bench.verdict import Usage
from tests.models.helpers import ask, connect, request
from tests.servers.author_llm import AuthorServer, Said
from tests.servers.llm import LlmServer, Reply

SOON = {"retry-after-ms": "1"}


@pytest.fixture(autouse=True)
def _no_key(monkeypatch):
    for variable in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(variable, raising=False)


@pytest.fixture
def server():
    with LlmServer() as server:
        yield server


def test_an_answer_comes_with_its_text_reason_and_tokens(server):
    (answer,) = ask(connect(server))
    assert answer == Answer("You said: add two numbers", "stop", Usage(input_tokens=3, output_tokens=5))


def test_what_is_sent_to_a_compatible_server(server, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "my-key")
    ask(
        connect(server), request("do it", 2, "be brief"), temperature=0.5, top_p=0.9, max_tokens=7, stop=("X",), seed=40
    )
    (call,) = server.requests
    assert call.path == "/v1/chat/completions"
    assert call.headers["authorization"] == "Bearer my-key"
    assert call.body == {
        "model": "any",
        "messages": [{"role": "system", "content": "be brief"}, {"role": "user", "content": "do it"}],
        "temperature": 0.5,
        "top_p": 0.9,
        "max_tokens": 7,
        "stop": ["X"],
        "seed": 42,
    }


def test_settings_that_were_not_given_are_not_sent(server):
    ask(connect(server))
    assert set(server.requests[0].body) == {"model", "messages", "max_tokens", "seed"}


def test_a_name_may_hold_slashes(server):
    ask(connect(server, "openai/org/model:free"))
    assert server.requests[0].body["model"] == "org/model:free"


def test_extra_fields_reach_the_body_and_override_ours(server):
    ask(connect(server, extra={"top_k": 20, "seed": 1, "max_completion_tokens": 5}), request(index=3))
    body = server.requests[0].body
    assert (body["top_k"], body["seed"], body["max_completion_tokens"]) == (20, 1, 5)
    assert "max_tokens" not in body


def test_openais_own_chat_models_get_max_completion_tokens(monkeypatch):
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    assert OpenAIModel.body("openai/x", ModelOptions(), request(), Sampling(max_tokens=9))["max_completion_tokens"] == 9
    plain = OpenAIModel.body("openai/x", ModelOptions(endpoint="completions"), request(), Sampling(max_tokens=9))
    assert plain["max_tokens"] == 9


def test_base_models_use_the_completions_endpoint(server):
    (answer,) = ask(connect(server, endpoint="completions"), request("def f():", system="# Python"))
    (call,) = server.requests
    assert call.path == "/v1/completions"
    assert call.body["prompt"] == "# Python\n\ndef f():"
    assert answer == Answer("You said: # Python\n\ndef f():", "stop", Usage(input_tokens=4, output_tokens=6))


def test_the_responses_endpoint_is_asked_in_its_own_words():
    with AuthorServer(lambda prompt: Said(f"You said: {prompt}", tokens=(3, 5))) as server:
        model = open_model("openai/any", ModelOptions(base_url=f"{server.url}/v1", endpoint="responses"))
        (answer,) = ask(model, request("hello", system="be brief"), temperature=0.5, max_tokens=9)
    assert server.bodies == [
        {"model": "any", "instructions": "be brief", "input": "hello", "temperature": 0.5, "max_output_tokens": 9}
    ]
    assert answer == Answer("You said: hello", "stop", Usage(input_tokens=3, output_tokens=5))
    assert answer.id


def test_an_unknown_endpoint_is_refused(server):
    with pytest.raises(ModelError, match="write chat, completions or responses"):
        connect(server, endpoint="embeddings")


def test_the_base_url_may_come_from_the_environment(server, monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    ask(open_model("openai/any"))
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("reply", "text", "reason"),
    [
        (Reply("cut", "length"), "cut", "length"),
        (Reply("no", "content_filter"), "no", "content_filter"),
        (Reply("done", "eos"), "done", "stop"),
        (Reply(None, "length"), "", "length"),
        (Reply("code", reasoning="hmm"), "<think>\nhmm\n</think>\n\ncode", "stop"),
        (Reply(None, "length", reasoning="hmm"), "<think>\nhmm\n</think>\n\n", "length"),
        (Reply("code", reasoning=""), "code", "stop"),
    ],
)
def test_texts_and_reasons(reply, text, reason):
    with LlmServer(lambda prompt: reply) as server:
        (answer,) = ask(connect(server))
    assert (answer.text, answer.finish_reason) == (text, reason)


def test_a_server_that_counts_no_tokens_costs_nothing():
    with LlmServer(lambda prompt: Reply("x", usage=False)) as server:
        assert ask(connect(server))[0].usage == Usage()


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 529])
def test_passing_trouble_is_retried(server, status):
    server.fail_next(status, SOON, times=2)
    assert ask(connect(server, max_retries=2))[0].text
    assert len(server.requests) == 3


@pytest.mark.parametrize("status", [429, 500])
def test_used_up_retries_are_owed_and_no_score(server, status):
    server.fail_next(status, SOON, times=3)
    with pytest.raises(InfrastructureError, match=f"{status} injected"):
        ask(connect(server, max_retries=2))
    assert len(server.requests) == 3


def test_a_rate_limit_that_speaks_of_billing_is_still_only_a_rate_limit(server):
    message = "Rate limit reached. Add a payment method at https://platform.openai.com/account/billing."
    server.fail_next(429, SOON, {"error": {"message": message, "type": "tokens", "code": "rate_limit_exceeded"}})
    assert ask(connect(server))[0].text


def test_no_credit_stops_at_once(server):
    server.fail_quota()
    with pytest.raises(QuotaError, match=r"no credit is left at http://127.*quota") as caught:
        ask(connect(server))
    assert "\n" not in str(caught.value)
    assert len(server.requests) == 1


@pytest.mark.parametrize("code", ["insufficient_quota", "billing_hard_limit_reached", "billing_not_active"])
@pytest.mark.parametrize("field", ["code", "type"])
def test_every_word_for_no_credit_is_known(server, code, field):
    server.fail_next(429, SOON, {"error": {"message": "no", field: code}})
    with pytest.raises(QuotaError):
        ask(connect(server))


def test_a_long_message_is_cut(server):
    server.fail_next(400, body={"error": {"message": "too long " * 1000}})
    with pytest.raises(ModelError) as caught:
        ask(connect(server))
    assert len(str(caught.value)) < 600
    assert str(caught.value).endswith("…")


def test_the_runner_is_told_how_to_drive_it(server):
    model = connect(server, concurrency=5)
    assert (model.concurrency, model.batch_size) == (5, 1)


def test_payment_required_is_no_credit(server):
    server.fail_next(402, body={"error": {"message": "Insufficient Balance"}})
    with pytest.raises(QuotaError, match="Insufficient Balance"):
        ask(connect(server))


@pytest.mark.parametrize(
    ("status", "advice"),
    [(400, "rejects the request"), (401, "OPENAI_API_KEY"), (403, "OPENAI_API_KEY"), (404, "knows no such model")],
)
def test_the_users_mistakes_are_one_line_and_not_retried(server, status, advice):
    server.fail_next(status, SOON)
    with pytest.raises(ModelError, match=f"{advice}.*: {status} injected") as caught:
        ask(connect(server))
    assert "\n" not in str(caught.value)
    assert len(server.requests) == 1


def test_the_server_may_forbid_a_retry(server):
    server.fail_next(500, {"x-should-retry": "false"})
    with pytest.raises(InfrastructureError):
        ask(connect(server))
    assert len(server.requests) == 1


def test_the_server_may_ask_for_a_retry(server):
    server.fail_next(400, SOON | {"x-should-retry": "true"})
    assert ask(connect(server))[0].text


def test_a_server_that_is_down_is_named():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/v1"
        with pytest.raises(ModelError, match=rf"cannot reach {url}/: is the server running\? \(.*Errno"):
            ask(open_model("openai/any", ModelOptions(base_url=url, max_retries=1)))


def test_a_server_that_does_not_pick_up_is_named_too():
    with socket.socket() as busy, socket.socket() as first, socket.socket() as second:
        busy.bind(("127.0.0.1", 0))
        busy.listen(0)  # nobody accepts: once the backlog is full, connection attempts get no reply at all
        for waiting in (first, second):
            waiting.setblocking(False)
            waiting.connect_ex(busy.getsockname())
        url = f"http://127.0.0.1:{busy.getsockname()[1]}/v1"
        with pytest.raises(ModelError, match="cannot reach"):
            ask(open_model("openai/any", ModelOptions(base_url=url, max_retries=0, timeout_s=0.3)))


def test_a_broken_connection_is_retried_and_then_pending(server):
    server.reset_next()
    assert ask(connect(server))[0].text
    server.reset_next(2)
    with pytest.raises(InfrastructureError, match="broke"):
        ask(connect(server, max_retries=1))


def test_a_silent_server_times_out_and_stays_pending(server):
    server.hang_next(2)
    with pytest.raises(InfrastructureError, match=r"no answer from .* within 0.3 s"):
        ask(connect(server, max_retries=1, timeout_s=0.3))
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("headers", "body"), [({}, "<html>\nWelcome</html>"), ({"content-type": "application/json"}, "{oops")]
)
def test_an_address_that_is_no_api_is_explained(server, headers, body):
    server.fail_next(200, headers, body, times=9)
    with pytest.raises(ModelError, match="usually end in /v1") as caught:
        ask(connect(server))
    assert "\n" not in str(caught.value)
    assert len(server.requests) == 3


def test_an_answer_without_choices_stays_pending(server):
    server.fail_next(200, body={"error": {"message": "upstream is busy"}})
    with pytest.raises(InfrastructureError, match="upstream is busy"):
        ask(connect(server, max_retries=0))


def test_several_requests_are_answered_in_order(server):
    answers = ask(connect(server), request("one"), request("two"))
    assert [answer.text for answer in answers] == ["You said: one", "You said: two"]


def test_samples_of_one_prompt_are_told_apart_by_their_seed(server):
    ask(connect(server), *(request(index=index) for index in range(3)), seed=10)
    assert server.counts == {("add two numbers", seed): 1 for seed in (10, 11, 12)}


@pytest.mark.parametrize("name", ["openai/any", "anthropic/any"])
@pytest.mark.parametrize(
    "url",
    [
        "localhost:8801/v1",
        "127.0.0.1:8801",
        "example.org/v1",
        "http:/localhost/v1",
        "http://",
        "ftp://h/v1",
        "http://h:x/",
    ],
)
def test_an_address_without_scheme_or_host_is_refused_before_anything_is_asked(name, url):
    with pytest.raises(ModelError, match=r"--base-url .* is not a web address: write it with http://") as caught:
        open_model(name, ModelOptions(base_url=url))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "variable"), [("openai/any", "OPENAI_BASE_URL"), ("anthropic/any", "ANTHROPIC_BASE_URL")]
)
def test_an_address_from_the_environment_is_checked_too(name, variable, monkeypatch):
    monkeypatch.setenv(variable, "localhost:8801/v1")
    with pytest.raises(ModelError, match=f"{variable} localhost:8801/v1 is not .*such as http://localhost:8801/v1"):
        open_model(name, ModelOptions())


@pytest.mark.parametrize("answered", [False, True])
def test_a_server_that_never_answered_is_not_waited_for_and_one_that_did_is(answered, caplog):
    caplog.set_level("INFO", logger="tarot_bench")
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        model = open_model("openai/any", ModelOptions(base_url=f"http://127.0.0.1:{unused.getsockname()[1]}/v1"))
        model.service.answered = answered
        model._options = model._options.model_copy(update={"max_retries": 1})
        with pytest.raises(ModelError, match="cannot reach"):
            ask(model)
    assert sum("attempt 2 of 2" in line for line in caplog.messages) == answered


@pytest.mark.parametrize("status", [200, 204])
def test_a_strange_answer_after_sound_ones_is_trouble_of_the_service_and_not_of_the_address(server, status):
    async def call():
        model = connect(server, max_retries=0)
        try:
            await model.generate([request()], Sampling())
            server.fail_next(status, body="" if status == 204 else "<html>")
            await model.generate([request()], Sampling())
        finally:
            await model.close()

    with pytest.raises(InfrastructureError, match="sent no answer of its API"):
        asyncio.run(call())


@pytest.mark.parametrize("name", ["openai/any", "anthropic/any"])
def test_a_refused_setting_is_named_with_the_services_words_and_the_key_that_leaves_it_out(server, name):
    server.fail_next(422, body={"detail": [{"loc": ["body", "temperature"], "msg": "not for this model"}]})
    wanted = r"leave that out with sampling\.temperature=null: 422 body\.temperature: not for this model"
    with pytest.raises(ModelError, match=wanted):
        ask(connect(server, name), temperature=0.5)
