import asyncio
import random
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarot_bench.errors import InfrastructureError, ModelError
from tarot_bench.models import retry
from tarot_bench.models.retry import Transient, server_delay_s, with_retries


@pytest.mark.parametrize(
    ("headers", "delay_s"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "250"}, 0.25),
        ({"retry-after-ms": "250", "retry-after": "7"}, 0.25),
        ({"retry-after-ms": "soon", "retry-after": "7"}, 7),
        ({"retry-after": "-3"}, 0),
        ({"retry-after": "86400"}, 300),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "later"}, None),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0),
    ],
)
def test_the_delay_a_server_asks_for(headers, delay_s):
    assert server_delay_s(headers) == delay_s


def test_an_http_date_is_waited_for():
    moment = datetime.now(UTC) + timedelta(seconds=40)
    assert 30 < server_delay_s({"retry-after": format_datetime(moment, usegmt=True)}) <= 40
    without_zone = moment.strftime("%a, %d %b %Y %H:%M:%S")
    assert 30 < server_delay_s({"retry-after": without_zone}) <= 40


@given(st.text(max_size=30))
def test_any_header_gives_a_bounded_delay_or_none(text):
    delay_s = server_delay_s({"retry-after": text, "retry-after-ms": text})
    assert delay_s is None or 0 <= delay_s <= 300


@pytest.fixture
def waits(monkeypatch):
    """The delays that were slept, without sleeping them."""
    slept = []

    async def sleep(seconds):
        slept.append(seconds)

    monkeypatch.setattr(retry.asyncio, "sleep", sleep)
    return slept


class Flaky:
    def __init__(self, failures):
        self.failures = failures
        self.calls = 0

    async def __call__(self):
        self.calls += 1
        if self.calls <= self.failures:
            raise OSError(f"failure {self.calls}")
        return "answer"


def transient(error):
    return Transient(InfrastructureError(f"used up: {error}"))


def test_retries_go_on_until_there_is_an_answer(waits):
    ask = Flaky(4)
    assert asyncio.run(with_retries(ask, transient, 4)) == "answer"
    assert (ask.calls, len(waits)) == (5, 4)


def test_used_up_retries_raise_what_the_judge_said(waits):
    ask = Flaky(99)
    with pytest.raises(InfrastructureError, match="used up: failure 3"):
        asyncio.run(with_retries(ask, transient, 2))
    assert (ask.calls, len(waits)) == (3, 2)


def test_what_the_judge_raises_is_not_retried(waits):
    def judge(error):
        raise ModelError("no use")

    ask = Flaky(99)
    with pytest.raises(ModelError, match="no use"):
        asyncio.run(with_retries(ask, judge, 5))
    assert (ask.calls, waits) == (1, [])


def test_the_servers_delay_is_waited_for_exactly(waits):
    asyncio.run(with_retries(Flaky(2), lambda error: Transient(InfrastructureError("x"), 12.5), 5))
    assert waits == [12.5, 12.5]


def test_without_a_servers_delay_the_wait_grows_with_full_jitter(waits, monkeypatch):
    monkeypatch.setattr(random, "uniform", lambda low, high: high if low == 0 else pytest.fail("not full jitter"))
    asyncio.run(with_retries(Flaky(10), transient, 10))
    assert waits == [0.5, 1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_a_retry_is_logged_with_its_reason_and_its_number(waits, caplog):
    caplog.set_level("INFO", logger="tarot_bench")
    asyncio.run(with_retries(Flaky(1), lambda error: Transient(InfrastructureError("busy"), 2.0), 3))
    assert caplog.messages == ["busy; attempt 2 of 4 in 2.0 s"]


def test_a_cancelled_call_is_not_retried():
    async def main():
        task = asyncio.create_task(with_retries(lambda: asyncio.sleep(60), transient, 5))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
