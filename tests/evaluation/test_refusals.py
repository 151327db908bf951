"""One bad answer never ends a run; a mistake that concerns every request ends it at once."""

import json
from collections import Counter

import pytest

from tarot_bench.dataset import load_problems
from tarot_bench.errors import ModelError, QuotaError, RecipeError
from tarot_bench.evaluation import evaluate, explain, regrade, resolve
from tarot_bench.evaluation.summary import outcomes
from tarot_bench.progress import Silent
from tarot_bench.verdict import Completion, Verdict
from tests.servers.llm import Failure, LlmServer, Reply

LIMIT = 8
CODE = "```python\nprint(1)\n```"
PROBLEMS = load_problems("embedded").problems[:LIMIT]


class Picky(LlmServer):
    """Answers everything but the prompts of some problems, to which it always answers `bad`."""

    def __init__(self, bad, numbers=(2,)):
        super().__init__(lambda prompt: CODE)
        self.bad = bad
        self.numbers = numbers

    def respond(self, call):
        number = next(n for n, problem in enumerate(PROBLEMS) if problem.statement.strip() in call.prompt)
        return self.bad if number in self.numbers else super().respond(call)


class Notes(Silent):
    def __init__(self):
        self.said = []

    def note(self, message):
        self.said.append(message)


def settings(server, *, limit=LIMIT, overrides=(), **options):
    given = {"base_url": server.url, "concurrency": 2, "max_retries": 1} | options
    return resolve("openai/any", "tarot", limit=limit, options=given, overrides=overrides)


def records(path):
    return [json.loads(line) for line in (path / "tarot/completions.jsonl").read_text().split("\n") if line]


def refusal(status, **error):
    return Failure(status, body={"error": {"message": "no", **error}})


REFUSALS = {
    "azure": (refusal(400, code="content_filter", param="prompt"), "content_filter"),
    "openai-context": (refusal(400, code="context_length_exceeded"), "context_length"),
    "vllm-context": (Failure(400, body={"message": "maximum context length is 16 tokens"}), "context_length"),
    "fastapi": (Failure(422, body={"detail": "too long: input tokens exceed the limit"}), "context_length"),
    "proxy": (Failure(413, body="<html>Request Entity Too Large</html>"), "too_large"),
    "parse": (refusal(400, message="The body of your request is not valid JSON."), "bad_request"),
    "firewall": (Failure(403, body="<html>Request blocked</html>"), "bad_request"),
    "list": (Failure(400, body=[{"error": {"message": "INVALID_ARGUMENT"}}]), "bad_request"),
    "names-a-setting": (refusal(400, message="seed 7 and this prompt do not go together"), "bad_request"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_prompt_that_is_always_refused_is_recorded_and_the_others_go_on(name, tmp_path):
    bad, reason = REFUSALS[name]
    with Picky(bad) as server:
        (summary,) = evaluate(settings(server), tmp_path / "run")
        assert len(server.requests) == LIMIT
        assert summary.outcomes == {"ANSWERED": LIMIT - 1, f"REFUSED_BY_SERVICE {reason}": 1}
        assert summary.metrics.counts.ungraded == 1
        assert any("REFUSED_BY_SERVICE" in line and "retry_refused" in line for line in summary.remarks)
        (again,) = evaluate(settings(server), tmp_path / "run", resume=True)
        assert len(server.requests) == LIMIT, "a refused sample is not asked for again"
    assert (again.outcomes, again.metrics) == (summary.outcomes, summary.metrics)
    (refused,) = [record for record in records(tmp_path / "run") if record["outcome"] != "ANSWERED"]
    assert refused["finish_reason"] == reason
    assert refused["note"].startswith(str(bad.status))


def test_the_first_prompts_may_be_the_refused_ones(tmp_path):
    with Picky(REFUSALS["parse"][0], numbers=(0, 1, 2)) as server:
        (summary,) = evaluate(settings(server, concurrency=1), tmp_path / "run")
    assert summary.outcomes == {"ANSWERED": LIMIT - 3, "REFUSED_BY_SERVICE bad_request": 3}


def test_asked_to_a_run_asks_again_for_what_was_refused(tmp_path):
    with Picky(REFUSALS["azure"][0], numbers=(1, 5)) as server:
        evaluate(settings(server), tmp_path / "run")
        server.numbers = (5,)
        (summary,) = evaluate(settings(server, retry_refused=True), tmp_path / "run", resume=True)
        assert len(server.requests) == LIMIT + 2
    assert summary.outcomes == {"ANSWERED": LIMIT - 1, "REFUSED_BY_SERVICE content_filter": 1}
    assert len(records(tmp_path / "run")) == LIMIT


def test_a_refused_sample_can_be_explained_and_graded_again(tmp_path):
    with Picky(REFUSALS["azure"][0]) as server:
        (before,) = evaluate(settings(server), tmp_path / "run")
    found = explain(tmp_path / "run", PROBLEMS[2].id)
    assert found.grade.extraction.how == "REFUSED_BY_SERVICE: 400 no"
    assert {result.verdict for _, result in found.tests} == {Verdict.UNGRADED}
    (after,) = regrade(tmp_path / "run")
    assert (after.outcomes, after.metrics) == (before.outcomes, before.metrics)


def test_a_run_of_refused_samples_can_be_replayed(tmp_path):
    with Picky(REFUSALS["azure"][0]) as server:
        (before,) = evaluate(settings(server), tmp_path / "run")
    replay = resolve(f"replay:{tmp_path}/run/tarot/completions.jsonl", "tarot", limit=LIMIT)
    (after,) = evaluate(replay, tmp_path / "again")
    assert (after.outcomes, after.metrics) == (before.outcomes, before.metrics)


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (refusal(401), "refuses the key"),
        (refusal(403), "refuses the key"),
        (refusal(404), "no such model"),
        (refusal(400, message="Model Not Exist"), "no such model"),
        (
            Failure(422, body={"detail": [{"loc": ["body", "seed"], "msg": "forbidden"}]}),
            r"sampling\.seed=null: .*seed",
        ),
        (Failure(400, body=[{"error": {"message": "Unknown name seed"}}]), r"sampling\.seed=null"),
        (refusal(400, param="temperature"), r"sampling\.temperature=null"),
        (refusal(400, message="'max_tokens' is not supported with this model"), r"options\.reasoning=true"),
    ],
)
def test_a_mistake_that_every_request_shares_ends_the_run_at_once(bad, words, tmp_path):
    with Picky(bad, numbers=range(LIMIT)) as server:
        with pytest.raises(ModelError, match=words) as caught:
            evaluate(settings(server), tmp_path / "run")
        assert len(server.requests) <= 2, "one for each worker at most"
    assert "\n" not in str(caught.value)
    assert records(tmp_path / "run") == []


