import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarot_bench.metrics.basis import diverse_basis, exclusion, rank
from tarot_bench.metrics.quality import (
    Judged,
    Order,
    count_rejected,
    detection,
    failures_of,
    order_of,
    redundant,
    unique_rejections,
)
from tarot_bench.problem import Tier
from tarot_bench.verdict import Verdict, VerdictMatrix

TESTS = 5
failures = st.frozensets(st.integers(0, TESTS - 1))
programs = st.lists(failures, max_size=8).map(tuple)
tests = st.frozensets(st.integers(0, TESTS - 1))
judged = st.builds(Judged, tests=tests, correct=programs, wrong=programs)


def test_the_four_rates_of_a_small_example():
    first = Judged(frozenset({0, 1}), correct=(frozenset(), frozenset({1})), wrong=(frozenset({0}), frozenset()))
    second = Judged(frozenset({0}), correct=(frozenset(),), wrong=(frozenset({0}),))
    found = detection([first, second])
    assert (found.tpr.value, found.tnr.value) == (0.75, 0.75)  # means of 1/2 and 1
    assert found.dr.value == pytest.approx(2 / 3)  # 2 of 3 wrong programs
    assert found.vacc.value == 0.5


def test_failures_on_tests_that_do_not_count_are_ignored():
    found = detection([Judged(frozenset({1}), correct=(frozenset({0}),), wrong=(frozenset({0}),))])
    assert (found.tpr.value, found.tnr.value) == (1.0, 0.0)


def test_problems_without_known_programs_or_without_tests_do_not_count():
    assert detection([Judged(frozenset({0})), Judged(frozenset(), wrong=(frozenset(),))]) == detection([])
    assert detection([]).tnr is None


def test_an_ungraded_verdict_is_refused_and_other_verdicts_are_failures():
    passed, failed = Verdict.PASSED, Verdict.TIME_LIMIT
    matrix = VerdictMatrix("a", (Tier.BASIC, Tier.EDGE), ((passed, failed), (passed, passed)))
    assert failures_of(matrix) == (frozenset({1}), frozenset())
    with pytest.raises(ValueError, match="ungraded"):
        failures_of(VerdictMatrix("a", (Tier.BASIC,), ((Verdict.UNGRADED,),)))


@given(st.lists(judged, max_size=6), st.randoms())
def test_the_rates_do_not_depend_on_the_order_of_problems_or_programs(problems, random):
    mixed = [Judged(j.tests, tuple(random.sample(j.correct, len(j.correct))), j.wrong[::-1]) for j in problems]
    random.shuffle(mixed)
    for rate, other in zip(*(dict(detection(found)).values() for found in (problems, mixed)), strict=True):
        assert (rate is None) == (other is None)
        assert rate is None or rate.value == pytest.approx(other.value)


@given(judged, tests)
def test_more_tests_reject_no_fewer_programs(one, more):
    larger = Judged(one.tests | more, one.correct, one.wrong)
    assert larger.rejected >= one.rejected
    assert larger.accepted <= one.accepted


@given(st.lists(judged, min_size=1, max_size=4), st.data())
def test_removing_a_redundant_test_leaves_dr_and_vacc_as_they_are(problems, data):
    place = data.draw(st.integers(0, len(problems) - 1))
    one = problems[place]
    if candidates := sorted(redundant(one.wrong, one.tests)):
        gone = data.draw(st.sampled_from(candidates))
        fewer = Judged(one.tests - {gone}, one.correct, one.wrong)
        assert fewer.rejected == one.rejected
        if fewer.tests:
            after = detection([*problems[:place], fewer, *problems[place + 1 :]])
            before = detection(problems)
            assert (after.dr, after.vacc) == (before.dr, before.vacc)


@given(judged)
def test_removing_a_test_that_is_not_redundant_loses_its_unique_rejections(one):
    for test, unique in unique_rejections(one.wrong, one.tests).items():
        assert count_rejected(one.wrong, one.tests - {test}) == one.rejected - unique


@given(programs)
def test_a_basis_has_as_many_programs_as_the_rank_and_spans_all(rows):
    basis = diverse_basis(rows)
    distinct = {row for row in rows if row}
    assert len(basis) == rank(basis) == rank(list(distinct)) <= min(len(distinct), TESTS)
    assert set(basis) <= distinct
    assert all(rank([*basis, row]) == len(basis) for row in distinct)


@given(programs, st.randoms())
def test_a_basis_does_not_depend_on_the_order_of_programs_nor_its_size_on_that_of_tests(rows, random):
    names = random.sample(range(TESTS), TESTS)
    renamed = [frozenset(names[test] for test in row) for row in rows]
    assert diverse_basis(random.sample(rows, len(rows))) == diverse_basis(rows)
    assert len(diverse_basis(renamed)) == len(diverse_basis(rows))


@given(programs)
def test_all_tests_exclude_the_whole_basis_and_none_excludes_nothing(rows):
    basis = diverse_basis(rows)
    assert exclusion(basis, range(TESTS)) == (len(basis), len(basis))
    assert exclusion(basis, ()) == (0, len(basis))


def test_a_basis_counts_programs_that_fail_alike_once_and_prefers_those_that_differ():
    easy, rare, both = frozenset({0, 1, 2}), frozenset({2}), frozenset({0, 1})
    assert diverse_basis([easy] * 9) == (easy,)
    assert diverse_basis([easy, easy, rare, both]) == (rare, both)  # easy is their sum


def test_the_rank_is_that_of_real_numbers_and_not_of_bits():
    triangle = [frozenset({0, 1}), frozenset({1, 2}), frozenset({0, 2})]  # their sum is 0 modulo 2
    assert rank(triangle) == 3


@pytest.mark.parametrize(
    ("values", "order"),
    [
        ((1, 2, 3), Order.RISING),
        ((1, 1, 3), Order.LEVEL),
        ((1, 3, 2), Order.FALLING),
        ((1, None, 3), None),
        ((1,), None),
    ],
)
def test_the_order_of_tiers_by_a_measure(values, order):
    assert order_of(values) is order
