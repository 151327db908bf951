"""Mutations of arguments keep their types, and their encoded order."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from tarot_bench.generation.author.mutate.arguments import mutated
from tarot_bench.problem import TIERS
from tarot_bench.sandbox.values import decode, encode

SCALARS = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(max_size=5) | st.floats(-1e9, 1e9)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(max_size=3), inner, max_size=3)
        | st.sets(st.integers(-50, 50), max_size=4)
        | st.dictionaries(st.integers(0, 9), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=120)
@given(st.lists(VALUES, max_size=3), st.sampled_from(TIERS), st.integers())
def test_arguments_stay_as_many_and_of_the_same_types(arguments, aim, seed):
    text = encode(arguments).decode()
    made, how = mutated(text, aim, random.Random(seed))
    assert (made, how) == mutated(text, aim, random.Random(seed))
    values = decode(made)
    assert list(map(type, values)) == list(map(type, arguments))


def test_a_set_keeps_its_items_apart_and_a_tuple_its_length():
    text = encode([{1, 2, 3}, (1, "ab")]).decode()
    for seed in range(50):
        first, second = decode(mutated(text, TIERS[2], random.Random(seed))[0])
        assert isinstance(first, set)
        assert [type(item) for item in second] == [int, str]
