import math
import string

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from tarot_bench.grading.compare import first_difference, lines_of, same_output, same_value, shown, text_of
from tarot_bench.problem import Checker

LINES, TOKENS, UNORDERED = Checker(), Checker(kind="tokens"), Checker(kind="unordered_lines")
FLOAT = Checker(kind="float")
TEXT_CHECKERS = [LINES, TOKENS, FLOAT, UNORDERED]

texts = st.text(st.sampled_from([*"ab01.e-+", " ", "\t", "\n", "\n", "\r", "\x00", "\u00a0", "é"]), max_size=30)
checkers = st.sampled_from(TEXT_CHECKERS)
plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.sampled_from([10**400, -(2**70)])
    | st.floats()
    | st.text(max_size=3)
    | st.binary(max_size=2),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=2) | st.integers(0, 3), inner, max_size=3)
        | st.sets(st.integers(0, 5) | st.floats() | st.text(max_size=1), max_size=3)
        | st.frozensets(st.integers(0, 5), max_size=3)
    ),
    max_leaves=8,
)


def lines(expected, actual):
    return same_output(expected, actual, LINES)


# ---- lines


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        ("", ""),
        ("", "\n\n"),
        ("\n", ""),
        ("3\n", "3"),
        ("3", "3\n\n\n"),
        ("3\n", "\n\n3"),
        ("\n3\n", "3\n"),
        ("a b \n c\n", "a b\n c"),
        ("a\nb\n", "a\r\nb\r\n"),
        ("a\nb", "a \t\f\v\r\nb"),
        ("a\n\nb", "a\n \t\nb"),
        ("  a", "  a"),
    ],
)
def test_white_space_at_the_end_of_lines_and_blank_lines_at_both_ends_do_not_matter(expected, actual):
    assert lines(expected, actual)
    assert lines(actual, expected)


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        ("3", ""),
        ("3", "3\n4"),
        ("3\n4", "3"),
        ("3\n4", "3 4"),
        ("a\nb", "a\n\nb"),
        ("  a", "a"),
        ("  a", " a"),
        ("a\n  b", "a\nb"),
        ("\n  a", "a"),
        ("a b", "a  b"),
        ("a\tb", "a b"),
        ("YES", "yes"),
        ("0.3", "0.30"),
        ("1000", "1e3"),
        ("1", "1\x00"),
        ("1", "1\u00a0"),
        ("a", "\ufeffa"),
        ("a\nb", "a\rb"),
        ("a\nb", "a\u2028b"),
        ("é", "e\u0301"),
    ],
)
def test_anything_else_matters(expected, actual):
    assert not lines(expected, actual)
    assert not lines(actual, expected)


def test_output_that_is_not_utf_8_equals_no_text_but_itself():
    assert not lines("\ufffd", text_of(b"\xff"))
    assert not lines("ÿ", text_of(b"\xff"))
    assert not lines("", text_of(b"\xff"))
    assert lines(text_of("é\n".encode()), "é")


@given(texts, checkers)
def test_every_text_equals_itself(text, checker):
    assert same_output(text, text, checker)


@given(texts, texts, st.sampled_from([LINES, TOKENS, UNORDERED]))
def test_which_side_is_expected_does_not_matter_without_floats(left, right, checker):
    assert same_output(left, right, checker) == same_output(right, left, checker)


@given(texts, st.text(" \t\r\f\v", max_size=5), st.integers(0, 10), checkers)
def test_white_space_may_be_added_to_the_end_of_any_line(text, space, where, checker):
    broken = text.split("\n")
    broken[where % len(broken)] += space
    assert same_output(text, "\n".join(broken), checker)


@given(texts, st.integers(0, 3), st.integers(0, 3), checkers)
def test_blank_lines_may_be_added_at_both_ends(text, before, after, checker):
    assert same_output(text, "\n" * before + text + "\n" * after, checker)


@given(texts.filter(str.strip), st.data())
def test_one_changed_character_is_always_noticed(text, data):
    # White space may be invisible, so what is changed is a visible character, and it stays visible.
    places = [at for at, character in enumerate(text) if character not in " \t\r\f\v\n"]
    assume(places)
    at = data.draw(st.sampled_from(places))
    other = data.draw(
        st.sampled_from(string.ascii_letters + string.digits + "\x00\u00a0").filter(lambda c: c != text[at])
    )
    assert not lines(text, text[:at] + other + text[at + 1 :])


