"""Grades and verdict matrices: ungraded is None, never wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarot_bench.problem import TIERS, Tier
from tarot_bench.verdict import Completion, Extraction, Grade, TestResult, Verdict, VerdictMatrix

VERDICTS = st.sampled_from(list(Verdict))
RESULTS = st.lists(st.tuples(st.sampled_from([*TIERS, None]), VERDICTS), min_size=1, max_size=10)


def grade(results, index: int = 0, problem_id: str = "p") -> Grade:
    made = tuple(TestResult(tier=tier, verdict=verdict) for tier, verdict in results)
    return Grade(problem_id=problem_id, index=index, extraction=Extraction(code="x", how=""), results=made)


@given(RESULTS)
def test_rates_passes_and_solved_agree(results):
    made = grade(results)
    for tier in (*TIERS, None):
        verdicts = [verdict for at, verdict in results if at is tier]
        if not verdicts or Verdict.UNGRADED in verdicts:
            assert made.rate(tier) is made.passed(tier) is None
        else:
            assert made.rate(tier) == verdicts.count(Verdict.PASSED) / len(verdicts)
            assert made.passed(tier) == (set(verdicts) == {Verdict.PASSED})
    if made.ungraded:
        assert made.solved is None
    else:
        assert made.solved == all(verdict is Verdict.PASSED for _, verdict in results)


@given(RESULTS)
def test_a_grade_survives_the_disk(results):
    made = grade(results)
    assert Grade.model_validate_json(made.model_dump_json()) == made


@given(st.lists(st.lists(VERDICTS, min_size=3, max_size=3), min_size=1, max_size=5))
def test_a_matrix_row_passes_exactly_what_its_grade_passes(rows):
    tiers = (Tier.BASIC, Tier.EDGE, None)
    grades = [grade(zip(tiers, row, strict=True), index) for index, row in enumerate(rows)]
    matrix = VerdictMatrix.of(reversed(grades))
    for number, made in enumerate(grades):
        for tier in (*TIERS, None):
            assert matrix.passed(number, [tier]) == made.passed(tier)
        assert matrix.passed(number, tiers) == made.solved


def test_a_matrix_is_of_one_problem_with_one_set_of_tests():
    one = grade([(Tier.BASIC, Verdict.PASSED)])
    with pytest.raises(ValueError, match="exactly one problem"):
        VerdictMatrix.of([])
    with pytest.raises(ValueError, match="exactly one problem"):
        VerdictMatrix.of([one, grade([(Tier.BASIC, Verdict.PASSED)], problem_id="q")])
    with pytest.raises(ValueError, match="different tests"):
        VerdictMatrix.of([one, grade([(Tier.EDGE, Verdict.PASSED)], index=1)])


def test_lone_surrogates_in_a_completion_become_writable_text():
    completion = Completion(problem_id="p", index=0, model="m", text="\ud83d\ude00 \ud800")
    assert completion.text == "😀 \ufffd"
    assert completion.model_dump_json().encode()
