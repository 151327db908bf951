"""The oracles of differential suites, as pure functions."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tarot_bench.benchmarks import differential
from tarot_bench.benchmarks.differential import compare, equal, load, shown

numbers = st.integers(-1000, 1000) | st.floats(-1e6, 1e6)
nested = st.recursive(numbers, lambda inner: st.lists(inner, max_size=4), max_leaves=8)


@given(nested)
def test_every_value_agrees_with_itself(value):
    assert equal((), value, value, 0)


@given(st.floats(-1e6, 1e6), st.floats(-1e-3, 1e-3), st.sampled_from([1e-6, 1e-4]))
def test_floats_agree_exactly_where_numpys_allclose_says_so(value, error, tolerance):
    near = value + error
    assert equal((), value, near, tolerance) == bool(np.allclose(near, value, rtol=1e-7, atol=tolerance))


@given(st.lists(st.floats(-1e3, 1e3), min_size=1), st.data())
def test_one_item_that_is_off_is_enough(values, data):
    place = data.draw(st.integers(0, len(values) - 1))
    wrong = [*values]
    wrong[place] += 1.0
    assume(wrong[place] != values[place])
    assert not equal((), values, wrong, 0)
    assert equal((), values, [value + 1e-9 for value in values], 0)


@pytest.mark.parametrize(
    ("expected", "actual", "tolerance", "agrees"),
    [
        (0.3, 0.1 + 0.2, 0, True),
        ([0.3, 1.0], [0.1 + 0.2, 1], 0, True),
        ((0.3,), [0.3], 0, False),
        ([1, 2], (1, 2), 0, False),
        (3, 3.0000001, 0, False),
        (3, 3.0000001, 1e-6, True),
        (3.0000001, 3, 0, True),
        (1, True, 0, True),
        (math.nan, math.nan, 0, True),
        (math.nan, 1.0, 0, False),
        (math.inf, math.inf, 0, True),
        (math.inf, 1e308, 0, False),
        (1.0, None, 0, False),
        (1.0, "1.0", 0, False),
        ([1.0], 1.0, 0, False),
        ([[0.3]], [[0.1 + 0.2]], 0, False),
        ([[0.3]], [[0.1 + 0.2]], 1e-4, True),
        (1.5 + 2j, 1.5 + 2.00000001j, 1e-6, True),
        ({"a": 0.3}, {"a": 0.1 + 0.2}, 0, False),
        (10**400, 10**400 + 1, 1e-6, False),
    ],
)
def test_what_counts_as_equal(expected, actual, tolerance, agrees):
    try:
        assert equal((), expected, actual, tolerance) is agrees
    except OverflowError:
        assert not agrees


def test_sets_may_come_in_any_order_and_number():
    assert differential.same_set((), (1, 2), [2, 1, 1], 0)
    assert not differential.same_set((), (1, 2), [2], 0)


def test_a_root_is_judged_by_the_polynomial_that_was_asked():
    assert differential.is_root(([-6, 11, -6, 1],), 1.0, 2.00000001, 1e-4)
    assert differential.is_root(([-6, 11, -6, 1],), 1.0, 3, 1e-4)
    assert not differential.is_root(([-6, 11, -6, 1],), 1.0, 2.5, 1e-4)


def test_an_unclear_task_accepts_both_readings():
    # edge 6, slant height 5 or height 4, which makes the slant height 5
    assert differential.surface_by_height((6, 4), 2 * 6 * 4 + 36, 96, 0)
    assert differential.surface_by_height((6, 4), 84, 84, 0)
    assert not differential.surface_by_height((6, 4), 84, 90, 0)
    assert differential.digits_from_the_right((123, 45), 3, 1 + 2 + 2, 0)
    assert differential.digits_from_the_right((123, 45), 6, 6, 0)
    assert not differential.digits_from_the_right((123, 45), 6, 7, 0)
    assert not differential.digits_from_the_right((-1, 45), 6, 7, 0)
    assert differential.equal_or_zero((1,), 1, 0, 0)
    assert not differential.equal_or_zero((6,), 6, 5, 0)


def test_neither_side_sees_what_the_other_does_to_its_arguments():
    reference = load("def f(items):\n    items.clear()\n    return 0", "f")
    seen = []
    inputs = [[[1, 2]]]
    compare(lambda items: seen.append(list(items)) or 0, reference, inputs, equal, 0)
    assert seen == [[1, 2]]
    assert inputs == [[[1, 2]]]


def test_the_first_difference_is_told():
    with pytest.raises(AssertionError, match=r"input 2, \(3\): expected 9, got 6"):
        compare(lambda x: 2 * x, lambda x: x * x, [[2], [3], [4]], equal, 0)


def test_numbers_too_long_to_be_written_are_told_all_the_same():
    assert shown(10**5000) == "a number of 16610 bits"
    assert shown([10**5000]) == "a huge number inside a value"
    assert len(shown("x" * 1000)) < 130