@given(texts, st.sampled_from("xyz\x00\u00a0"), st.data())
def test_one_added_character_is_always_noticed(text, extra, data):
    at = data.draw(st.integers(0, len(text)))
    assert not lines(text, text[:at] + extra + text[at:])


@given(texts)
def test_a_lost_leading_space_is_always_noticed(text):
    assert not lines("  " + text.strip() + "x", " " + text.strip() + "x")


@given(texts, texts)
def test_lines_are_equal_exactly_when_their_normal_forms_are(left, right):
    assert lines(left, right) == ("\n".join(lines_of(left)) == "\n".join(lines_of(right)))


@given(texts)
def test_the_normal_form_of_a_normal_form_is_itself(text):
    normal = lines_of(text)
    assert lines_of("\n".join(normal)) == normal


# ---- tokens and unordered lines


def test_tokens_ignore_how_much_ascii_white_space_lies_between_them_and_nothing_else():
    assert same_output("1 2\n3", "  1\t2   3\r\n", TOKENS)
    assert not same_output("1 2", "12", TOKENS)
    assert not same_output("1 2", "2 1", TOKENS)
    assert not same_output("1 2", "1 2 3", TOKENS)
    assert not same_output("1 2", "1\u00a02", TOKENS)
    assert not same_output("1 2", "1\x1c2", TOKENS)


def test_unordered_lines_are_counted():
    assert same_output("a\nb\nb", "b\na\nb\n", UNORDERED)
    assert not same_output("a\nb\nb", "b\na\na", UNORDERED)
    assert not same_output("a\nb", "a\nb\nb", UNORDERED)
    assert not same_output("a\n  b", "b\na", UNORDERED)


def test_a_checker_program_is_not_run_here():
    with pytest.raises(ValueError, match="program"):
        same_output("1", "1", Checker(kind="program", program="exit(0)"))


# ---- floats


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        ("0.3", "0.30000000000000004"),
        ("0.3", "0.3000009"),
        ("1000000.0", "1000000.9"),
        ("1e6", "1000000.5"),
        ("2.0", "2"),
        ("2.0", "+2.0000001"),
        ("0.0", "-0.0"),
        ("0.0", "1e-7"),
        (".5", "0.5"),
        ("1.5 x\n2.5", "1.5000001 x\n2.4999999"),
        ("1e400", "1e400"),
        ("nan", "nan"),
    ],
)
def test_real_numbers_may_differ_a_little(expected, actual):
    assert same_output(expected, actual, FLOAT)


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        ("0.3", "0.300002"),
        ("1000000.0", "1000002.0"),
        ("3", "3.0"),
        ("3", "3.0000000001"),
        ("3", "+3"),
        ("1000", "1e3"),
        ("0.5", "nan"),
        ("nan", "0.5"),
        ("0.5", "inf"),
        ("inf", "infinity"),
        ("1e400", "1e500"),
        ("1e400", "inf"),
        ("1.5", "1e999"),
        ("1000.0", "1_000.0"),
        ("16.0", "0x10"),
        ("3.5", "٣.٥"),
        ("3.5", "3.5f"),
        ("3.5", "3,5"),
        ("1.5 2.5", "1.5\n2.5"),
        ("1.5", "1.5 2.5"),
        ("1.5 2.5", "1.5"),
        ("e", "0"),
        ("x.5", "0.5"),
        ("1.2.3", "1.2.30"),
        ("0.5\x00", "0.5"),
    ],
)
def test_nothing_else_sneaks_through_the_float_checker(expected, actual):
    assert not same_output(expected, actual, FLOAT)


def test_the_tolerance_is_the_problems_own():
    assert same_output("1.0", "1.05", Checker(kind="float", tolerance=0.1))
    assert not same_output("1.0", "1.05", Checker(kind="float", tolerance=0.01))
    assert same_output("1.0", "1.00", Checker(kind="float", tolerance=0))
    assert not same_output("1.0", "1.0000001", Checker(kind="float", tolerance=0))


