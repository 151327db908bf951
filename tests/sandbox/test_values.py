"""Values across the wall: what goes in comes out, exactly, and nothing else gets through."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarot_bench.sandbox.values import EncodingError, decode, encode

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(2**53 - 2, 2**53 + 2)
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary()
    | st.complex_numbers(allow_nan=False)
)
keys = st.text() | st.integers() | st.tuples(st.integers(), st.text())
plain = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner)
        | st.lists(inner).map(tuple)
        | st.dictionaries(keys, inner)
        | st.sets(st.integers() | st.text())
        | st.frozensets(st.integers())
    ),
    max_leaves=20,
)


def kinds(value):
    """The value with every type spelt out: == alone takes True for 1 and 1 for 1.0."""
    if isinstance(value, dict):
        return dict, [(kinds(key), kinds(item)) for key, item in value.items()]
    if isinstance(value, list | tuple):
        return type(value), [kinds(item) for item in value]
    return type(value), value


@given(plain)
def test_what_goes_in_comes_out(value):
    assert kinds(decode(encode(value))) == kinds(value)


@given(st.lists(st.integers() | st.floats() | st.booleans() | st.none() | st.text()))
def test_a_list_of_scalars_is_strict_json_and_keeps_every_item(value):
    text = encode(value)
    json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    back = decode(text)
    assert all(type(one) is type(two) and (one == two or math.isnan(one)) for one, two in zip(value, back, strict=True))


def test_subclasses_arrive_as_what_they_extend():
    class Sly(int):
        def __eq__(self, other):
            return True

        __hash__ = int.__hash__

    class Items(list):
        def __iter__(self):
            return iter([1, 2, 3])

    assert kinds(decode(encode([Sly(3), Items([7])]))) == kinds([3, [7]])


@pytest.mark.parametrize("value", [object(), [object()], {"a": iter([])}, lambda: 0, range(3)])
def test_what_is_no_plain_data_is_refused(value):
    with pytest.raises(EncodingError, match="not plain data"):
        encode(value)


@pytest.mark.parametrize("text", [b"", b"{", b'{"!": 3}', b'{"!": ["no", 1]}', b'{"!": ["int", "zz"]}', b"\xff"])
def test_what_is_no_encoded_value_is_refused(text):
    with pytest.raises(EncodingError):
        decode(text)


def test_depth_is_limited_both_ways():
    deep: list = []
    for _ in range(300):
        deep = [deep]
    with pytest.raises(EncodingError, match="deeper"):
        encode(deep)
    with pytest.raises(EncodingError):
        decode(b"[" * 5000 + b"]" * 5000)
