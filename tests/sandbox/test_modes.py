"""The ways to run a program, in every kind of sandbox."""

import pytest

from tarot_bench.sandbox import Job, open_sandbox
from tarot_bench.sandbox.inside.wire import BATCH
from tarot_bench.sandbox.values import decode, encode
from tests.sandbox.conftest import LIMITS


def test_a_script_reads_its_input_and_each_input_has_its_own_execution(run):
    results = run.many("print(int(input()) * 2)", [b"4\n", b"5\n", b"x\n"])
    assert [result.stdout for result in results] == [b"8\n", b"10\n", b""]
    assert [result.exit_code for result in results] == [0, 0, 1]
    assert results[2].stderr.endswith(b"ValueError: invalid literal for int() with base 10: 'x'\n")
    assert results[0].ok
    assert not results[2].ok


def test_a_call_returns_plain_data(run):
    result = run.call("def f(a, b=1):\n    return a, {b}", [1], 2)
    assert decode(result.result) == ([1], {2})


def test_calls_are_made_in_order_in_one_process_up_to_the_first_that_raises(run):
    source = "seen = []\ndef f(a, b=1):\n    seen.append(a)\n    return len(seen), 6 // b"
    job = Job(source, "calls", (encode([[[1], {}], [[2], {"b": 2}], [[3, 0], {}], [[4], {}]]),), LIMITS, "f")
    (result,) = run.sandbox.run(job)
    assert decode(result.result) == [
        ["value", (1, 6)],
        ["value", (2, 3)],
        ["raised", "ZeroDivisionError: integer division or modulo by zero"],
    ]


def test_an_answer_is_what_was_returned_then_whatever_a_later_call_does_to_it(run):
    source = "last = [0]\ndef f(a):\n    last[0] = a\n    return last"
    job = Job(source, "calls", (encode([[[1], {}], [[2], {}]]),), LIMITS, "f")
    assert decode(run.sandbox.run(job)[0].result) == [["value", [1]], ["value", [2]]]


def test_a_method_is_called_on_a_fresh_instance(run):
    source = "class Solution:\n    n = []\n    def f(self):\n        self.n.append(1)\n        return len(self.n)"
    job = Job(source, "call", (encode([]), encode([])), LIMITS, "Solution.f")
    assert [decode(result.result) for result in run.sandbox.run(job)] == [1, 1]


def test_the_program_of_a_call_is_not_main(run):
    assert decode(run.call("name = __name__\ndef f():\n    return name").result) != "__main__"


def test_a_result_that_is_not_data_is_the_programs_error(run):
    result = run.call("def f():\n    return (x for x in [1])")
    assert (result.exit_code, result.result) == (1, None)
    assert b"generator is not plain data" in result.stderr


def test_a_call_that_exits_has_not_returned(run):
    result = run.call("import sys\ndef f():\n    sys.exit(0)")
    assert (result.ok, result.result) == (False, None)


def test_a_missing_entry_point_is_the_programs_error(run):
    result = run.call("def g():\n    return 1")
    assert result.exit_code == 1
    assert b"name 'f' is not defined" in result.stderr


@pytest.mark.parametrize(
    ("source", "status"),
    [
        ("def f(x): return 2 * x", "passed"),
        ("def f(x): return 4", "failed"),
        ("def f(x): raise KeyError(x)", "raised"),
        ("def f(x): raise AssertionError('mine')", "raised"),
        ("def f(x): import os; os._exit(0)", "raised"),
        ("def f(x): raise SystemExit(0)", "raised"),
        ("import unittest\ndef f(x): raise unittest.SkipTest('skip')", "raised"),
        ("import sys; sys.exit(0)", "raised"),
        ("def f(x) return", "raised"),
    ],
)
def test_a_suite_says_who_is_to_blame(run, source, status):
    result = run.suite(source, "assert candidate(2) == 4\nassert candidate(x=3) == 6, 'three'")
    assert decode(result.result)["status"] == status


def test_a_suite_at_fault_is_broken(run):
    assert decode(run.suite("def f(x): return x", "candidate(1)\n1 / 0").result)["status"] == "broken"
    assert decode(run.suite("def f(x): return x", "def").result)["status"] == "broken"


def test_a_suite_sees_the_candidates_exceptions_as_one_foreign_type_that_names_them(run):
    tester = "try:\n    candidate(1)\nexcept Exception as e: assert str(e) == 'ValueError: no'\nelse: assert 0"
    assert decode(run.suite("def f(x): raise ValueError('no')", tester).result)["status"] == "passed"
    tester = "try:\n    candidate(1)\nexcept (ValueError, KeyError, StopIteration):\n    pass"
    assert decode(run.suite("def f(x): raise ValueError('no')", tester).result)["status"] == "raised"


def test_always_equal_objects_arrive_as_what_they_extend(run):
    source = "class E(int):\n    def __eq__(self, other): return True\ndef f(): return E(3)"
    assert decode(run.suite(source, "assert candidate() == 4").result)["status"] == "failed"
    assert decode(run.suite(source, "assert type(candidate()) is int").result)["status"] == "passed"


def test_an_uncompilable_program_is_reported_for_every_input(run):
    results = run.many("def f(:\n    pass", [b"", b"", b""])
    assert [result.outcome for result in results] == ["compile"] * 3
    assert b"SyntaxError" in results[2].stderr


def test_an_uncompilable_program_with_many_inputs_costs_no_jail():
    job = Job("def f(:", "stdin", (b"",) * (2 * BATCH + 1), LIMITS)
    with open_sandbox(workers=1) as sandbox:
        first = Job("import os; print(os.getpid())", "stdin", (b"",), LIMITS)
        (before,) = sandbox.run(first)
        assert {result.outcome for result in sandbox.run(job)} == {"compile"}
        (after,) = sandbox.run(first)
    assert int(after.stdout) > int(before.stdout), "a new jail counts its processes anew"


@pytest.mark.parametrize("source", ["x = '\0'", "x = '\ud800'", "# coding: nonsense\nx=1", "(" * 5000 + ")" * 5000])
def test_a_source_that_is_not_a_program_is_uncompilable_at_worst(run, source):
    assert run.stdin(source).outcome in ("compile", "memory", "exited")
    assert run.stdin("print(1)").stdout == b"1\n"


def test_a_long_source_runs(run):
    source = "\n".join(f"x{n} = {n}" for n in range(20_000)) + "\nprint(x19999)"
    assert len(source) > 200 * 1024
    assert run.stdin(source).stdout == b"19999\n"