@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(-1e-6, 1e-6))
@example(1.7e308, 1e-7)
def test_a_relative_error_below_the_tolerance_passes_at_any_size(number, error):
    assert same_output(repr(float(number)), repr(float(number) * (1 + error * 0.99)), FLOAT) or math.isinf(number * 1.1)


@given(st.integers(), st.integers())
def test_integers_are_never_compared_as_floats(left, right):
    assert same_output(str(left), str(right), FLOAT) == (left == right)


# ---- values


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        (3, 3),
        (1, True),
        (1, 1.0),
        ([1, 2], [1, 2]),
        ([1, 2], (1, 2)),
        ([[1], [2]], [(1,), (2,)]),
        ({"a": [1]}, {"a": (1,)}),
        ((1, [2]), (1, [2])),
        (float("nan"), float("nan")),
        ([float("nan"), 1.5], [float("nan"), 1.5]),
        ({"a": (float("nan"),)}, {"a": (float("nan"),)}),
        (math.inf, math.inf),
        ({1, 2}, {2, 1}),
        ({1, 2}, frozenset({1, 2})),
        (None, None),
        (b"a", b"a"),
        (10**400, 10**400),
        (float(2**60), 2**60),
    ],
)
def test_values_that_are_the_same(expected, actual):
    assert same_value(expected, actual, LINES)


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        (3, "3"),
        (3, None),
        (None, 0),
        (None, False),
        ([], None),
        ([], {}),
        ([1, 2], [2, 1]),
        ([1, 2], [1, 2, 3]),
        ([1, 2], {1, 2}),
        ("ab", ["a", "b"]),
        ("ab", b"ab"),
        ((1, 2), [1, 2]),
        ([(1, 2)], [[1, 2]]),
        ([(1, 2), [3]], [(1, 2), (3,)]),
        ({"a": (1,)}, {"a": [1]}),
        ({(1, 2): [3]}, {(1, 2): (3,)}),
        ({"a": 1}, {"a": 1, "b": 2}),
        ({"a": 1}, [("a", 1)]),
        ({1, 2}, {1, 2, 3}),
        ({1}, {"1"}),
        (0.3, 0.1 + 0.2),
        (float("nan"), 0.0),
        (0.0, float("nan")),
        (float("nan"), 10**400),
        (float("nan"), "nan"),
        (math.inf, 10**400),
        (math.inf, -math.inf),
        (1.5, 10**400),
    ],
)
def test_values_that_are_not_the_same(expected, actual):
    assert not same_value(expected, actual, LINES)


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        (0.3, 0.1 + 0.2),
        (2.0, 2),
        ([0.3, {"a": 0.6}], (0.1 + 0.2, {"a": 0.6 + 1e-9})),
        ({0.3, 5}, {0.1 + 0.2, 5}),
        ({0.3, 0.6, float("nan")}, {0.1 + 0.2, 0.6, float("nan")}),
        (1.5e308, 1.5e308 * (1 + 1e-9)),
        (1e300, 10**300 + 1),
        (math.inf, math.inf),
        (float("nan"), float("nan")),
        (1.0, True),
    ],
)
def test_a_float_checker_allows_its_tolerance_where_a_float_is_expected(expected, actual):
    assert same_value(expected, actual, FLOAT)


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        (3, 3.0000000001),
        (0.3, 0.31),
        (0.3, "0.3"),
        (0.3, float("nan")),
        (0.3, math.inf),
        (math.inf, 1.7e308),
        (1.7e308, 10**400),
        (1.7e308, math.inf),
        (1.0000000001, True),
        ({0.3}, {0.1 + 0.2, 5}),
        ({0.3, 5}, {0.1 + 0.2, 6}),
        ({0.3, 0.6}, {0.3, 0.7}),
        ({0.3}, ["0.3"]),
        ({0.3, 0.6}, {"0.3", 0.6}),
        ({0.3, "a"}, {0.1 + 0.2, "b"}),
    ],
)
def test_a_float_checker_allows_nothing_else(expected, actual):
    assert not same_value(expected, actual, FLOAT)


