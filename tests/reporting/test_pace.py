"""Time left: over a window, so that neither a start from the cache nor a burst of answers moves it about."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarot_bench.reporting.pace import Pace, told_duration, told_rate


def test_what_was_done_before_counts_for_nothing():
    pace = Pace(100.0, done=900)
    assert pace.left_s(100.0, 1000) is None
    pace.at(110.0, 910)
    assert pace.rate(110.0) == pytest.approx(1.0)
    assert pace.left_s(110.0, 1000) == pytest.approx(90.0)


def test_a_fast_start_is_forgotten():
    pace = Pace(0.0)
    for done in range(1, 1001):
        pace.at(done / 1000, done)
    for second in range(2, 200):
        pace.at(float(second), 1000 + second)
    assert pace.rate(199.0) == pytest.approx(1.0, rel=0.05)


def test_bursts_do_not_make_the_time_left_jump():
    """Sixteen answers at once every thirty seconds: without a window of many steps the rate would swing by half."""
    pace, told = Pace(0.0), []
    for burst in range(1, 40):
        for _ in range(16):
            pace.at(30.0 * burst, pace._marks[-1][1] + 1)
        if burst > 5:
            told.append(pace.left_s(30.0 * burst, 10_000) + 30.0 * burst)
    assert max(told) / min(told) < 1.01


def test_the_time_left_grows_while_nothing_is_done():
    pace = Pace(0.0)
    pace.at(10.0, 10)
    assert pace.left_s(10.0, 20) < pace.left_s(20.0, 20) < pace.left_s(300.0, 20)


@given(st.lists(st.tuples(st.floats(0, 1e4), st.integers(0, 100)), max_size=60), st.integers(0, 1000))
def test_the_time_left_is_never_negative(steps, total):
    pace, now, done = Pace(0.0), 0.0, 0
    for wait, count in steps:
        now, done = now + wait, done + count
        pace.at(now, done)
        left = pace.left_s(now, total)
        assert left is None or left >= 0
        assert pace.rate(now) >= 0


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, "5 s"), (42, "40 s"), (95, "2 min"), (3600, "60 min"), (11100, "3 h 5 min")]
)
def test_durations_are_told_as_coarsely_as_they_are_known(seconds, said):
    assert told_duration(seconds) == said


@pytest.mark.parametrize(("rate", "said"), [(2.13, "2.1/s"), (0.25, "15.0/min"), (0, "0.0/min")])
def test_rates_are_told_in_a_unit_with_digits(rate, said):
    assert told_rate(rate) == said
