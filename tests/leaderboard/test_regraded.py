"""The confidence of a draw, and what explains verdicts that differ."""

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarot_bench.leaderboard.findings import Check, Suspicion
from tarot_bench.leaderboard.regraded import compare, draw, most_unequal, rates
from tarot_bench.problem import Tier
from tarot_bench.verdict import Extraction, Grade, TestResult, Verdict


@given(st.integers(1, 300), st.integers(1, 300))
def test_the_bound_is_the_largest_number_that_a_draw_misses_with_a_chance_above_five_percent(samples, drawn):
    drawn = min(drawn, samples)

    def missed(unequal: int) -> float:
        return comb(samples - unequal, drawn) / comb(samples, drawn)

    bound = most_unequal(samples, drawn)
    assert missed(bound) > 0.05 - 1e-12
    assert bound == samples - drawn or missed(bound + 1) <= 0.05 + 1e-12


def test_a_draw_is_the_same_for_a_seed_and_without_replacement():
    keys = [("b", (str(number), 0)) for number in range(100)]
    assert draw(keys, 10, 3) == draw(keys, 10, 3) != draw(keys, 10, 4)
    assert len(set(draw(keys, 10, 3))) == 10
    assert sorted(draw(keys, 1000, 3)) == sorted(keys)


def grade(*verdicts: str, code: str = "print(1)") -> Grade:
    results = tuple(TestResult(tier=Tier.EDGE, verdict=Verdict(verdict)) for verdict in verdicts)
    return Grade(problem_id="p", extraction=Extraction(code=code, how="h"), results=results)


DRAWS = "import random"
CASES = [
    (grade("PASSED"), [grade("PASSED")], True, None),
    (grade("PASSED"), [grade("WRONG_ANSWER")] * 3, True, Check.VERDICTS),
    (grade("PASSED"), [grade("WRONG_ANSWER"), grade("WRONG_ANSWER"), grade("PASSED")], True, Suspicion.UNSTABLE),
    (grade("PASSED"), [grade("TIME_LIMIT")] * 3, True, Suspicion.UNSTABLE),
    (grade("MEMORY_LIMIT"), [grade("PASSED")] * 3, True, Suspicion.UNSTABLE),
    (grade("PASSED"), [grade("TIME_LIMIT")] * 3, False, Check.VERDICTS),
    (grade("PASSED"), [grade("WRONG_ANSWER"), grade("PASSED")], False, Check.VERDICTS),
    (grade("PASSED", "PASSED"), [grade("TIME_LIMIT", "WRONG_ANSWER")] * 3, True, Check.VERDICTS),
    (grade("PASSED", code=DRAWS), [grade("WRONG_ANSWER", code=DRAWS)] * 3, True, Suspicion.UNSTABLE),
    (grade("PASSED", code=DRAWS), [grade("WRONG_ANSWER", code=DRAWS)] * 3, False, Check.VERDICTS),
    (grade("PASSED", code="print(2)"), [grade("PASSED")], True, Check.PROGRAM),
]  # fmt: skip


@pytest.mark.parametrize(("stated", "made", "whole", "check"), CASES)
def test_a_difference_is_edited_unless_the_machine_or_chance_explains_it(stated, made, whole, check):
    runs = [{("p", 0): each} for each in made]
    found = list(compare("b", [stated], runs.pop(0), lambda keys: runs.pop(0), whole))
    assert [finding.check for finding in found] == ([check] if check else [])


def test_samples_that_were_not_drawn_are_not_compared():
    assert list(compare("b", [grade("PASSED")], {}, lambda keys: {})) == []


def test_rates_leave_ungraded_samples_out():
    assert rates([grade("PASSED"), grade("WRONG_ANSWER"), grade("UNGRADED")]) == {"p": 0.5}
