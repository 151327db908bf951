"""What a waiting person reads: counts, time left, tokens, cost, retries."""

import io

import pytest
from rich.console import Console

from tarot_bench.progress import RequestState, Retry, hearing_retries, report_retry
from tarot_bench.reporting.progress import Bar


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


def plain(clock, prices=None):
    stream = io.StringIO()
    return Bar(Console(file=stream, width=80), prices, clock), stream


def test_lines_tell_rate_time_left_tokens_and_cost(clock):
    bar, stream = plain(clock, prices=(2.0, 10.0))
    with bar:
        bar.begin("tarot", 100)
        for _ in range(40):
            clock.now += 1
            bar.used(1000, 100)
            bar.step()
        bar.end()
    first, second, last = stream.getvalue().splitlines()
    assert first == "tarot: 15/100, 1.0/s, about 85 s left, 15,000 + 1,500 tokens, 0.04 USD"
    assert second.startswith("tarot: 30/100, ")
    assert last == "tarot: 40/100 done in 40.0 s, 40,000 + 4,000 tokens, 0.12 USD"


def test_without_prices_no_cost_and_without_tokens_none_are_told(clock):
    bar, stream = plain(clock)
    with bar:
        bar.begin("tarot", 2)
        bar.step(2)
        bar.end()
        bar.begin("next", 1)
        bar.used(3, 4)
        bar.step()
        bar.end()
    assert stream.getvalue().splitlines() == [
        "tarot: 2/2 done in 0.0 s",
        "next: 1/1 done in 0.0 s, 3 + 4 tokens",
    ]


def test_requests_are_told_with_their_cost_the_limit_the_batches_and_the_time_left(clock):
    bar, stream = plain(clock)
    with bar:
        bar.begin("author", 50)
        for done in range(0, 60, 2):
            bar.requests(RequestState(done, 1000, 0.01 * done, 20.0, open_batches=2))
            clock.now += 1
        bar.step(50)
        bar.end()
        bar.begin("validate", 1)
        bar.step()
        bar.end()
    first, *_, last, following = stream.getvalue().splitlines()
    assert first == (
        "author: 0/50, 0.0/min, 30/1,000 requests, 0.30 of 20.00 USD, 2 batches open, requests done in about 8 min"
    )
    assert last == "author: 50/50 done in 30.0 s, 58/1,000 requests, 0.58 of 20.00 USD"
    assert following == "validate: 1/1 done in 0.0 s"


def test_requests_without_prices_have_no_cost(clock):
    bar, stream = plain(clock)
    with bar:
        bar.begin("author", 1)
        bar.requests(RequestState(1, 1))
        bar.step()
        bar.end()
    assert stream.getvalue().splitlines() == ["author: 1/1 done in 0.0 s, 1/1 requests"]


def test_more_steps_than_were_announced_are_never_above_the_total(clock):
    bar, stream = plain(clock)
    with bar:
        bar.begin("tarot", 3, done=2)
        clock.now = 20
        bar.step(5)
        bar.end()
    line, end = stream.getvalue().splitlines()
    assert line.startswith("tarot: 3/3, ")
    assert end.startswith("tarot: 3/3 done")


def test_a_long_wait_is_told_at_once_and_short_ones_are_counted(clock):
    bar, stream = plain(clock)
    with bar:
        bar.begin("tarot", 10)
        clock.now = 20
        report_retry(Retry("busy", 0.5, asked=False))
        assert stream.getvalue() == ""
        report_retry(Retry("rate limit", 120, asked=True))
        clock.now = 50
        report_retry(Retry("rate limit", 10, asked=False))
        clock.now = 145
        report_retry(Retry("down", 8, asked=False))
        bar.end()
    told = stream.getvalue().splitlines()
    assert [line.split(", ", 2)[2] for line in told[:3]] == [
        "2 retries, waiting 120 s (Retry-After)",
        "3 retries, waiting 90 s (Retry-After)",
        "4 retries, waiting 8 s",
    ]
    assert told[3] == "tarot: 0/10 done in 145.0 s, 4 retries"


def test_retries_are_heard_inside_the_bar_alone(clock):
    bar, _ = plain(clock)
    report_retry(Retry("before", 1, asked=False))
    with bar:
        report_retry(Retry("inside", 1, asked=False))
    report_retry(Retry("after", 1, asked=False))
    assert list(bar._spent()) == ["1 retry"]


def test_the_inner_of_two_listeners_hears():
    heard = []
    with hearing_retries(lambda retry: heard.append("outer")):
        with hearing_retries(lambda retry: heard.append("inner")):
            report_retry(Retry("x", 1, asked=False))
        report_retry(Retry("x", 1, asked=False))
    assert heard == ["inner", "outer"]


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_a_terminal_shows_count_and_facts_within_its_width(width, clock):
    stream = io.StringIO()
    console = Console(file=stream, width=width, force_terminal=True, color_system=None)
    bar = Bar(console, (1.0, 1.0), clock)
    bar.begin("tarot · openai/some-very-long-model-name-of-a-provider", 200)
    clock.now = 10
    bar.used(123456, 7890)
    bar.step(50)
    bar.retry(Retry("busy", 120, asked=True))
    shown = io.StringIO()
    Console(file=shown, width=width).print(bar._bar.get_renderable())
    text = " ".join(shown.getvalue().split())
    assert max(map(len, shown.getvalue().splitlines())) <= width
    for part in ("50/200", "5.0/s", "about 30 s left", "123,456 + 7,890 tokens", "0.13 USD", "120 s (Retry-After)"):
        assert part in text


def test_the_facts_of_the_last_step_are_told_until_the_phase_is_over(clock):
    bar, stream = plain(clock)
    with bar:
        bar.begin("training", 4)
        bar.facts("9 tokens/s")
        bar.facts("100 tokens/s, learn 60%")
        clock.now += 16
        bar.step()
        bar.end()
        bar.begin("next", 2)
        clock.now += 16
        bar.step()
    first, _, other = stream.getvalue().splitlines()
    assert first == "training: 1/4, 3.8/min, about 50 s left, 100 tokens/s, learn 60%"
    assert other == "next: 1/2, 3.8/min, about 15 s left"
