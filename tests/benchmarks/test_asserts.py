"""Assertions: the function that they call, and tests made of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarot_bench.benchmarks.asserts import calls_of, entry_point_of
from tarot_bench.sandbox.values import decode

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def same(one, other):
    """Equal, and of equal types throughout: 1 is not True, and a tuple is not a list."""
    return repr(one) == repr(other)


@given(st.lists(VALUES, max_size=3), VALUES)
def test_an_assertion_on_literals_is_a_call_with_these_very_values(arguments, expected):
    text = f"  assert f({', '.join(map(repr, arguments))}) == {expected!r}\n"
    (call,) = calls_of([text], "f")
    assert (call.kind, call.tier) == ("call", None)
    assert same(decode(call.input), arguments)
    assert same(decode(call.output), expected)


@pytest.mark.parametrize(
    "text",
    [
        "assert f(1) != 2",
        "assert f(1) == 2 == 2",
        "assert f(x=1) == 2",
        "assert f(g(1)) == 2",
        "assert f(1) == 1 + 1",
        "assert g(1) == 2",
        "assert abs(f(1) - 2) < 1",
        "assert f(1)",
        "x = f(1)",
    ],
)
def test_one_assertion_of_another_form_is_enough_for_no_calls_at_all(text):
    assert calls_of(["assert f(1) == 2", text], "f") is None


def test_no_assertions_are_no_calls():
    assert calls_of([], "f") is None


def test_the_entry_point_is_the_first_function_of_the_solution_that_is_called():
    solution = "def helper(x):\n    return x\n\n\ndef wanted(x):\n    return helper(x)\n"
    assert entry_point_of(["assert len(str(1)) == 1", "assert sorted(wanted(1)) == []"], solution) == "wanted"
    with pytest.raises(ValueError, match="no assertion calls a function"):
        entry_point_of(["assert unknown(1) == 2", "assert helper.wanted(1)"], solution)
    with pytest.raises(SyntaxError):
        entry_point_of(["assert wanted(1) =="], solution)