@pytest.mark.parametrize("name", ["openai-context", "vllm-context", "parse", "list", "firewall"])
@pytest.mark.parametrize("limit", [1, LIMIT])
def test_refusals_without_any_answer_end_the_run_and_leave_nothing_recorded(name, limit, tmp_path):
    with Picky(REFUSALS[name][0], numbers=range(LIMIT)) as server:
        with pytest.raises(ModelError, match="rejects the request") as caught:
            evaluate(settings(server, limit=limit), tmp_path / "run")
        assert ("were all refused" in str(caught.value)) == (limit > 1)
        assert records(tmp_path / "run") == []
        server.numbers = ()
        (summary,) = evaluate(settings(server, limit=limit), tmp_path / "run", resume=True)
    assert summary.outcomes == {"ANSWERED": limit}


@pytest.mark.slow
def test_doubtful_refusals_wait_for_the_answers_that_are_under_way(tmp_path):
    """All are refused in no time but one, whose answer takes long: it proves the settings, and the run goes on."""
    slow, *others = load_problems("embedded").problems

    class Slow(LlmServer):
        def respond(self, call):
            if slow.statement.strip() not in call.prompt:
                return REFUSALS["parse"][0]
            self.closing.wait(0.5)
            return CODE

    with Slow() as server:
        (summary,) = evaluate(settings(server, limit=len(others) + 1), tmp_path / "run")
    assert summary.outcomes == {"ANSWERED": 1, "REFUSED_BY_SERVICE bad_request": len(others)}


def test_content_filters_need_no_proof_even_where_nothing_else_comes(tmp_path):
    with Picky(REFUSALS["azure"][0], numbers=range(LIMIT)) as server:
        (summary,) = evaluate(settings(server), tmp_path / "run")
    assert summary.outcomes == {"ANSWERED": 0, "REFUSED_BY_SERVICE content_filter": LIMIT}


def test_an_empty_account_stops_the_run_whatever_it_is_called(tmp_path):
    for number, bad in enumerate(
        [refusal(402), refusal(429, code="insufficient_quota"), refusal(400, code="Arrearage")]
    ):
        with Picky(bad, numbers=range(3, LIMIT)) as server, pytest.raises(QuotaError, match="no credit is left"):
            evaluate(settings(server, concurrency=1), tmp_path / str(number))
        assert len(records(tmp_path / str(number))) == 3


STRANGE = {
    "blank": Failure(200, body="\n" * 6),
    "nothing": Failure(200, body=b""),
    "cut-json": Failure(200, {"content-type": "application/json"}, '{"id": "c", "choices": [{"index": 0, "mess'),
    "cut-short": Failure(200, body='{"id": "c"', cut=True),
    "page": Failure(200, body="<html>Checking your browser</html>"),
    "null": Failure(200, body=b"null"),
    "list": Failure(200, body=[]),
    "error-object": Failure(200, body={"error": {"code": 502, "message": "upstream"}}),
    "choice-error": Failure(200, body={"choices": [{"message": {"content": CODE}, "error": {"code": 502}}]}),
    "finish-error": Failure(200, body={"choices": [{"message": {"content": CODE}, "finish_reason": "error"}]}),
    "abort": Failure(200, body={"choices": [{"message": {"content": CODE}, "finish_reason": "abort"}]}),
    "network-error": Failure(200, body={"choices": [{"message": {"content": ""}, "finish_reason": "network_error"}]}),
    "message-null": Failure(200, body={"choices": [{"message": None, "finish_reason": "stop"}]}),
    "no-choices": Failure(200, body={"choices": []}),
    "gateway": Failure(502, body="<html>Bad Gateway</html>"),
}


