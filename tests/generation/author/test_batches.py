"""Batches of both services through the official SDKs: reordered, failing, repeated and missing rows, lost answers."""

from contextlib import closing

import pytest

from tarot_bench.errors import ModelError, QuotaError
from tarot_bench.generation.author.budget import Budget
from tarot_bench.generation.author.journal import ReplyJournal, sent_key
from tarot_bench.generation.author.replies import no_reply
from tarot_bench.progress import RequestState
from tests.generation.author.helpers import SERVICES, author, draft, number_in, settings, suite, wanted
from tests.servers.author_llm import AuthorServer, Fault, Said

CREATE = {"openai": "POST /batches", "anthropic": "POST /messages/batches"}


def create_of(provider: str) -> str:
    return CREATE[provider.partition("-")[0]]


def batch(provider: str, url: str, **changes):
    return settings(provider, url, mode="batch", **({"shard_size": 4} | changes))


def journal_counts(folder) -> dict[str, int]:
    with ReplyJournal(folder / "replies.sqlite") as journal:
        return journal.counts()


@pytest.mark.parametrize("provider", SERVICES)
def test_a_batch_gives_what_live_requests_give(provider, tmp_path):
    with AuthorServer(suite) as server:
        live = draft(settings(provider, server.url), tmp_path / "live", wanted(10))
        batched = draft(batch(provider, server.url), tmp_path / "batch", wanted(10))
        again = draft(batch(provider, server.url), tmp_path / "batch", wanted(10))
    assert batched == live == again
    assert set(server.rows.values()) == {1}
    assert [len(made.keys) for made in server.batches.values()] == [4, 4, 2]


@pytest.mark.parametrize("provider", SERVICES)
def test_a_row_without_an_answer_is_counted_under_its_reason(provider, tmp_path):
    fault = Fault("status", 400, "invalid_request_error")
    with AuthorServer(suite, lambda prompt, attempt: fault if number_in(prompt) == 2 else None) as server:
        made = draft(batch(provider, server.url), tmp_path, wanted(4))
    assert [drafted.reason for drafted in made] == [None, "rejected", None, None]
    assert [len(drafted.tests) for drafted in made] == [4, 0, 4, 4]


