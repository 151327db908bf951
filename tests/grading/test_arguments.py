"""Arguments of function tests: JSON and Python literals give one encoding, and nothing of them is executed."""

import json
import math
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarot_bench.grading.arguments import arguments, as_json, value_of, with_plain_integers
from tarot_bench.sandbox.values import EncodingError, decode, encode
from tests.sandbox.test_values import kinds, plain


@given(st.lists(plain))
def test_the_repr_of_arguments_and_their_encoding_give_the_same_encoding(values):
    coded = encode(values).decode()
    assert arguments(repr(values)) == coded
    assert arguments(coded) == coded
    assert kinds(decode(coded)) == kinds(values)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("[(1, 2), {3, 1}, frozenset({4}), set()]", [(1, 2), {1, 3}, frozenset({4}), set()]),
        ("[None, True, 'it''s', b'\\xff', 1+2j]", [None, True, "its", b"\xff", 1 + 2j]),
        (
            "[infj, -infj, (1-infj), (-inf+2j)]",
            [complex(0, math.inf), complex(0, -math.inf), complex(1, -math.inf), complex(-math.inf, 2)],
        ),
        ("[-1j, (-0-1j), (-0+2j)]", [complex(0.0, -1), complex(-0.0, -1), complex(-0.0, 2)]),
        ('[null, true, "a"]', [None, True, "a"]),
        ("[inf, -inf, float('inf'), float('-inf'), 1e999]", [math.inf, -math.inf, math.inf, -math.inf, math.inf]),
        ("[Infinity, -Infinity]", [math.inf, -math.inf]),
        ("[123456789012345678901234567890, -0xff]", [123456789012345678901234567890, -255]),
        ("[123456789012345678901234567890]", [123456789012345678901234567890]),
        ("[Decimal('0.10'), Fraction(1, 3)]", [Decimal("0.10"), Fraction(1, 3)]),
        ("[{1: (2,), 'a': [3]}]", [{1: (2,), "a": [3]}]),
        ('[{"!": ["tuple", [1, 2]]}]', [(1, 2)]),
        ("[\n  (1,\n   2),  # a pair\n]\n", [(1, 2)]),
    ],
)
def test_both_forms_are_read(text, value):
    assert kinds(value_of(text)) == kinds(value)
    assert kinds(decode(as_json(text))) == kinds(value)


def test_not_a_number_is_read():
    assert all(math.isnan(number) for number in value_of("[nan, NaN, float('nan'), -nan]"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello there",
        "[x]",
        "[1]; [2]",
        "[10**3]",
        "[__import__('os')]",
        "[open('/etc/passwd')]",
        "[float.fromhex('1')]",
        "[lambda: 0]",
        "[*'ab']",
        "[{**{}}]",
        "[f'{1}']",
        "[{[]}]",
        "[...]",
        "[Fraction('1e999999999')]",
        "[Decimal('1e999999999')]",
        '[{"!": 3}]',
        '[{"!": ["no", 1]}]',
        "(" * 5000 + ")" * 5000,
    ],
)
def test_everything_else_is_refused(text):
    with pytest.raises(EncodingError):
        arguments(text)


@pytest.mark.parametrize("text", ["1", "{}", "(1, 2)", "1, 2", '"[1]"', "None"])
def test_arguments_are_a_list(text):
    with pytest.raises(EncodingError, match="not a list of arguments such as"):
        arguments(text)


def test_an_error_names_the_part_that_is_no_literal():
    with pytest.raises(EncodingError, match=r"neither JSON .* nor a Python literal \(`10 \*\* 3` is not a literal\)"):
        arguments("[(10**3, 1)]")


def test_a_literal_too_large_to_parse_is_refused_and_json_of_that_size_is_not():
    numbers = [1] * 800_000
    assert len(value_of(repr([numbers]))[0]) == len(numbers)  # JSON as well
    with pytest.raises(EncodingError, match="as JSON"):
        arguments(repr([tuple(numbers)]))


def test_sets_have_one_encoding_in_every_process():
    code = (
        "from tarot_bench.grading.arguments import arguments;"
        "print(arguments(\"[{'a', 'b', 'c', 1, 2.5, None, (1, 'x'), frozenset({'y', 'z'})}, {'q', 'r', 's'}]\"))"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "2", "3")
    }
    assert len(said) == 1
    assert '{"!":["set",["q","r","s"]]}' in said.pop()


SAME_HASH = [number * (2**61 - 1) for number in range(20_000)]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps([{"!": ["set", SAME_HASH]}]),
        f"[{{{', '.join(map(str, SAME_HASH))}}}]",
        f"[set({SAME_HASH})]",
        f"[{{{', '.join(f'{number}: 1' for number in SAME_HASH)}}}]",
        f"[dict({[(number, number) for number in SAME_HASH]})]",
    ],
    ids=["tagged", "set", "set()", "dict", "dict()"],
)
def test_values_that_take_long_to_compare_are_refused(text):
    with pytest.raises(EncodingError, match="the same hash"):
        value_of(text)


@given(st.lists(st.integers() | st.text() | st.floats(allow_nan=False) | st.lists(st.integers(-(2**70), 2**70))))
def test_large_integers_are_written_as_digits_and_nothing_else_changes(values):
    plain = with_plain_integers(arguments(repr(values)))
    assert arguments(plain) == arguments(repr(values))
    assert '["int"' not in plain or any('["int"' in str(value) for value in values)
