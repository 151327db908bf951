"""Literal suites become data, judge as Python would, and keep what is expected away from the program."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarot_bench.grading import grade_code
from tarot_bench.grading.literal_suite import batch_of, calls_of, judge
from tarot_bench.problem import Limits, Problem, TestCase
from tarot_bench.sandbox.values import decode, encode
from tarot_bench.verdict import Verdict

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=6,
)


def suite(*asserts: str, before: str = "") -> str:
    return before + "def check(candidate):\n" + "".join(f"    {line}\n" for line in asserts)


def answers(*values) -> bytes:
    return encode([["value", value] for value in values])


@given(argument=PLAIN, expected=PLAIN, got=PLAIN)
def test_an_equality_is_judged_as_python_judges_it(argument, expected, got):
    calls = calls_of(suite(f"assert candidate({argument!r}) == {expected!r}"), "f")
    assert decode(batch_of(suite(f"assert candidate({argument!r}) == {expected!r}"), "f")) == [[[argument], {}]]
    assert (judge(calls, answers(got))[0] is Verdict.PASSED) == (got == expected)


@pytest.mark.parametrize(
    ("claim", "right", "wrong"),
    [
        ("candidate(1) == [2]", [2], (2,)),
        ("3 == candidate(1)", 3, 4),
        ("candidate(1) is None", None, 0),
        ("candidate(1) is True", True, 1),
        ("candidate(1)", [0], []),
        ("not candidate(1)", "", "x"),
        ("f(1, key='v') == {1: 2}", {1: 2}, {1: 3}),
        ("abs(candidate(1) - 2.5) < 1e-6", 2.5000001, 2.6),
        ("abs(2.5 - candidate(1)) <= 0.5", 3.0, "2.5"),
        ("candidate(3 * 19) == (3 + 5 - 1, [2.0 / 4])", (7, [0.5]), (7, [2])),
        ("candidate('ab' + 'c') == [1] + [2]", [1, 2], [2, 1]),
    ],
)
def test_a_form_of_assertion_accepts_what_it_should(claim, right, wrong):
    calls = calls_of(suite(f"assert {claim}"), "f")
    assert judge(calls, answers(right))[0] is Verdict.PASSED
    verdict, detail = judge(calls, answers(wrong))
    assert verdict is Verdict.WRONG_ANSWER
    assert claim[:9] in detail


def test_an_assertion_s_own_message_is_what_people_read():
    calls = calls_of(suite("assert candidate(1) == 2, 'doubles one'"), "f")
    assert judge(calls, answers(3)) == (Verdict.WRONG_ANSWER, "doubles one: got 3")


@pytest.mark.parametrize(
    "source",
    [
        suite("assert candidate(x) == 1"),
        suite("assert candidate([0] * 3) == 1"),
        suite("assert candidate(1) == helper(1)"),
        suite("assert candidate(1) != 2"),
        suite("assert candidate(1) < candidate(2)"),
        suite("assert candidate(candidate(1)) == 2"),
        suite("for i in range(3): assert candidate(i) == i"),
        suite("assert other(1) == 2"),
        suite("assert candidate(*[1]) == 2"),
        suite("assert candidate(**{'a': 1}) == 2"),
        suite("assert True"),
        suite("assert candidate(1) == 1", before="def helper(): pass\n"),
        "import unittest\n",
        "def check(candidate:\n",
    ],
)
def test_anything_else_stays_a_suite(source):
    assert calls_of(source, "f") is None


def test_constants_imports_and_idle_statements_do_not_stand_in_the_way():
    source = suite(
        "'a note'", "assert True, 'always'", "pass", "assert candidate(1) == 1", before="import math\nM = {}\n"
    )
    assert len(calls_of(source, "f")) == 1


def graded(solution: str, *asserts: str, sandbox):
    problem = Problem(
        id="p",
        statement="",
        style="function",
        entry_point="f",
        original_tests=(TestCase(tier=None, input=suite(*asserts), kind="suite"),),
        limits=Limits(cpu_s=1, wall_s=10),
    )
    (result,) = grade_code(problem, solution, sandbox).results
    return result


ASSERTS = ("assert candidate(1) == 2", "assert candidate(2) == 3")


@pytest.mark.parametrize(
    ("solution", "verdict"),
    [
        ("def f(x):\n    return x + 1", "PASSED"),
        ("def f(x):\n    return 2", "WRONG_ANSWER"),
        ("def f(x):\n    raise KeyError(x)", "RUNTIME_ERROR"),
        ("def f(x):\n    while True: pass", "TIME_LIMIT"),
        ("def f(x:", "COMPILE_ERROR"),
        ("def g(x):\n    return x + 1", "RUNTIME_ERROR"),
        ("import sys\nsys.exit(0)", "RUNTIME_ERROR"),
        ("class Yes:\n    def __eq__(self, other): return True\ndef f(x): return Yes()", "RUNTIME_ERROR"),
        ("class Yes(int):\n    def __eq__(self, other): return True\ndef f(x): return Yes(9)", "WRONG_ANSWER"),
        ("import builtins\ndef f(x): return 9\nbuiltins.list = builtins.zip = lambda *a: []", "RUNTIME_ERROR"),
        ("def f(x): return 9\ndef _answers(function, calls): return [['value', 2], ['value', 3]]", "WRONG_ANSWER"),
        ("seen = []\ndef f(x):\n    seen.append(x)\n    return x + len(seen)", "WRONG_ANSWER"),
        ("from __future__ import annotations\ndef f(x: No) -> No:\n    return x + 1", "PASSED"),
        ("def f(x):\n    return x + 1\nif __name__ == '__main__':\n    f(input())", "PASSED"),
    ],
)
def test_a_program_gets_its_verdict(solution, verdict, sandbox):
    result = graded(solution, *ASSERTS, sandbox=sandbox)
    assert result.verdict == verdict, result.detail


def test_what_is_expected_never_enters_the_sandbox(sandbox):
    """The program returns everything it can see; the expected number is not in it."""
    spy = (
        "import gc, sys\ndef f(x):\n    frame, seen = sys._getframe(), []\n    while frame:\n"
        "        seen.append(repr(frame.f_locals) + repr(frame.f_globals)[:5000])\n        frame = frame.f_back\n"
        "    seen += [repr(o)[:200] for o in gc.get_objects()[-3000:] if isinstance(o, (list, dict, tuple))]\n"
        "    return 'found' if ''.join(['3141', '59265']) in ''.join(seen) else 'nothing'"
    )
    result = graded(spy, "assert candidate(1) == 314159265", sandbox=sandbox)
    assert "nothing" in result.detail
