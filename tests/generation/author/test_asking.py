"""Token limits that are raised, and replies that runs share: nothing is paid twice."""

import json
import signal
import sqlite3
import subprocess
import sys
from collections import Counter

import pytest

from tarot_bench.generation.author.budget import Budget
from tarot_bench.generation.author.journal import ReplyJournal, limit_of
from tests.conftest import ROOT
from tests.generation.author.helpers import SERVICES, draft, settings, suite, wanted
from tests.generation.author.test_kill import finish, kill_when, start
from tests.servers.author_llm import AuthorServer, Fault, Said

PRICED = {"input_price": 10.0, "output_price": 40.0}
LIMITS = ("max_tokens", "max_completion_tokens", "max_output_tokens")


class Long(AuthorServer):
    """Cuts the answers of a body whose token limit is too low; counts the bodies by limit."""

    def __init__(self, needed: int, **options) -> None:
        self.needed = needed
        self.limits: Counter[int] = Counter()
        super().__init__(suite, **options)

    def ask(self, api, body):
        limit = next(body[name] for name in LIMITS if name in body)
        cut = Said('{"basic": {"reason": "r", "inp', "length", tokens=(100, limit))
        with self._lock:
            self.limits[limit] += 1
            self.answer = (lambda prompt: cut) if limit < self.needed else suite
            return super().ask(api, body)


@pytest.mark.parametrize("mode", ["live", "batch"])
@pytest.mark.parametrize("provider", SERVICES)
def test_a_truncated_answer_is_asked_again_with_twice_the_limit_and_every_attempt_is_booked(provider, mode, tmp_path):
    with Long(needed=700) as server:
        generator = settings(provider, server.url, mode=mode, concurrency=1, max_tokens=200, most_tokens=1500, **PRICED)
        budget = Budget(100)
        made = draft(generator, tmp_path, wanted(2), budget)
        assert draft(generator, tmp_path, wanted(2)) == made
        again = Budget(100)
        draft(generator, tmp_path, wanted(2), again)
    assert server.limits == {200: 2, 400: 2, 800: 2}
    assert [len(drafted.tests) for drafted in made] == [4, 4]
    cost = 2 * (3 * 100 * 10 + (200 + 400 + 50) * 40) / 1e6
    assert (budget.spent, again.spent) == (pytest.approx(cost), pytest.approx(cost))


def test_an_answer_that_is_truncated_at_the_highest_limit_says_so(tmp_path):
    with Long(needed=5000) as server:
        generator = settings("openai-chat", server.url, max_tokens=300, most_tokens=1000)
        (made,) = draft(generator, tmp_path, wanted(1))
    assert made.reason == "truncated"
    assert server.limits == {300: 1, 600: 1, 1000: 1}


@pytest.mark.parametrize("mode", ["live", "batch"])
def test_another_token_limit_pays_only_for_the_answers_that_were_cut(mode, tmp_path):
    with AuthorServer(lambda prompt: Said("{", "length") if "times 2." in prompt else suite(prompt)) as server:
        generator = settings("openai-chat", server.url, mode=mode, max_tokens=200)
        first = draft(generator, tmp_path, wanted(3))
        assert [drafted.reason for drafted in first] == [None, "truncated", None]
        for lower_or_equal in (100, 200):
            assert draft(generator.model_copy(update={"max_tokens": lower_or_equal}), tmp_path, wanted(3)) == first
        server.answer = suite
        made = draft(generator.model_copy(update={"max_tokens": 300}), tmp_path, wanted(3))
    assert [len(drafted.tests) for drafted in made] == [4, 4, 4]
    assert sorted(server.answered.values()) == [1, 1, 2]


@pytest.mark.parametrize("provider", ["openai-responses", "anthropic"])
def test_a_batch_under_way_is_awaited_though_the_limit_was_raised_meanwhile(provider, tmp_path):
    with AuthorServer(suite, looks=10**6) as server:
        generator = settings(provider, server.url, mode="batch", max_tokens=200, poll_s=0.05)
        kill_when(start(generator, tmp_path, 6), server, 4, 0.2)
        with ReplyJournal(tmp_path / "replies.sqlite") as journal:
            assert len(journal.open_batches(generator.name)) == 1
        server.looks = 1
        made = draft(generator.model_copy(update={"max_tokens": 400}), tmp_path, wanted(6))
    assert all(len(drafted.tests) == 4 for drafted in made)
    assert set(server.rows.values()) == {1}, "no request was sent again"