def test_an_unordered_checker_ignores_the_order_of_the_outer_list_only():
    assert same_value([[1, 2], [3], [3]], [[3], [1, 2], [3]], UNORDERED)
    assert same_value([1, float("nan")], (float("nan"), 1), UNORDERED)
    assert same_value([{"a": [1]}, {2}], [{2}, {"a": (1,)}], UNORDERED)
    assert not same_value([[1, 2]], [[2, 1]], UNORDERED)
    assert not same_value([1, 1, 2], [1, 2, 2], UNORDERED)
    assert not same_value([(1, 2)], [[1, 2]], UNORDERED)
    assert not same_value([(1, 2)], ((1, 2),), UNORDERED)
    assert not same_value([1], {1}, UNORDERED)


def nested(depth, leaf, wrap):
    for _ in range(depth):
        leaf = wrap(leaf)
    return leaf


@pytest.mark.parametrize("checker", [LINES, UNORDERED, FLOAT])
@pytest.mark.parametrize("wrap", [lambda v: [v], lambda v: (v,), lambda v: {"a": v}])
def test_a_value_may_nest_as_deeply_as_it_likes(checker, wrap):
    deep = nested(50_000, 1, wrap)
    assert not same_value([[1]], [deep], checker)
    assert not same_value(1, deep, checker)
    assert same_value(nested(300, 1.5, wrap), nested(300, 1.5, wrap), LINES)


@given(plain, st.sampled_from([LINES, FLOAT, UNORDERED]))
def test_every_value_equals_itself(value, checker):
    # NaN in a set differs from another NaN to Python, so only the very same object can be asked for there.
    assert same_value(value, value, checker)


@given(plain, plain)
def test_values_are_compared_as_python_does_where_there_is_no_tuple_and_no_nan(left, right):
    assume("nan" not in repr((left, right)))
    assume(not any("(" in repr(value) for value in (left, right)))
    assert same_value(left, right, LINES) == (left == right)


@given(plain, plain, st.sampled_from([LINES, FLOAT, UNORDERED]))
def test_no_pair_of_values_raises(left, right, checker):
    assert same_value(left, right, checker) in (True, False)


# ---- first difference


def test_the_first_difference_names_its_line():
    assert first_difference("1\n2\n3", "1\n5\n3") == "line 2: expected '2', got '5'"
    assert first_difference("1\n2", "1") == "line 2: expected '2', got the end of the output"
    assert first_difference("1", "1\n2") == "line 2: expected the end of the output, got '2'"
    assert first_difference("  a", "a") == "line 1: expected '  a', got 'a'"


def test_a_difference_far_to_the_right_is_shown_where_it_is():
    said = first_difference("x" * 5000 + "1", "x" * 5000 + "2")
    assert said == "line 1, column 4991: expected 'xxxxxxxxxx1', got 'xxxxxxxxxx2'"


def test_the_first_difference_follows_the_checker():
    assert first_difference("1 2\n3", "1\n2\n4", TOKENS) == "token 3: expected '3', got '4'"
    assert first_difference("0.3\n7", "0.30000001\n8", FLOAT) == "line 2: expected '7', got '8'"
    assert first_difference("a\nb", "b\nc", UNORDERED) == "expected a line 'a', which is missing"
    assert first_difference("a\nb", "b\na\na", UNORDERED) == "got a line 'a', which is not expected"


@given(texts, texts, checkers)
def test_a_difference_is_named_exactly_when_there_is_one(expected, actual, checker):
    named = first_difference(expected, actual, checker) != "the outputs differ"
    assert named == (not same_output(expected, actual, checker))


@given(texts, texts)
def test_the_named_line_truly_differs_and_those_before_it_do_not(expected, actual):
    assume(not lines(expected, actual))
    number = int(first_difference(expected, actual).split(":")[0].split(",")[0].removeprefix("line "))
    wanted, got = lines_of(expected), lines_of(actual)
    assert wanted[: number - 1] == got[: number - 1]
    assert wanted[number - 1 : number] != got[number - 1 : number]


@given(st.text(), st.text(), checkers)
def test_a_difference_is_one_printable_line(expected, actual, checker):
    said = first_difference(expected, actual, checker)
    assert said.isprintable()
    assert len(said) < 2500


def test_what_is_shown_is_quoted_and_cut():
    assert shown("a\n'\"\ud800\u202e") == r"'a\n\'" + '"' + r"\ud800\u202e'"
    assert shown("é") == "'é'"
    assert shown("x" * 80) == "'" + "x" * 80 + "'"
    assert shown("x" * 100) == "'" + "x" * 80 + "'… (100 characters)"