@pytest.mark.parametrize("provider", SERVICES)
@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Fault("expired"), "expired"),
        (Fault("canceled"), "canceled"),
        (Fault("missing"), "missing-row"),
        (Fault("status", 500, "api_error"), "server-error"),
        (Fault("status", 429, "rate_limit_error"), "rate-limited"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_row_that_the_service_did_not_serve_is_pending_and_asked_again(provider, fault, reason, tmp_path, caplog):
    def bad_day(prompt: str, attempt: int) -> Fault | None:
        return fault if attempt == 0 and number_in(prompt) == 2 else None

    with AuthorServer(suite, bad_day) as server:
        made = draft(batch(provider, server.url), tmp_path, wanted(6))
        assert [drafted.pending for drafted in made] == [False, True] + [False] * 4
        assert f"did not serve requests: {reason} 1; they are pending" in caplog.text
        assert journal_counts(tmp_path)["replies"] == 5, "the other batch was collected, too"
        made = draft(batch(provider, server.url), tmp_path, wanted(6))
    assert [drafted.reason for drafted in made] == [None] * 6
    assert sorted(server.rows.values()) == [1] * 5 + [2]


def test_rows_of_a_batch_that_a_killed_process_collected_and_did_not_look_at_are_pending(tmp_path):
    generator = settings("openai-chat", "http://127.0.0.1:9", mode="batch")
    with closing(author(generator, tmp_path)) as opened:
        key = sent_key(opened._asking.key(opened._request(wanted(1)[0])), generator.max_tokens)
    with ReplyJournal(tmp_path / "replies.sqlite") as journal:
        journal.add(generator.name, [no_reply(key, "missing-row", "no row in batch_1")])
    with AuthorServer(suite) as server:
        (made,) = draft(batch("openai-chat", server.url), tmp_path, wanted(1))
    assert (made.reason, len(made.tests)) == (None, 4)


@pytest.mark.parametrize("provider", SERVICES)
def test_the_rows_that_a_service_has_finished_are_reported_with_the_cost_while_its_batches_run(provider, tmp_path):
    states: list[RequestState] = []
    with AuthorServer(suite, looks=3) as server:
        budget = Budget(10)
        priced = batch(provider, server.url, input_price=10, output_price=40)
        with closing(author(priced, tmp_path, budget, report=states.append)) as opened:
            list(opened.draft(wanted(8)))
    running = [state for state in states if state.open_batches]
    assert {state.total for state in states} == {8}
    assert max(state.open_batches for state in running) == 2
    if provider != "anthropic":  # which counts the rows of a batch only when it has ended
        assert any(0 < state.done < 8 for state in running)
    assert states[-1] == RequestState(done=8, total=8, usd=budget.spent, limit_usd=10)
    assert budget.spent == pytest.approx(8 * (100 * 10 + 50 * 40) / 1e6)


@pytest.mark.parametrize("provider", SERVICES)
def test_a_whole_batch_that_was_not_served_is_sent_again(provider, tmp_path):
    with AuthorServer(suite, lambda prompt, attempt: Fault("expired") if attempt == 0 else None) as server:
        first = draft(batch(provider, server.url), tmp_path, wanted(4))
        made = draft(batch(provider, server.url), tmp_path, wanted(4))
    assert all(drafted.pending for drafted in first)
    assert all(len(drafted.tests) == 4 for drafted in made)
    assert list(server.rows.values()) == [2] * 4


@pytest.mark.parametrize("provider", SERVICES)
def test_a_row_that_comes_twice_is_taken_once_and_counted(provider, tmp_path):
    with AuthorServer(suite, lambda prompt, attempt: Fault("twice") if number_in(prompt) == 2 else None) as server:
        made = draft(batch(provider, server.url), tmp_path, wanted(4))
    assert all(len(drafted.tests) == 4 for drafted in made)
    assert journal_counts(tmp_path) == {"replies": 4, "batches": 1, "repeated_rows": 1, "unasked_rows": 0}


@pytest.mark.parametrize("provider", SERVICES)
def test_rows_that_nobody_asked_for_or_can_read_are_counted_and_spoil_nothing(provider, tmp_path):
    class Foreign(AuthorServer):
        def _create(self, api, requests):
            made = super()._create(api, requests)
            made.lines += [made.lines[0].replace(made.keys[-1], "somebody-elses"), made.lines[1][:40]]
            return made

    with Foreign(suite) as server:
        made = draft(batch(provider, server.url), tmp_path, wanted(3))
    assert all(len(drafted.tests) == 4 for drafted in made)
    assert journal_counts(tmp_path)["unasked_rows"] == 2


@pytest.mark.parametrize("provider", SERVICES)
@pytest.mark.parametrize(
    "fault", [Fault("status", 429, headers={"retry-after-ms": "1"}), Fault("status", 500), Fault("reset")]
)
def test_a_batch_whose_creation_was_not_heard_of_is_found_and_not_sent_twice(provider, fault, tmp_path):
    with AuthorServer(suite) as server:
        server.fail_next(create_of(provider), fault, afterwards=True)
        made = draft(batch(provider, server.url), tmp_path, wanted(6))
    assert all(len(drafted.tests) == 4 for drafted in made)
    assert set(server.rows.values()) == {1}


@pytest.mark.parametrize("provider", SERVICES)
def test_a_batch_that_was_refused_for_now_is_sent_again(provider, tmp_path):
    with AuthorServer(suite) as server:
        server.fail_next(create_of(provider), Fault("status", 500), times=2)
        made = draft(batch(provider, server.url), tmp_path, wanted(3))
    assert all(len(drafted.tests) == 4 for drafted in made)
    assert set(server.rows.values()) == {1}


def test_a_batch_beyond_the_enqueued_limit_waits_for_the_others(tmp_path):
    with AuthorServer(suite) as server:
        for _ in range(2):
            server.fail_next_batch("token_limit_exceeded")
        made = draft(batch("openai-chat", server.url), tmp_path, wanted(12))
    assert all(len(drafted.tests) == 4 for drafted in made)
    assert set(server.rows.values()) == {1}


def test_a_batch_that_the_service_fails_for_good_stops_with_its_reason_and_stays_pending(tmp_path):
    with AuthorServer(suite) as server:
        server.fail_next_batch("invalid_json_line")
        with pytest.raises(ModelError, match=r"failed batch.*invalid_json_line"):
            draft(batch("openai-chat", server.url), tmp_path, wanted(3))
        made = draft(batch("openai-chat", server.url), tmp_path, wanted(3))
    assert all(len(drafted.tests) == 4 for drafted in made)


@pytest.mark.parametrize("provider", SERVICES)
def test_no_credit_for_some_rows_stops_the_run_and_they_are_asked_again(provider, tmp_path):
    broke = True
    code = "billing_error" if provider == "anthropic" else "insufficient_quota"

    def no_credit(prompt: str, attempt: int) -> Fault | None:
        return Fault("status", 429, code) if broke and number_in(prompt) in (2, 7) else None

    with AuthorServer(suite, no_credit) as server:
        with pytest.raises(QuotaError, match="no credit is left"):
            draft(batch(provider, server.url), tmp_path, wanted(8))
        broke = False
        made = draft(batch(provider, server.url), tmp_path, wanted(8))
    assert all(len(drafted.tests) == 4 for drafted in made)
    assert set(server.answered.values()) == {1}
    assert sorted(server.rows.values()) == [1] * 6 + [2] * 2


@pytest.mark.parametrize("provider", SERVICES)
@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (Fault("status", 404, "not_found_error"), "knows no such model or path; check the name"),
        (Fault("status", 401, "authentication_error"), "refuses the key; check [A-Z]+_API_KEY"),
        (Fault("status", 403, "permission_error"), "refuses the key; check [A-Z]+_API_KEY"),
        (
            Fault("status", 400, "invalid_request_error", message="`temperature` is not supported"),
            "leave that out with extra.temperature=null",
        ),
    ],
    ids=["404", "401", "403", "400"],
)
def test_rows_that_are_all_rejected_for_a_setting_stop_the_run_and_are_asked_again(provider, fault, says, tmp_path):
    generator = {"temperature": 0.5, "shard_size": 3}
    with AuthorServer(suite, lambda prompt, attempt: fault if attempt == 0 else None) as server:
        with pytest.raises(ModelError, match=says) as raised:
            draft(batch(provider, server.url, **generator), tmp_path, wanted(6))
        assert "\n" not in str(raised.value)
        assert journal_counts(tmp_path)["replies"] == 0
        made = draft(batch(provider, server.url, **generator), tmp_path, wanted(6))
    assert all(len(drafted.tests) == 4 for drafted in made)


