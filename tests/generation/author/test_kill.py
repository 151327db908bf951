"""Killed with signal 9 at any moment, an author ends with the same drafts, and pays for no answer twice."""

import json
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from tarot_bench.generation.author.journal import ReplyJournal
from tests.conftest import ROOT
from tests.generation.author.helpers import draft, number_in, settings, suite, wanted
from tests.servers.author_llm import AuthorServer, Fault

COUNT = 40


def start(generator, folder: Path, count: int = COUNT) -> subprocess.Popen[bytes]:
    folder.mkdir(exist_ok=True)
    module = "tests.generation.author.drafting_process"
    command = [sys.executable, "-m", module, generator.model_dump_json(), str(folder), str(count)]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE)


def finish(process: subprocess.Popen[bytes]) -> None:
    _, said = process.communicate(timeout=120)
    assert process.returncode == 0, said.decode()


def kill_when(process: subprocess.Popen[bytes], server: AuthorServer, requests: int, delay_s: float) -> None:
    """Signal 9 a moment after the server has seen so many requests, or when the process is done."""
    while sum(server.paths.values()) < requests and process.poll() is None:
        time.sleep(0.001)
    time.sleep(delay_s)
    process.send_signal(signal.SIGKILL)
    process.communicate()


def received(folder: Path) -> Counter[str]:
    """The service's ids of all answers in the journal."""
    with ReplyJournal(folder / "replies.sqlite") as journal:
        raws = [journal.get(key) for name in generators(folder) for key in journal.answered(name)]
    return Counter(json.loads(raw.raw)["id"] for raw in raws if raw and raw.via == "live")


def generators(folder: Path) -> list[str]:
    return ["openai/any", "anthropic/any"]


class Remembering(AuthorServer):
    """Knows which answers were asked for since the last kill."""

    def __init__(self, *args, **options) -> None:
        self.since: Counter[str] = Counter()
        super().__init__(*args, **options)

    def ask(self, api, body):
        fault, answer = super().ask(api, body)
        if answer:
            self.since[answer["id"]] += 1
        return fault, answer


def disturb(provider: str, mode: str, count: int, kills: int, tmp_path: Path) -> None:
    """Kill a run again and again, and compare it with one that was left alone."""
    rng = random.Random(kills)
    with Remembering(suite, looks=2) as server:
        generator = settings(provider, server.url, mode=mode, shard_size=8, poll_s=0.02)
        folder = tmp_path / "killed"
        paid: Counter[str] = Counter()
        for _ in range(kills):
            process = start(generator, folder, count)
            already = sum(server.paths.values())
            kill_when(process, server, already + rng.randint(0, 12), rng.uniform(0, 0.03))
            assert not paid & server.since, "what was received before a kill was asked for again"
            server.since.clear()
            paid = received(folder) if (folder / "replies.sqlite").exists() else paid
            assert process.returncode == -signal.SIGKILL, "it was done before it could be killed"
        finish(start(generator, folder, count))
        assert not paid & server.since, "what was received before the last kill was asked for again"
        if mode == "live":
            assert sum(server.answered.values()) <= count + kills * generator.concurrency
        else:
            assert set(server.rows.values()) == {1}, "a request was in two batches"
        assert len(server.answered) == count
    with AuthorServer(suite) as calm:
        undisturbed = draft(
            generator.model_copy(update={"base_url": calm.url + "/v1" * (provider != "anthropic")}),
            tmp_path / "calm",
            wanted(count),
        )
    assert (folder / "drafts.txt").read_text() == "\n".join(map(repr, undisturbed))


@pytest.mark.parametrize(("provider", "mode"), [("openai-chat", "live"), ("openai-responses", "batch")])
def test_a_run_that_is_killed_twice_ends_like_one_that_was_left_alone(provider, mode, tmp_path):
    disturb(provider, mode, COUNT, 2, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(("provider", "mode"), [("openai-responses", "live"), ("anthropic", "batch")])
def test_twenty_kills_at_random_moments_change_nothing(provider, mode, tmp_path):
    disturb(provider, mode, 10 * COUNT, 20, tmp_path)


@pytest.mark.parametrize("provider", ["openai-chat", "anthropic"])
def test_a_batch_that_was_created_but_not_recorded_is_found_after_a_kill(provider, tmp_path):
    path = "POST /messages/batches" if provider == "anthropic" else "POST /batches"
    with AuthorServer(suite, looks=2) as server:
        generator = settings(provider, server.url, mode="batch", shard_size=COUNT, poll_s=0.02)
        server.fail_next(path, Fault("hang"), afterwards=True)
        process = start(generator, tmp_path / "run")
        kill_when(process, server, 2 if provider != "anthropic" else 1, 0.3)
        assert len(server.batches) == 1
        with ReplyJournal(tmp_path / "run" / "replies.sqlite") as journal:
            assert [batch.service_id for batch in journal.open_batches(generator.name)] == [None]
        made = draft(generator, tmp_path / "run", wanted(COUNT))
        assert len(server.batches) == 1
    assert all(len(drafted.tests) == 4 for drafted in made)


@pytest.mark.parametrize("provider", ["openai-chat", "anthropic"])
def test_a_batch_that_was_planned_but_never_created_is_sent_after_a_kill(provider, tmp_path):
    path = "POST /messages/batches" if provider == "anthropic" else "POST /files"
    with AuthorServer(suite) as server:
        generator = settings(provider, server.url, mode="batch", shard_size=COUNT)
        server.fail_next(path, Fault("hang"))
        kill_when(start(generator, tmp_path / "run"), server, 1, 0.2)
        assert not server.batches
        made = draft(generator, tmp_path / "run", wanted(COUNT))
    assert all(len(drafted.tests) == 4 for drafted in made)
    assert set(server.rows.values()) == {1}


def test_an_interrupt_ends_requests_under_way_and_keeps_what_was_answered(tmp_path):
    with AuthorServer(suite, lambda prompt, attempt: Fault("hang") if number_in(prompt) > 3 else None) as server:
        process = start(settings("openai-chat", server.url, timeout_s=300), tmp_path, 10)
        while sum(server.paths.values()) < 7 and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert b"KeyboardInterrupt" in said
    assert b"was never awaited" not in said
    with ReplyJournal(tmp_path / "replies.sqlite") as journal:
        assert len(journal.answered("openai/any")) == 3
