"""Find malformed tests, which cannot judge any program."""

from functools import lru_cache

from tarot_bench.errors import one_line
from tarot_bench.grading.arguments import value_of
from tarot_bench.grading.claims import expected_value
from tarot_bench.grading.literal_suite import flaw_of
from tarot_bench.problem import Problem, TestCase
from tarot_bench.sandbox.values import EncodingError


def unusable(problem: Problem, test: TestCase) -> str:
    """The reason why a test cannot judge programs; empty if it is valid."""
    why = ""
    if test.kind == "call":
        why = _flaw_of_call(test.input, test.output)
    elif test.kind == "suite":
        why = flaw_of(test.input, problem.entry_point or "")
    if not why:
        return ""
    number = problem.all_tests.index(test) + 1
    return f"malformed data: problem {problem.id!r}, test {number} ({test.tier or 'original'}): {why}"


@lru_cache(maxsize=4096)
def _flaw_of_call(given: str, expected: str) -> str:
    try:
        if not isinstance(value_of(given), list):
            return "its input is not a list of arguments"
    except EncodingError as error:
        return f"its input cannot be read: {one_line(error)}"
    try:
        expected_value(expected)
    except EncodingError as error:
        return f"its expected output cannot be read: {one_line(error)}"
    return ""
