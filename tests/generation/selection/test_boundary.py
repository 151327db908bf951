"""Boundary features of inputs."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarot_bench.generation.selection.boundary import boundaries

PLAIN = ["[[2, 5, 9], 17]", "[[4, 7], 23]", "[[8, 3, 6], 40]", "[[9, 2], 31]", "[[7, 7, 2], 18]", "[[6, 3], 29]"]


@pytest.mark.parametrize(
    ("text", "feature"),
    [
        ("[[], 30]", "an empty list"),
        ("[[5], 30]", "a list of one item"),
        ("[[5, 5, 5], 30]", "a list of equal items"),
        ("[[2, 0, 5], 30]", "the number 0"),
        ("[[2, 5000000000, 5], 30]", "a huge number"),
        ("[[2, 3], 16]", "the smallest argument 2"),
        ("[[2, 3], 41]", "the largest argument 2"),
        ('["", 30]', "an empty text"),
        ('["aaa", 30]', "a text of equal characters"),
        ("[null, 30]", "None"),
        ('[{"!": ["tuple", []]}, 30]', "an empty list"),
        ('[{"!": ["float", "nan"]}, 30]', "an infinite number or NaN"),
        ("[]", "an empty input"),
    ],
)
def test_a_rare_feature_of_arguments_is_named(text, feature):
    *_, found = boundaries([*PLAIN, text], "call")
    assert feature in found


def test_a_feature_that_many_inputs_have_is_no_boundary():
    found = boundaries([*PLAIN, "[[0], 30]", "[[0], 31]", "[[0], 32]"], "call")
    assert not any("the number 0" in features for features in found)


def test_the_words_of_an_input_are_read_as_numbers():
    *_, one, empty = boundaries(["3\n4 7 2\n", "2\n5 3\n", "4\n7 8 5 9\n", "2\n8 6\n", "1\n1\n", "\n"], "stdin")
    assert "the number 1" in one
    assert "an empty input" in empty


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(st.lists(st.lists(values, max_size=3), max_size=8))
def test_any_arguments_have_features_and_none_is_common(pool):
    found = boundaries([json.dumps(arguments) for arguments in pool], "call")
    assert len(found) == len(pool)
    for feature in frozenset().union(*found):
        assert sum(feature in features for features in found) <= max(1, len(pool) / 4)


@given(st.lists(st.text(), max_size=8))
def test_any_text_has_features(pool):
    assert len(boundaries(pool, "stdin")) == len(pool)