@pytest.mark.parametrize("provider", SERVICES)
def test_a_batch_without_any_answer_stops_the_run_and_is_asked_again(provider, tmp_path):
    fault = Fault("status", 400, "invalid_request_error")
    with AuthorServer(suite, lambda prompt, attempt: fault if attempt == 0 else None) as server:
        with pytest.raises(ModelError, match="10 requests in a row had no answer; the last: rejected, injected"):
            draft(batch(provider, server.url, shard_size=10), tmp_path, wanted(10))
        made = draft(batch(provider, server.url, shard_size=10), tmp_path, wanted(10))
    assert all(len(drafted.tests) == 4 for drafted in made)


@pytest.mark.parametrize("provider", SERVICES)
def test_a_row_that_names_a_setting_is_rejected_where_others_with_it_are_answered(provider, tmp_path):
    fault = Fault("status", 400, "invalid_request_error", message="`temperature` is not supported")
    with AuthorServer(suite, lambda prompt, attempt: fault if number_in(prompt) == 2 else None) as server:
        made = draft(batch(provider, server.url, temperature=0.5), tmp_path, wanted(4))
    assert [drafted.reason for drafted in made] == [None, "rejected", None, None]


def test_a_batch_of_an_earlier_process_stops_the_run_if_its_rows_reject_a_setting(tmp_path):
    generator = {"temperature": 0.5, "max_retries": 0}
    fault = Fault("status", 400, "invalid_request_error", message="`temperature` is not supported")
    with AuthorServer(suite, lambda prompt, attempt: fault if attempt == 0 else None) as server:
        server.fail_next("GET /batches/*", Fault("status", 500))
        with pytest.raises(ModelError, match="batches are kept"):
            draft(batch("openai-chat", server.url, **generator), tmp_path, wanted(2))
        with pytest.raises(ModelError, match=r"extra\.temperature=null"):
            draft(batch("openai-chat", server.url, **generator), tmp_path, wanted(2))
        made = draft(batch("openai-chat", server.url, **generator), tmp_path, wanted(2))
    assert all(len(drafted.tests) == 4 for drafted in made)


@pytest.mark.parametrize("provider", SERVICES)
def test_refusals_and_broken_answers_inside_a_batch_are_told_apart(provider, tmp_path):
    odd = {
        1: Said("no", "refusal"),
        2: Said("{", "length"),
        3: Said("{"),
        4: Said("{}"),
        5: Said("", tokens=None),
    }
    with AuthorServer(lambda prompt: odd.get(number_in(prompt)) or suite(prompt)) as server:
        made = draft(batch(provider, server.url), tmp_path, wanted(6))
    assert [drafted.reason for drafted in made] == [
        "refused",
        "truncated",
        "not-json",
        "wrong-schema",
        "empty",
        None,
    ]


@pytest.mark.parametrize("provider", SERVICES)
def test_the_results_are_downloaded_again_when_the_connection_breaks(provider, tmp_path):
    path = "GET /messages/batches/*/results" if provider == "anthropic" else "GET /files/*/content"
    with AuthorServer(suite) as server:
        server.fail_next(path, Fault("reset"))
        made = draft(batch(provider, server.url), tmp_path, wanted(3))
    assert all(len(drafted.tests) == 4 for drafted in made)
    assert set(server.rows.values()) == {1}


@pytest.mark.parametrize("provider", SERVICES)
def test_a_web_page_at_the_wrong_address_is_one_line(provider, tmp_path):
    class Page(AuthorServer):
        keep_file = create_anthropic = lambda self, data: "<html>Welcome</html>"

    with Page(suite) as server, pytest.raises(ModelError, match=r"does not answer like an API .*Welcome"):
        draft(batch(provider, server.url), tmp_path, wanted(1))
