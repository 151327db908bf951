"""Permutation tests and Holm's correction."""

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarot_bench.metrics.significance import exchange_p, holm, sign_flip_p

DIFFERENCES = st.lists(st.sampled_from([-1.0, -0.5, 0.0, 0.25, 0.5, 1.0]), min_size=1, max_size=9)


@given(DIFFERENCES)
def test_the_p_value_of_few_problems_counts_all_sign_patterns(differences):
    told = [value for value in differences if value]
    sums = [
        abs(sum(sign * value for sign, value in zip(signs, told, strict=True)))
        for signs in product((1, -1), repeat=len(told))
    ]
    expected = sum(found >= abs(sum(told)) - 1e-9 for found in sums) / len(sums)
    assert sign_flip_p(differences) == pytest.approx(expected)


@given(DIFFERENCES, st.randoms())
def test_neither_the_order_nor_the_direction_changes_a_p_value(differences, rng):
    shuffled = list(differences)
    rng.shuffle(shuffled)
    assert sign_flip_p(shuffled) == pytest.approx(sign_flip_p(differences))
    assert sign_flip_p([-value for value in differences]) == pytest.approx(sign_flip_p(differences))


def test_many_problems_are_sampled_and_agree_with_the_exact_value():
    differences = [1.0] * 12 + [-1.0] * 3
    exact = np.mean([abs(12 + 3 - 2 * pattern.bit_count()) >= 9 for pattern in range(2**15)])
    assert sign_flip_p(differences) == pytest.approx(exact, abs=0.006)
    assert sign_flip_p(differences) == sign_flip_p(differences)


def test_equal_models_have_the_p_value_1():
    assert sign_flip_p([0.0, 0.0]) == 1.0
    assert sign_flip_p([1.0, -1.0]) == 1.0


def test_holm_multiplies_the_smallest_most_and_keeps_the_order():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6))
def test_a_corrected_p_value_is_never_smaller_nor_above_one(values):
    corrected = holm(values)
    assert all(value <= other <= 1 for value, other in zip(values, corrected, strict=True))
    assert sorted(range(len(values)), key=lambda i: (values[i], corrected[i])) == sorted(
        range(len(values)), key=lambda i: (values[i], i)
    ) or len(set(values)) < len(values)


NUMBERS = st.lists(st.sampled_from([-1.0, 0.0, 0.25, 0.5, 1.0]), min_size=1, max_size=5)


@given(NUMBERS, NUMBERS)
def test_the_p_value_of_two_groups_counts_all_splits(first, second):
    values = first + second
    observed = abs(np.mean(first) - np.mean(second)) - 1e-9
    extreme = []
    for chosen in combinations(range(len(values)), len(first)):
        others = [values[place] for place in range(len(values)) if place not in chosen]
        extreme.append(abs(np.mean([values[place] for place in chosen]) - np.mean(others)) >= observed)
    assert exchange_p(first, second) == pytest.approx(np.mean(extreme))
    assert exchange_p(second, first) == pytest.approx(exchange_p(first, second))


def test_two_groups_that_do_not_overlap_have_the_smallest_p_value():
    assert exchange_p([1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]) == pytest.approx(2 / 70)


@pytest.mark.parametrize(("first", "second"), [([], [1.0]), ([0.0] * 12, [1.0] * 12)])
def test_groups_whose_splits_cannot_be_counted_are_refused(first, second):
    with pytest.raises(ValueError, match="cannot count"):
        exchange_p(first, second)
