"""The Elo-style rating: a pure function with the properties that a rating must have."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tarot_bench.metrics.rating import (
    HIGHEST,
    LOWEST,
    Attempt,
    by_bucket,
    chance,
    estimate_rating,
    summarise_ratings,
)
from tarot_bench.problem import Origin, Problem, TestCase
from tarot_bench.verdict import Verdict, VerdictMatrix

ratings = st.integers(8, 35).map(lambda hundreds: 100 * hundreds)
attempts = st.lists(st.builds(Attempt, rating=ratings, solved=st.sampled_from([0.0, 0.25, 0.5, 1.0])), min_size=1)


@pytest.mark.parametrize(("gap", "expected"), [(0, 0.5), (400, 10 / 11), (-400, 1 / 11)])
def test_the_chance_is_elos(gap, expected):
    assert chance(1500 + gap, 1500) == pytest.approx(expected)


@pytest.mark.parametrize("problem", [800, 1500, 3500])
def test_solving_half_of_equal_problems_is_having_their_rating(problem):
    found = estimate_rating([Attempt(problem, 1.0), Attempt(problem, 0.0)])
    assert found.value == pytest.approx(problem, abs=0.01)


@given(attempts)
@settings(max_examples=10, deadline=None)
def test_the_estimate_solves_its_own_equation(made):
    found = estimate_rating(made)
    expected = sum(chance(found.value, attempt.rating) for attempt in made)
    solved = sum(attempt.solved for attempt in made)
    if found.bounded:
        assert expected == pytest.approx(solved, abs=1e-6 * len(made))
    else:
        assert (solved <= expected) if found.value == LOWEST else (solved >= expected)
    assert LOWEST <= found.low <= found.value <= found.high <= HIGHEST
    assert found.problems == len(made)


@given(attempts, st.data())
@settings(max_examples=8, deadline=None)
def test_solving_more_never_lowers_the_rating(made, data):
    place = data.draw(st.integers(0, len(made) - 1))
    better = [*made]
    better[place] = Attempt(made[place].rating, 1.0)
    assert estimate_rating(better).value >= estimate_rating(made).value


@given(st.lists(st.booleans(), min_size=4, max_size=30), st.integers(-5, 5))
@settings(max_examples=8, deadline=None)
def test_harder_problems_shift_the_rating_with_them(solved, hundreds):
    if all(solved) or not any(solved):
        solved = [True, False, *solved]
    made = [Attempt(1500 + 10 * n, float(s)) for n, s in enumerate(solved)]
    shifted = [Attempt(attempt.rating + 100 * hundreds, attempt.solved) for attempt in made]
    assert estimate_rating(shifted).value == pytest.approx(estimate_rating(made).value + 100 * hundreds, abs=0.01)


def test_a_simulated_contestant_gets_the_rating_that_it_has():
    draw = random.Random(7)
    covered = 0
    for truth in (1000, 1400, 1800, 2200, 2600) * 2:
        made = []
        for _ in range(300):
            rating = draw.randrange(800, 3500, 100)
            made.append(Attempt(rating, float(draw.random() < chance(truth, rating))))
        found = estimate_rating(made)
        covered += found.low <= truth <= found.high
        assert abs(found.value - truth) < 250
    assert covered >= 8


def test_nothing_and_everything_solved_are_the_ends_of_the_scale():
    nothing, everything = (estimate_rating([Attempt(1500, share)] * 5) for share in (0.0, 1.0))
    assert (nothing.value, everything.value) == (LOWEST, HIGHEST)
    assert not nothing.bounded
    assert not everything.bounded


def test_the_interval_is_the_same_every_time_and_narrows_with_more_problems():
    few = [Attempt(1500 + 100 * (n % 8), float(n % 2)) for n in range(16)]
    assert estimate_rating(few) == estimate_rating(few)
    wide, narrow = estimate_rating(few), estimate_rating(few * 16)
    assert narrow.high - narrow.low < (wide.high - wide.low) / 2


def test_no_rated_problem_is_an_error():
    with pytest.raises(ValueError, match="at least one problem"):
        estimate_rating([])


def test_buckets_hold_what_was_tried():
    made = [Attempt(800, 1.0), Attempt(1199, 0.5), Attempt(1200, 0.0), Attempt(3500, 1.0)]
    assert by_bucket(made) == {"0-1199": (2, 0.75), "1200-1599": (1, 0.0), "2400+": (1, 1.0)}


def verdicts(*rows):
    return VerdictMatrix("p", (None,), tuple((Verdict.PASSED if solved else failure,) for solved, failure in rows))


def rated(rating):
    extra = {} if rating is None else {"rating": rating}
    return Problem(id=f"r{rating}", statement="", original_tests=(TEST,), origin=Origin(extra=extra))


TEST = TestCase(tier=None, input="")
WRONG, UNGRADED = Verdict.WRONG_ANSWER, Verdict.UNGRADED


def test_a_summary_leaves_out_what_has_no_rating_or_no_verdict_and_says_so():
    problems = [rated(800), rated(1500), rated(None), rated(2500)]
    matrices = [
        verdicts((True, WRONG), (False, WRONG)),
        verdicts((False, WRONG), (False, UNGRADED)),
        verdicts((True, WRONG)),
        verdicts((False, UNGRADED)),
    ]
    found = summarise_ratings(problems, matrices)
    assert (found.problems, found.unrated) == (2, 1)
    assert found.buckets == {"0-1199": (1, 0.5), "1200-1599": (1, 0.0)}
    assert found.low <= found.value <= found.high
    assert found.value == pytest.approx(estimate_rating([Attempt(800, 0.5), Attempt(1500, 0.0)]).value)


def test_there_is_no_rating_where_problems_have_none():
    assert summarise_ratings([rated(None)], [verdicts((True, WRONG))]) is None
