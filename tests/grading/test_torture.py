"""The grader's acceptance suite: every program of `torture` gets the verdict that it deserves."""

import pytest

from tarot_bench.grading import grade_code
from tarot_bench.grading.compat import tarot_same
from tarot_bench.problem import Problem, TestCase, Tier
from tests.grading.torture import BEYOND, MATRIX, Row


def problem_of(row: Row) -> Problem:
    test = TestCase(tier=Tier.BASIC, input=row.stdin, output=row.expected)
    return Problem(id="torture", statement="", tests=(test,), limits=row.limits, checker=row.checker)


def test_the_matrix_has_its_thirty_two_rows():
    assert len(MATRIX) == 32
    assert len({row.name for row in MATRIX + BEYOND}) == len(MATRIX) + len(BEYOND)


@pytest.mark.parametrize("row", MATRIX, ids=lambda row: row.name)
def test_a_program_that_other_graders_misjudge_gets_its_verdict(row, sandbox):
    (result,) = grade_code(problem_of(row), row.program, sandbox).results
    assert result.verdict is row.verdict, result.detail


@pytest.mark.parametrize("row", BEYOND, ids=lambda row: row.name)
def test_an_unusual_program_gets_its_verdict(row, sandbox):
    (result,) = grade_code(problem_of(row), row.program, sandbox).results
    assert result.verdict is row.verdict, result.detail


def test_the_published_comparison_passes_what_ours_fails(sandbox):
    """Compat reproduces the defect, labelled; it never leaks into the default."""
    row = next(row for row in MATRIX if row.name == "only the first of three lines")
    assert tarot_same(row.expected, "1\n")
    (result,) = grade_code(problem_of(row), row.program, sandbox, compat="tarot").results
    assert result.verdict == "PASSED"
