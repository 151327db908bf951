"""What a result costs the host is bounded by what was expected, whatever the program wrote."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarot_bench.grading import grade_code
from tarot_bench.grading.claims import encoded_size, expected_value, most_parts, too_large
from tarot_bench.grading.compare import same_value
from tarot_bench.grading.literal_suite import calls_of, judge
from tarot_bench.problem import Checker, Limits, Problem, TestCase
from tarot_bench.sandbox.values import decode_untrusted, encode, size_of
from tarot_bench.verdict import Verdict
from tests.sandbox.test_values import plain

ROOT = Path(__file__).parent.parent.parent
PRIME = 2**61 - 1
MEASURED = """
import resource, sys
from tarot_bench.grading.grade import _judge
from tarot_bench.problem import *
from tarot_bench.verdict import Execution
{make}
test = TestCase(tier=None, kind={kind!r}, input={given!r}, output={expected})
problem = Problem(id="p", statement="", style="function" if {kind!r} != "stdin" else "stdin", entry_point="f",
                  original_tests=(test,), checker=Checker(kind={checker!r}))
done = Execution("exited", 0, result=data, stdout=data)
_judge(problem, test, Execution("exited", 0, result=b"1", stdout=b"1"), None, None)
before = resource.getrusage(resource.RUSAGE_SELF)
verdict, why = _judge(problem, test, done, None, None)
after = resource.getrusage(resource.RUSAGE_SELF)
assert verdict != "PASSED" and len(why) < 10_000
print(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, (after.ru_maxrss - before.ru_maxrss) / 1024)
"""


def cost(make, kind="call", given="[]", expected="'[1, 2]'", checker="lines"):
    """CPU seconds and MiB that judging a result takes, in a process of its own."""
    code = MEASURED.format(make=make, kind=kind, given=given, expected=expected, checker=checker)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    cpu_s, mib = map(float, done.stdout.split())
    return cpu_s, mib


EMPTY_LISTS = "data = b'[' + b'[],' * (16 * 2**20 // 3 - 2) + b'[]]'"
COLLIDING = f"numbers = b','.join(b'%d' % ({PRIME} * n) for n in range(1, 400_000))\n"
LITERAL = "def check(candidate):\n    assert candidate(1) == [1, 2]"
TRUE = "def check(candidate):\n    assert candidate(1)"


@pytest.mark.parametrize(
    ("make", "kind", "given", "checker"),
    [
        (EMPTY_LISTS, "call", "[]", "lines"),
        (EMPTY_LISTS, "suite", LITERAL, "lines"),
        (EMPTY_LISTS, "suite", TRUE, "lines"),
        (COLLIDING + "data = b'{\"!\":[\"set\",[' + numbers + b']]}'", "call", "[]", "lines"),
        (COLLIDING + "data = b'[' + numbers + b']'", "call", "[]", "unordered_lines"),
        (COLLIDING + 'data = b\'[["value",{"!":["set",[\' + numbers + b\']]}]]\'', "suite", TRUE, "lines"),
        ("data = b'a\\n' * (8 << 20)", "stdin", "", "lines"),
        ("data = b'ab ' * (5 << 20)", "stdin", "", "tokens"),
        ("data = b'ab ' * (5 << 20)", "stdin", "", "float"),
        ("data = b'\\n' * (16 << 20)", "stdin", "", "unordered_lines"),
        ("data = b'1' * (16 << 20)", "stdin", "", "float"),
    ],
)
def test_sixteen_mebibytes_of_anything_cost_little(make, kind, given, checker):
    cpu_s, mib = cost(make, kind, given, checker=checker)
    assert cpu_s < 5
    assert mib < 150


@pytest.mark.parametrize("checker", ["lines", "float", "unordered_lines"])
@pytest.mark.parametrize(("opening", "closing"), [('{"!":["set",[', "]]}"), ("[", "]")])
def test_a_large_expected_value_does_not_make_collisions_affordable(opening, closing, checker):
    expected = f"{opening!r} + ','.join(map(str, range(60_000))) + {closing!r}"
    make = (
        f"numbers = b','.join(b'%d' % ({PRIME} * n) for n in range(1, 60_001))\n"
        f"data = {opening.encode()!r} + numbers + {closing.encode()!r}"
    )
    assert cost(make, expected=expected, checker=checker)[0] < 5


def with_other_types(value):
    """Values that are the same, in encodings that are as long as they get."""
    if isinstance(value, bool | int) and -(2**53) < value < 2**53:
        return complex(value, 0)
    if isinstance(value, list):
        return tuple(map(with_other_types, value))
    return value


@given(plain | st.lists(st.lists(st.just([]) | st.integers(0, 9), max_size=300), max_size=300))
def test_no_equal_value_is_too_large(value):
    text = encode(value).decode()
    expected = expected_value(text)
    for same in (value, with_other_types(value)):
        assert too_large(encode(same), expected.size) == ""
        decode_untrusted(encode(same), most_parts(expected.size))


def test_no_value_within_tolerance_is_too_large():
    expected = expected_value(encode([0.5] * 50_000).decode())
    actual = encode([0.50000000000000123] * 50_000)
    assert too_large(actual, expected.size) == ""
    back = decode_untrusted(actual, most_parts(expected.size))
    assert same_value(expected.value, back, Checker(kind="float"))


def test_an_expected_value_that_cannot_be_encoded_has_no_size():
    assert encoded_size(...) == (0, 0)
    assert size_of(b"[1,[2]]") == (7, 3)


def test_a_literal_suite_s_answers_are_bounded_together():
    calls = calls_of("def check(candidate):\n" + "    assert candidate(1) == 'x'\n" * 1000, "f")
    right = encode([["value", "x"]] * 1000)
    assert judge(calls, right) == (Verdict.PASSED, "")
    verdict, why = judge(calls, encode([["value", "x" * 200_000]] * 10))
    assert verdict is Verdict.WRONG_ANSWER
    assert "2000" in why


def test_a_truth_may_be_of_any_size():
    calls = calls_of(TRUE, "f")
    assert judge(calls, encode([["value", ["x" * 100] * 50_000]])) == (Verdict.PASSED, "")


def test_a_large_wrong_result_is_a_wrong_answer_in_the_real_sandbox(sandbox):
    problem = Problem(
        id="p",
        statement="",
        style="function",
        entry_point="f",
        original_tests=(TestCase(tier=None, kind="call", input="[]", output="3"),),
        limits=Limits(cpu_s=5, wall_s=30),
    )
    (result,) = grade_code(problem, "def f(): return ['long'] * 100_000", sandbox).results
    assert result.verdict is Verdict.WRONG_ANSWER
    assert result.detail.startswith('got 700001 bytes, where the expected value takes 1: \'["long","long"')
