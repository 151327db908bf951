import pytest

from tarot_bench.generation.audit.inspection import constant, duplicates, leak
from tarot_bench.problem import Checker, Problem, TestCase, Tier
from tests.generation.making import case_of, entry_of

ADD = "def add(a, b):\n    return a + b\n"


def function(statement, *tests):
    return Problem(id="f", statement=statement, solution=ADD, style="function", entry_point="add", tests=tests)


def call(given, output):
    return TestCase(tier=Tier.BASIC, kind="call", input=given, output=output)


def test_a_test_repeats_the_first_one_with_its_input_of_whatever_tier():
    tests = [case_of(Tier.BASIC, "1 2"), case_of(Tier.EDGE, "3"), case_of(None, "1 2"), case_of(Tier.COMPLEX, "1 2")]
    assert duplicates(tests) == [None, None, "basic", "basic"]


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("Add them.\n\nInput:\n2\n1 2\nOutput:\n3\n", "test"),
        ("Sample input: 2\n1 2\n\nSample output 1: 3", "test"),
        ("> `2`\n> `1 2`\nThe answer is 3.", "input"),
        ("2 numbers, such as 1 2, make 3", "none"),
        ("1 2\n2\n3", "none"),
        ("", "none"),
    ],
)
def test_a_statement_shows_a_test_of_standard_input_as_whole_lines(statement, found):
    problem = entry_of(statement=statement).problem
    assert leak(problem, case_of(Tier.BASIC, "1 2")) == found


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        (">>> add('a', 'b')\n'ab'", "test"),
        ('add("a",\n"b") == "ab"', "test"),
        (">>> add('a', 'b')\n>>> add('a', 'c')\n'ab'", "input"),
        (">>> add('a')\n'ab'", "none"),
    ],
)
def test_a_statement_shows_a_call_as_source_with_its_result_before_the_next_call(statement, found):
    test = call('["a", "b"]', '"ab"')
    assert leak(function(statement, test), test) == found


def test_one_answer_passes_tests_whose_outputs_the_checker_takes_for_equal():
    problem = entry_of().problem
    assert constant(problem, [case_of(Tier.BASIC, "1 2"), case_of(Tier.BASIC, "3")]) is True
    assert constant(problem, problem.tests) is False
    assert constant(problem, []) is None
    near = [call("[1, 2]", "3.0"), call("[1, 3]", "3.0000001")]
    assert constant(function("", *near), near) is False
    close = function("", *near).model_copy(update={"checker": Checker(kind="float")})
    assert constant(close, near) is True


def test_whether_one_answer_passes_a_suite_is_not_known():
    suite = TestCase(tier=Tier.BASIC, kind="suite", input="def check(candidate):\n    assert candidate(1, 2) == 3\n")
    assert constant(function("", suite), [suite]) is None