@pytest.mark.parametrize("name", STRANGE)
def test_what_is_no_answer_is_asked_for_again_and_then_pending_and_never_a_score(name, tmp_path):
    with Picky(STRANGE[name], numbers=(4, 6)) as server:
        notes = Notes()
        first = settings(server, concurrency=1)
        (summary,) = evaluate(first, tmp_path / "run", progress=notes)
        assert len(server.requests) == LIMIT + 2, "each was asked for twice"
        assert summary.outcomes == {"ANSWERED": LIMIT - 2, "PENDING": 2}
        assert summary.metrics.counts.ungraded == 2
        assert summary.metrics.counts.no_code == 0
        assert any("2 samples got no answer" in line for line in notes.said)
        server.numbers = ()
        (after,) = evaluate(first, tmp_path / "run", resume=True)
        assert len(server.requests) == LIMIT + 4
    assert after.outcomes == {"ANSWERED": LIMIT}


@pytest.mark.parametrize("name", STRANGE)
def test_once_is_no_matter(name, tmp_path):
    with LlmServer(lambda prompt: CODE) as server:
        server.fail_next(STRANGE[name].status, STRANGE[name].headers, STRANGE[name].body)
        (summary,) = evaluate(settings(server), tmp_path / "run")
        assert len(server.requests) == LIMIT + 1
    assert summary.outcomes == {"ANSWERED": LIMIT}


def test_a_filtered_answer_has_no_score_and_a_refusal_of_the_models_has_one(tmp_path):
    class Both(Picky):
        def respond(self, call):
            if super().respond(call) != CODE:
                return Reply("n = int(", "content_filter")
            if PROBLEMS[0].statement.strip() in call.prompt:
                return Failure(200, body={"choices": [{"message": {"refusal": "I cannot."}, "finish_reason": "stop"}]})
            return CODE

    with Both(None) as server:
        (summary,) = evaluate(settings(server), tmp_path / "run")
    assert summary.outcomes == {"ANSWERED": LIMIT - 2, "DECLINED_BY_MODEL": 1, "FILTERED_BY_SERVICE": 1}
    assert (summary.metrics.counts.ungraded, summary.metrics.counts.no_code) == (1, 1)
    texts = {record["outcome"]: record["text"] for record in records(tmp_path / "run")}
    assert (texts["DECLINED_BY_MODEL"], texts["FILTERED_BY_SERVICE"]) == ("I cannot.", "n = int(")


def test_a_setting_that_is_null_is_not_sent(tmp_path):
    with LlmServer(lambda prompt: CODE) as server:
        left_out = ("sampling.seed=null", "sampling.temperature=null", "sampling.stop=[]")
        evaluate(settings(server, limit=1, overrides=left_out), tmp_path / "run")
        evaluate(settings(server, limit=1, extra={"seed": None, "temperature": None}), tmp_path / "extra")
        evaluate(settings(server, limit=1, reasoning=True), tmp_path / "reasoning")
    plain, extra, reasoning = (set(call.body) for call in server.requests)
    assert plain == extra == {"model", "messages", "max_tokens"}
    assert reasoning == {"model", "messages", "max_completion_tokens", "seed"}


def test_many_samples_at_temperature_zero_come_with_a_warning(tmp_path):
    with LlmServer(lambda prompt: CODE) as server:
        notes = Notes()
        five = resolve("openai/any", "tarot", limit=1, samples=5, k=[5], options={"base_url": server.url})
        evaluate(five, tmp_path / "cold", progress=notes)
        assert "temperature 0" in notes.said[0]
        warm = five.model_copy(update={"sampling": five.sampling.model_copy(update={"temperature": 0.8})})
        evaluate(warm, tmp_path / "warm", progress=(quiet := Notes()))
    assert quiet.said == []


@pytest.mark.parametrize("name", ["stritc", "edge@3", "rate.extreme", "plus"])
def test_an_unknown_metric_is_refused_before_the_first_request(name, tmp_path):
    with LlmServer(lambda prompt: CODE) as server:
        with pytest.raises(RecipeError, match=r"unknown metric .*; this evaluation has strict"):
            evaluate(settings(server), tmp_path / "run", metrics=["strict", name])
        assert server.requests == []
    assert not (tmp_path / "run").exists()


def test_outcomes_add_up_to_all_samples():
    made = [Completion(problem_id="p", index=index, model="m", text="") for index in range(3)]
    counts = Counter(outcomes(made, 7))
    assert counts == {"ANSWERED": 3, "PENDING": 4}
    assert counts.total() == 7
