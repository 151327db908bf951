"""Live requests to each service through its official SDK, over real sockets, with everything that can go wrong."""

import json

import pytest

from tarot_bench.errors import ModelError, QuotaError
from tarot_bench.generation.author.journal import ReplyJournal
from tarot_bench.problem import Tier
from tests.generation.author.helpers import SERVICES, VALIDATOR, author, draft, number_in, settings, suite, wanted
from tests.servers.author_llm import AuthorServer, Fault, Said


def first_time(fault: Fault):
    """Every prompt fails once."""
    return lambda prompt, attempt: fault if attempt == 0 else None


@pytest.mark.parametrize("provider", SERVICES)
def test_every_service_gives_all_four_tiers_and_a_validator(provider, tmp_path):
    with AuthorServer(suite) as server:
        made = draft(settings(provider, server.url), tmp_path, wanted(5))
    assert [drafted.id for drafted in made] == [f"times/{n}" for n in range(1, 6)]
    assert all(drafted.materials.validators == (VALIDATOR,) and drafted.reason is None for drafted in made)
    test, provenance = made[4].tests[2]
    assert (test.tier, test.input, test.output, test.reason) == (Tier.COMPLEX, "1000\n", "5000\n", "complex value")
    assert provenance.generator == f"{provider.partition('-')[0]}/any"
    assert provenance.request_id
    assert provenance.prompt_digest
    assert provenance.date


@pytest.mark.parametrize("provider", SERVICES)
def test_the_request_demands_the_schema_in_the_words_of_its_service(provider, tmp_path):
    with AuthorServer(suite) as server:
        draft(settings(provider, server.url, temperature=0.5, extra={"user": "me"}), tmp_path, wanted(1))
    body = server.bodies[0]
    form = {
        "openai-responses": lambda: body["text"]["format"],
        "openai-chat": lambda: body["response_format"]["json_schema"],
        "anthropic": lambda: body["output_config"]["format"],
    }[provider]()
    keys = ["tests", "validators"]
    assert form["schema"]["required"] == keys
    assert form["schema"]["additionalProperties"] is False
    assert (body["model"], body["temperature"], body["user"]) == ("any", 0.5, "me")


@pytest.mark.parametrize("provider", SERVICES)
@pytest.mark.parametrize(
    "fault",
    [
        Fault("status", 429, "rate_limit_exceeded", {"retry-after-ms": "1"}),
        Fault("status", 429, "rate_limit_exceeded", {"retry-after": "0"}),
        Fault("status", 500),
        Fault("reset"),
    ],
    ids=["429-ms", "429-s", "500", "reset"],
)
def test_what_may_pass_is_asked_again(provider, fault, tmp_path):
    with AuthorServer(suite, first_time(fault)) as server:
        made = draft(settings(provider, server.url), tmp_path, wanted(2))
    assert all(len(drafted.tests) == 4 for drafted in made)
    assert set(server.asked.values()) == {2}
    assert set(server.answered.values()) == {1}


UNSERVED = [
    (Fault("status", 429, "rate_limit_exceeded", {"retry-after-ms": "1"}), "rate-limited"),
    (Fault("status", 503, headers={"retry-after-ms": "1"}), "server-error"),
    (Fault("hang"), "timed-out"),
    (Fault("reset"), "disconnected"),
]


@pytest.mark.parametrize(("fault", "reason"), UNSERVED, ids=[reason for _, reason in UNSERVED])
def test_a_request_whose_retries_are_used_up_is_pending_and_asked_again(fault, reason, tmp_path, caplog):
    def second_fails(prompt: str, attempt: int) -> Fault | None:
        return fault if number_in(prompt) == 2 and attempt < 2 else None

    with AuthorServer(suite, second_fails) as server:
        quick = settings("openai-chat", server.url, timeout_s=0.3, max_retries=1, concurrency=1)
        made = draft(quick, tmp_path, wanted(3))
        assert [drafted.pending for drafted in made] == [False, True, False]
        assert f"did not serve requests: {reason} 1; they are pending" in caplog.text
        again = draft(quick, tmp_path, wanted(3))
    assert [len(drafted.tests) for drafted in again] == [4, 4, 4]
    assert set(server.answered.values()) == {1}


