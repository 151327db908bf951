"""A malformed test says which one it is, and is held against no program."""

import pytest

from tarot_bench.grading import grade_code
from tarot_bench.problem import Problem, TestCase, Tier
from tarot_bench.verdict import Verdict

FINE = TestCase(tier=Tier.BASIC, kind="call", input="[1]", output="1")


@pytest.mark.parametrize(
    ("kind", "given", "expected", "said"),
    [
        ("call", "[1]", "", "its expected output cannot be read"),
        ("call", "[1]", "{'a': one}", "its expected output cannot be read"),
        ("call", "[1]", '{"!": ["no", 1]}', "its expected output cannot be read"),
        ("call", "[1]", '{"!": ["set", [[1]]]}', "its expected output cannot be read"),
        ("call", "1", "1", "its input is not a list of arguments"),
        ("call", "[1", "1", "its input cannot be read"),
        ("suite", "def check(candidate:", "", "its suite does not parse"),
        ("suite", "def check(candidate):\n    assert candidate(1) == '\0'", "", "its suite does not parse"),
    ],
)
def test_a_malformed_test_is_ungraded_and_named(kind, given, expected, said, sandbox):
    broken = TestCase(tier=Tier.EDGE, kind=kind, input=given, output=expected)
    problem = Problem(id="odd", statement="", style="function", entry_point="f", tests=(FINE, broken, FINE))
    results = grade_code(problem, "def f(x): return x", sandbox).results
    assert [result.verdict for result in results] == [Verdict.PASSED, Verdict.UNGRADED, Verdict.PASSED]
    assert results[1].detail.startswith(f"malformed data: problem 'odd', test 2 (edge): {said}")


def test_a_problem_of_malformed_tests_alone_runs_nothing():
    broken = TestCase(tier=None, kind="call", input="[1]", output="")
    problem = Problem(id="odd", statement="", style="function", entry_point="f", original_tests=(broken,))
    (result,) = grade_code(problem, "def f(x): return x", sandbox=None).results
    assert result.verdict is Verdict.UNGRADED
