"""The price before, and the limit while it runs."""

import pytest

from tarot_bench.errors import RecipeError, RunError
from tarot_bench.generation.author.budget import Budget, price
from tarot_bench.verdict import Usage
from tests.generation.author.helpers import author, draft, settings, suite, wanted
from tests.servers.author_llm import AuthorServer, Said

PRICED = {"input_price": 10.0, "output_price": 40.0, "max_tokens": 500}
REAL = price(Usage(input_tokens=100, output_tokens=50), settings("openai-chat", "http://x", **PRICED))
"""What the loopback server's answers cost: 0.003 USD."""


def test_a_dry_run_counts_requests_tokens_and_usd_and_asks_nothing(tmp_path):
    with AuthorServer(suite) as server:
        generator = settings("openai-chat", server.url, **PRICED)
        before = author(generator, tmp_path).estimate(wanted(10))
        assert not server.paths
        draft(generator, tmp_path, wanted(4))
        after = author(generator, tmp_path).estimate(wanted(10))
    assert (before.requests, before.kept, before.most.output_tokens) == (10, 0, 5000)
    assert (after.requests, after.kept) == (6, 4)
    size = sum(len(str(body)) for body in server.bodies) / 4 * 10
    assert size / 4 < before.most.input_tokens < size / 2
    assert before.most.usd == pytest.approx((before.most.input_tokens * 10 + 5000 * 40) / 1e6)
    assert (before.expected.requests, before.expected.output_tokens) == (10, 10 * 125)
    assert before.expected.usd < before.most.usd / 2
    assert (after.expected.requests, after.expected.output_tokens) == (6, 6 * 50), "the average of the replies so far"


def test_rounds_of_repair_and_raised_limits_are_in_the_estimate(tmp_path):
    quick = settings("openai-chat", "http://x", **PRICED)
    first = author(quick, tmp_path).estimate(wanted(10))
    both = author(quick, tmp_path).estimate(wanted(10), rounds=2)
    assert (both.requests, both.most.requests, both.most.output_tokens) == (10, 30, 30 * 500)
    assert both.expected.requests == round(10 * (1 + 0.3 + 0.09))
    assert first.expected.usd < both.expected.usd < both.most.usd
    raised = author(quick.model_copy(update={"most_tokens": 1500}), tmp_path).estimate(wanted(10))
    assert (raised.most.requests, raised.most.output_tokens) == (30, 10 * (500 + 1000 + 1500))
    told = author(quick.model_copy(update={"expected_tokens": 70}), tmp_path).estimate(wanted(10))
    assert told.expected.output_tokens == 700
    assert "70 output tokens an answer (expected_tokens of the recipe)" in told.assumed


def test_a_dry_run_without_prices_says_so(tmp_path):
    assert author(settings("openai-chat", "http://x"), tmp_path).estimate(wanted(1)).most.usd is None


@pytest.mark.parametrize("mode", ["live", "batch"])
@pytest.mark.parametrize("provider", ["openai-responses", "anthropic"])
def test_the_limit_is_never_passed_and_a_higher_one_goes_on(provider, mode, tmp_path):
    with AuthorServer(lambda prompt: Said(suite(prompt), tokens=(100, 50))) as server:
        generator = settings(provider, server.url, mode=mode, shard_size=5, **PRICED)
        most = author(generator, tmp_path).estimate(wanted(1)).most.usd
        limit = 12 * REAL + most
        with pytest.raises(RunError, match=r"stopped at --max-cost .*--resume"):
            draft(generator, tmp_path, wanted(30), Budget(limit))
        spent = sum(server.answered.values()) * REAL
        assert limit - most - 2 * REAL < spent <= limit, "it stops in time, and not long before"
        with pytest.raises(RunError, match="max-cost"):
            draft(generator, tmp_path, wanted(30), Budget(limit))
        assert sum(server.answered.values()) * REAL == spent, "what was spent before counts"
        made = draft(generator, tmp_path, wanted(30), Budget(100))
    assert all(len(drafted.tests) == 4 for drafted in made)
    assert set(server.answered.values()) == {1}


def test_a_server_that_does_not_count_is_taken_to_have_used_the_most(tmp_path):
    with AuthorServer(lambda prompt: Said(suite(prompt), tokens=None)) as server:
        generator = settings("openai-chat", server.url, **PRICED)
        budget = Budget(100)
        draft(generator, tmp_path, wanted(1), budget)
        again = Budget(100)
        author(generator, tmp_path, again)
    assert budget.spent == again.spent == pytest.approx(500 * 40 / 1e6)


def test_a_limit_without_prices_is_a_mistake_of_the_recipe(tmp_path):
    with pytest.raises(RecipeError, match="--max-cost needs input_price and output_price"):
        author(settings("openai-chat", "http://x"), tmp_path, Budget(1))
