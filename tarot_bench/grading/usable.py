"""Whether a test can be judged at all: a malformed one says nothing about any program."""

from functools import lru_cache

from tarot_bench.errors import one_line
from tarot_bench.grading.claims import expected_value
from tarot_bench.parsing import parse
from tarot_bench.problem import Problem, TestCase
from tarot_bench.sandbox.values import EncodingError, decode


def unusable(problem: Problem, test: TestCase) -> str:
    """Why no program can be judged by a test of a problem; empty if it is fine."""
    why = _flaw(test.kind, test.input, test.output)
    if not why:
        return ""
    number = problem.all_tests.index(test) + 1
    return f"malformed data: problem {problem.id!r}, test {number} ({test.tier or 'original'}): {why}"


@lru_cache(maxsize=4096)
def _flaw(kind: str, given: str, expected: str) -> str:
    if kind == "call":
        return _flaw_of_call(given, expected)
    if kind == "suite":
        try:
            parse(given)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            return f"its suite does not parse: {one_line(error)}"
    return ""


def _flaw_of_call(given: str, expected: str) -> str:
    try:
        if not isinstance(decode(given), list):
            return "its input is not a list of arguments"
    except EncodingError as error:
        return f"its input cannot be read: {one_line(error)}"
    try:
        expected_value(expected)
    except EncodingError as error:
        return f"its expected output cannot be read: {one_line(error)}"
    return ""