@pytest.mark.parametrize("mode", ["live", pytest.param("batch", marks=pytest.mark.slow)])
@pytest.mark.slow
def test_killed_while_limits_are_raised_every_attempt_that_was_received_is_paid_once(mode, tmp_path):
    with Long(needed=700, looks=2) as server:
        limits = {"max_tokens": 200, "most_tokens": 1600}
        generator = settings("openai-chat", server.url, mode=mode, shard_size=5, poll_s=0.02, **limits)
        folder, received = tmp_path / "killed", Counter()
        for more in (6, 12, 12):
            process = start(generator, folder, 20)
            kill_when(process, server, sum(server.paths.values()) + more, 0.01)
            assert process.returncode == -signal.SIGKILL
            with ReplyJournal(folder / "replies.sqlite") as journal:
                received = Counter(map(limit_of, journal.answered(generator.name)))
        finish(start(generator, folder, 20))
    assert received[200], "answers were received before the last kill"
    lost = 3 * generator.concurrency if mode == "live" else 0
    assert all(20 <= server.limits[limit] <= 20 + lost for limit in (200, 400, 800)), server.limits
    assert set(server.limits) == {200, 400, 800}
    if mode == "batch":
        assert set(server.rows.values()) == {1}


def test_a_run_pays_nothing_for_what_another_run_has_in_the_shared_journal(tmp_path):
    shared = tmp_path / "shared" / "replies.sqlite"
    with AuthorServer(suite) as server:
        live = settings("openai-chat", server.url, **PRICED)
        first = draft(live, tmp_path / "a", wanted(4), shared=shared)
        budget = Budget(100)
        batch = live.model_copy(update={"mode": "batch", "max_tokens": 77})
        assert draft(batch, tmp_path / "b", wanted(4), budget, shared=shared) == first
        assert budget.spent == 0, "the other run paid"
        again = Budget(100)
        assert draft(live, tmp_path / "b", wanted(4), again) == first, "the replies were copied into the run"
        assert again.spent == 0
        draft(live, tmp_path / "b", wanted(5), shared=shared)
    assert set(server.answered.values()) == {1}
    assert len(server.answered) == 5


def test_refusals_are_shared_and_what_the_service_did_not_serve_or_rejected_is_not(tmp_path):
    def fault(prompt: str, attempt: int) -> Fault | None:
        wrong = {"times 2.": Fault("status", 400, "context_length_exceeded"), "times 3.": Fault("status", 500)}
        return next((what for words, what in wrong.items() if words in prompt), None)

    def answer(prompt: str) -> str | Said:
        return Said("no", "refusal") if "times 1." in prompt else suite(prompt)

    shared = tmp_path / "shared.sqlite"
    with AuthorServer(answer, fault) as server:
        generator = settings("openai-chat", server.url, max_retries=0)
        draft(generator, tmp_path / "a", wanted(4), shared=shared)
        assert sum(server.asked.values()) == 4
        server.fault = lambda prompt, attempt: None
        made = draft(generator, tmp_path / "b", wanted(4), shared=shared)
    assert [drafted.reason for drafted in made] == ["refused", None, None, None]
    assert sum(server.asked.values()) == 6


def test_a_reply_that_a_killed_run_did_not_share_is_shared_when_it_is_opened_again(tmp_path):
    with AuthorServer(suite) as server:
        generator = settings("openai-chat", server.url)
        draft(generator, tmp_path / "a", wanted(2))
        draft(generator, tmp_path / "a", [], shared=tmp_path / "shared.sqlite")
        draft(generator, tmp_path / "b", wanted(2), shared=tmp_path / "shared.sqlite")
    assert set(server.answered.values()) == {1}


SHARER = """
import sys
from pathlib import Path
from tarot_bench.generation.author.generator import GeneratorSettings
from tests.generation.author.helpers import draft, wanted
settings, folder, shared, first = sys.argv[1:]
draft(GeneratorSettings.model_validate_json(settings), Path(folder), wanted(60)[int(first):], shared=Path(shared))
"""


@pytest.mark.slow
def test_two_runs_write_the_shared_journal_at_once_and_one_is_killed(tmp_path):
    shared = tmp_path / "shared.sqlite"
    with AuthorServer(suite) as server:
        generator = settings("openai-chat", server.url, concurrency=8)
        command = [sys.executable, "-c", SHARER, generator.model_dump_json()]
        runs = [
            subprocess.Popen([*command, str(tmp_path / name), str(shared), first], cwd=ROOT, stderr=subprocess.PIPE)
            for name, first in (("a", "0"), ("b", "30"), ("c", "0"))
        ]
        kill_when(runs[2], server, 20, 0)
        for run in runs[:2]:
            finish(run)
        with sqlite3.connect(shared) as db:
            rows = db.execute("SELECT raw FROM replies").fetchall()
        assert len(rows) == 60
        assert all(json.loads(raw)["choices"] for (raw,) in rows)
        asked = sum(server.asked.values())
        draft(generator, tmp_path / "d", wanted(60), shared=shared)
        assert sum(server.asked.values()) == asked
