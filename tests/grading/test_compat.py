"""The published graders' verdicts on the programs of the comparison, as their own code gave them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarot_bench.grading.compare import same_output
from tarot_bench.grading.compat import COMPARISONS, evalchemy_same, tarot_same
from tarot_bench.problem import Checker

texts = st.text(st.sampled_from([*"ab-", " ", "\n", "\r"]), max_size=20)

# What was expected, what was written, and who accepts: the published TAROT reward, evalchemy's CodeForces task, we.
ROWS = {
    "right": ("1\n2\n3\n", "1\n2\n3\n", True, True, True),
    "right, expected without a final newline": ("1\n2", "1\n2\n", True, True, True),
    "trailing space on the first line": ("1\n2\n", "1 \n2\n", True, False, True),
    "expected ends with a dash": ("1\n-\n", "1\n-\n", True, False, True),
    "expected starts with a blank line": ("\n1\n2\n", "1\n2\n", False, True, True),
    "0.1 + 0.2 for 0.3": ("0.3\n", "0.30000000000000004\n", False, False, False),
    "WRONG: + for +-": ("+-\n", "+\n", False, True, False),
    "WRONG: one line for three": ("1\n2\n3\n", "1 2 3\n", False, True, False),
    "WRONG: only the first of three lines": ("1\n2\n3\n", "1\n", True, False, False),
    "WRONG: a junk line, expected without a final newline": ("1", "1\njunk\n", True, False, False),
    "WRONG: a junk line, expected with a final newline": ("1\n", "1\njunk\n", False, False, False),
    "WRONG: the answer, a blank line, junk": ("1\n", "1\n\njunk\n", True, False, False),
    "WRONG: silent, expected starts with a blank line": ("\n1\n", "", True, False, False),
    "WRONG: silent": ("1\n", "", False, False, False),
    "WRONG: leading spaces lost on the first line": ("  1\n2\n", "1\n2\n", True, True, False),
    "WRONG: leading spaces lost on the second line": ("1\n  2\n", "1\n2\n", True, False, False),
    "WRONG: 1e3 for 1000": ("1000\n", "1e3\n", False, False, False),
}


@pytest.mark.parametrize("row", ROWS)
def test_each_published_grader_keeps_its_verdict(row):
    expected, actual, tarot, evalchemy, _ = ROWS[row]
    assert COMPARISONS["tarot"](expected, actual) is tarot
    assert COMPARISONS["evalchemy"](expected, actual) is evalchemy


@pytest.mark.parametrize("row", ROWS)
def test_our_own_comparison_is_right_about_each_of_them(row):
    expected, actual, _, _, ours = ROWS[row]
    assert same_output(expected, actual, Checker()) is ours


def test_evalchemy_forgives_exactly_one_dash_and_every_carriage_return():
    assert evalchemy_same("ab--", "ab-")
    assert not evalchemy_same("ab--", "ab")
    assert evalchemy_same("ab  -", "ab")
    assert evalchemy_same("a\r\nb", "a\nb")
    assert evalchemy_same("ab", "a\rb")
    assert not evalchemy_same("a-", "a-")


@given(texts)
def test_a_tidy_output_passes_all_three(text):
    tidy = "\n".join(line.strip() for line in text.replace("-", "c").split("\n")).strip()
    assert tarot_same(tidy, tidy)
    assert evalchemy_same(tidy, tidy)
    assert same_output(tidy, tidy, Checker())


@given(texts, texts)
def test_the_tarot_reward_accepts_any_prefix_of_the_right_lines(first, rest):
    expected = first.strip() + "\n" + rest
    assert tarot_same(expected, first)


@given(texts)
def test_evalchemy_cannot_tell_a_line_break_from_a_space(text):
    assert evalchemy_same(text.replace(" ", "\n"), text.replace("\n", " ")) == evalchemy_same(text, text)