@pytest.mark.parametrize(("fault", "reason"), UNSERVED[:2], ids=[reason for _, reason in UNSERVED[:2]])
@pytest.mark.parametrize("mode", ["live", "batch"])
def test_a_request_that_is_never_served_is_given_up_only_by_policy(mode, fault, reason, tmp_path):
    with AuthorServer(suite, lambda prompt, attempt: fault if number_in(prompt) == 2 else None) as server:
        quick = settings("openai-chat", server.url, mode=mode, max_retries=0)
        assert [drafted.pending for drafted in draft(quick, tmp_path, wanted(3))] == [False, True, False]
        made = draft(quick, tmp_path, wanted(3), unserved="drop")
        asked = sum(server.asked.values())
        assert draft(quick, tmp_path, wanted(3), unserved="drop") == made
        assert sum(server.asked.values()) == asked
    assert [drafted.reason for drafted in made] == [None, "unserved", None]
    assert made[1].detail == reason


def test_a_request_that_the_service_rejects_is_counted_and_never_asked_again(tmp_path):
    fault = Fault("status", 400, "context_length_exceeded")
    with AuthorServer(suite, lambda prompt, attempt: fault if number_in(prompt) == 2 else None) as server:
        made = draft(settings("openai-chat", server.url), tmp_path, wanted(3))
        asked = sum(server.asked.values())
        assert draft(settings("openai-chat", server.url), tmp_path, wanted(3)) == made
        assert sum(server.asked.values()) == asked, "what has no answer is left to the round of repair"
    assert [drafted.reason for drafted in made] == [None, "rejected", None]


@pytest.mark.parametrize("provider", SERVICES)
@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (Said("I would rather not.", "refusal"), "refused"),
        (Said('{"basic": {"reason": "r", "inp', "length"), "truncated"),
        (Said('{"basic": {"reason": "r", "inp'), "not-json"),
        (Said('{"tests": [1, {"tier": "edge", "reason": "r", "input": "1"}]}'), "wrong-schema"),
        (Said("[]"), "wrong-schema"),
        (Said("  "), "empty"),
    ],
    ids=["refusal", "length", "cut", "schema", "list", "empty"],
)
def test_an_answer_without_tests_says_why_and_is_never_asked_for_again(provider, said, reason, tmp_path):
    with AuthorServer(lambda prompt: said) as server:
        made = draft(settings(provider, server.url), tmp_path, wanted(1))
        assert (made[0].reason, made[0].tests) == (reason, ())
        assert made[0].detail
        draft(settings(provider, server.url), tmp_path, wanted(1))
    assert list(server.asked.values()) == [1]


def test_a_page_that_is_no_answer_of_the_api_is_kept_and_counted(tmp_path):
    class Portal(AuthorServer):
        def ask(self, api, body):
            return None, "<html>Please log in</html>"

    with Portal(suite) as server:
        made = draft(settings("openai-chat", server.url), tmp_path, wanted(1))
        assert made[0].reason == "unreadable"
        assert "Please log in" in made[0].detail
        with pytest.raises(ModelError, match=r"10 requests in a row .*Please log in.*--resume"):
            draft(settings("openai-chat", server.url), tmp_path, wanted(40)[1:])
    with AuthorServer(suite) as server:
        later = draft(settings("openai-chat", server.url), tmp_path, wanted(40))
    assert [drafted.reason for drafted in later] == ["unreadable"] + [None] * 39


@pytest.mark.parametrize(
    ("provider", "path"),
    [
        ("openai-responses", ("reasoning", "effort")),
        ("openai-chat", ("reasoning_effort",)),
        ("anthropic", ("output_config", "effort")),
    ],
)
def test_the_reasoning_effort_of_a_recipe_is_sent_beside_the_schema(provider, path, tmp_path):
    with AuthorServer(suite) as server:
        draft(settings(provider, server.url, reasoning_effort="high"), tmp_path / "high", wanted(1))
        draft(settings(provider, server.url), tmp_path / "none", wanted(1))
        high, none = server.bodies
    sent = high
    for key in path:
        sent = sent[key]
    assert sent == "high"
    assert "validators" in json.dumps(high)
    assert "effort" not in json.dumps({key: value for key, value in none.items() if key not in ("messages", "input")})


def test_one_unsound_tier_does_not_spoil_the_others(tmp_path):
    def lame(prompt: str) -> str:
        answer = json.loads(suite(prompt))
        del answer["tests"][3]["reason"]
        return f"```json\n{json.dumps(answer)}\n```"

    with AuthorServer(lame) as server:
        (made,) = draft(settings("openai-chat", server.url), tmp_path, wanted(1))
    assert [test.tier for test, _ in made.tests] == [Tier.BASIC, Tier.INTERMEDIATE, Tier.COMPLEX]
    assert made.reason == "wrong-schema"
    assert "tests[3]: reason" in made.detail
    assert "edge: no test was written" in made.detail


def test_no_credit_stops_the_run_with_one_line_and_the_rest_is_asked_later(tmp_path):
    broke = True

    def no_credit(prompt: str, attempt: int) -> Fault | None:
        return Fault("status", 429, "insufficient_quota") if broke and number_in(prompt) > 3 else None

    with AuthorServer(suite, no_credit) as server:
        one_by_one = settings("openai-responses", server.url, concurrency=1)
        with pytest.raises(QuotaError, match=r"no credit is left.*--resume") as stopped:
            draft(one_by_one, tmp_path, wanted(6))
        assert "\n" not in str(stopped.value)
        assert sum(server.asked.values()) == 4, "it does not go on asking"
        broke = False
        made = draft(one_by_one, tmp_path, wanted(6))
    assert all(len(drafted.tests) == 4 for drafted in made)
    assert set(server.answered.values()) == {1}


def test_no_credit_inside_a_200_stops_the_run_too_and_is_never_kept(tmp_path):
    class Router(AuthorServer):
        broke = True

        def ask(self, api, body):
            fault, answer = super().ask(api, body)
            return fault, {"error": {"code": 402, "message": "Insufficient credits"}} if self.broke else answer

    with Router(suite) as server:
        with pytest.raises(QuotaError, match=r"no credit is left .*Insufficient credits.*--resume"):
            draft(settings("openai-chat", server.url), tmp_path, wanted(6))
        server.broke = False
        made = draft(settings("openai-chat", server.url), tmp_path, wanted(6))
    assert all(len(drafted.tests) == 4 for drafted in made)


@pytest.mark.parametrize("failures", [1, 9])
def test_a_failure_inside_a_200_is_asked_again_and_pending_when_the_retries_are_used_up(failures, tmp_path):
    class Router(AuthorServer):
        left = failures

        def ask(self, api, body):
            fault, answer = super().ask(api, body)
            self.left -= 1
            failed = {"error": {"code": 502, "message": "upstream is down"}}
            return fault, failed if self.left >= 0 else answer

    with Router(suite) as server:
        one = settings("openai-chat", server.url, max_retries=2)
        (made,) = draft(one, tmp_path, wanted(1))
        assert (made.pending, len(made.tests)) == ((False, 4) if failures == 1 else (True, 0))
        server.left = 0
        (made,) = draft(one, tmp_path, wanted(1))
    assert len(made.tests) == 4


def test_a_wrong_key_stops_at_once_and_requests_under_way_are_kept(tmp_path):
    def refused(prompt: str, attempt: int) -> Fault | None:
        return Fault("status", 401, "invalid_api_key") if number_in(prompt) == 1 else None

    with AuthorServer(suite, refused) as server:
        with pytest.raises(ModelError, match="refuses the key; check ANTHROPIC_API_KEY"):
            draft(settings("anthropic", server.url), tmp_path, wanted(30))
        answered = sum(server.answered.values())
        with ReplyJournal(tmp_path / "replies.sqlite") as journal:
            assert len(journal.answered("anthropic/any")) == answered < 29


def test_a_service_that_is_down_is_not_taken_for_ten_bad_requests(tmp_path):
    down = True

    def outage(prompt: str, attempt: int) -> Fault | None:
        return Fault("status", 503, headers={"retry-after-ms": "1"}) if down and number_in(prompt) != 2 else None

    with AuthorServer(suite, outage) as server:
        slow = settings("openai-chat", server.url, max_retries=0, concurrency=1)
        with pytest.raises(ModelError, match="10 requests in a row had no answer"):
            draft(slow, tmp_path, wanted(40))
        down = False
        made = draft(slow, tmp_path, wanted(40))
    assert all(drafted.reason is None for drafted in made)
    assert set(server.answered.values()) == {1}


def test_the_same_request_has_the_same_name_and_another_round_another(tmp_path):
    with AuthorServer(suite) as server:
        writer = author(settings("openai-chat", server.url), tmp_path)
        first = wanted(1)[0]
        again = type(first)(first.entry, first.tiers, round=1)
        keys = {writer._asking.key(writer._request(want)) for want in (first, wanted(1)[0], again)}
    assert len(keys) == 2
    assert all(len(key) <= 64 and key.isalnum() for key in keys)


def test_drafts_come_out_while_later_requests_are_still_to_be_sent(tmp_path):
    with AuthorServer(suite) as server:
        stream = author(settings("openai-chat", server.url, concurrency=2), tmp_path).draft(wanted(100))
        assert next(stream).id == "times/1"
        assert sum(server.asked.values()) == 32
        assert len(list(stream)) == 99
    assert set(server.asked.values()) == {1}
