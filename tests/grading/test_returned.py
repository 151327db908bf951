"""Functions that return Decimals, Fractions, iterators, ranges and views of dictionaries: judged as Python would."""

import json
from pathlib import Path

import pytest

from tarot_bench.benchmarks import open_benchmark
from tarot_bench.grading import grade, grade_code
from tarot_bench.grading.compare import same_value
from tarot_bench.grading.literal_suite import calls_of
from tarot_bench.grading.showing import shown_value
from tarot_bench.problem import Checker, Limits, Problem, TestCase
from tarot_bench.sandbox.values import decode_untrusted
from tarot_bench.verdict import Completion, Verdict

CASES = Path(__file__).parents[3] / "shared" / "cases" / "found-1"
LIMITS = Limits(cpu_s=5, wall_s=20, memory_mib=512, output_kib=1024)
EXACT = Checker(kind="lines")
PROGRAM = (
    "import itertools\nfrom collections import *\nfrom decimal import *\nfrom fractions import Fraction\n"
    "class Own:\n    def __eq__(self, other): return True\n"
    "def f(x):\n    return eval(x)\n"
)

ACCEPTED = [
    ("Decimal(3)", "f(x) == 3"),
    ("Decimal('0.5')", "f(x) == 0.5"),
    ("Decimal('7.0')", "7 == f(x)"),
    ("[Decimal(1), (Fraction(1, 4),)]", "f(x) == [1, (0.25,)]"),
    ("{Decimal(1): Fraction(2)}", "f(x) == {1: 2}"),
    ("{Fraction(4, 2), Decimal('1.5')}", "f(x) == set([2, 1.5])"),
    ("Fraction(1, 2)", "f(x) == 0.5"),
    ("Fraction(1, 3)", "abs(f(x) - 0.3333333333333333) < 1e-6"),
    ("Decimal(2)", "abs(f(x) - 2) < 1e-6"),
    ("Decimal(2)", "f(x)"),
    ("Decimal(0)", "not f(x)"),
    ("Decimal('2.5')", "isinstance(f(x), Decimal) and round(f(x)) == 2"),
    ("map(int, '12')", "list(f(x)) == [1, 2]"),
    ("map(int, '12')", "tuple(f(x)) == tuple([1, 2])"),
    ("filter(None, [0, 1])", "sorted(f(x)) == [1]"),
    ("zip('ab', [1, 2])", "dict(f(x)) == {'a': 1, 'b': 2}"),
    ("(n * n for n in range(3))", "set(f(x)) == {0, 1, 4}"),
    ("reversed([1, 2])", "next(f(x)) == 2"),
    ("itertools.permutations([1, 2])", "sum(1 for _ in f(x)) == 2"),
    ("map(int, '12')", "f(x)"),
    ("range(3)", "list(f(x)) == [0, 1, 2] and len(f(x)) == 3 and f(x)[-1] == 2"),
    ("{'a': 1}.keys()", "f(x) == set(['a'])"),
    ("{'a': 1}.keys()", "list(f(x)) == ['a'] and 'a' in f(x)"),
    ("{'a': 1}.items()", "list(f(x)) == [('a', 1)]"),
    ("OrderedDict(b=2).values()", "sum(f(x)) == 2"),
    ("Counter('aab').keys()", "sorted(f(x)) == ['a', 'b']"),
]
REFUSED = [
    ("Decimal('0.1')", "f(x) == 0.1"),
    ("Decimal('2.0')", "abs(f(x) - 2.0) < 1e-6"),  # Decimal - float is a TypeError
    ("Decimal('NaN')", "f(x) == 1"),
    ("Decimal('NaN')", "abs(f(x) - 1) < 1e-6"),  # InvalidOperation
    ("Decimal('sNaN')", "f(x) == 1"),
    ("Decimal('1e999999999')", "int(f(x)) == 1"),
    ("Fraction(10**400, 3)", "abs(f(x) - 1.5) < 1e-6"),  # OverflowError
    ("Fraction(1, 3)", "f(x) == 0.3333333333333333"),
    ("map(int, '12')", "f(x) == [1, 2]"),
    ("(n for n in [1, 2])", "f(x) == (1, 2)"),
    ("iter([])", "not f(x)"),
    ("map(int, '12')", "len(f(x)) == 2"),
    ("range(3)", "f(x) == [0, 1, 2]"),
    ("{'a': 1}.keys()", "f(x) == ['a']"),
    ("{'a': 1}.values()", "f(x) == [1]"),
    ("{'a': 1}.items()", "f(x) == [('a', 1)]"),
    ("map(lambda n: 1 // n, [1, 0])", "list(f(x)) == [1]"),
    ("itertools.count()", "list(f(x))"),
    ("{1: 2}.values()", "sorted(f(x)) == [1]"),
    ("Own()", "f(x) == 1"),
]


def suite(value, claim):
    claim = claim.replace("f(x)", f"candidate({value!r})")
    return f"from decimal import Decimal\ndef check(candidate):\n    assert {claim}\n"


def judged(sandbox, source, tests, checker=EXACT):
    problem = Problem(
        id="p", statement="", style="function", entry_point="f", original_tests=tests, limits=LIMITS, checker=checker
    )
    return grade_code(problem, source, sandbox).results


def test_the_judge_agrees_with_python_on_what_is_accepted(sandbox):
    tests = tuple(TestCase(tier=None, kind="suite", input=suite(*case), output="") for case in ACCEPTED)
    results = judged(sandbox, PROGRAM, tests)
    failed = [
        (case, made.detail) for case, made in zip(ACCEPTED, results, strict=True) if made.verdict is not Verdict.PASSED
    ]
    assert failed == []


def test_the_judge_refuses_what_python_refuses(sandbox):
    tests = tuple(TestCase(tier=None, kind="suite", input=suite(*case), output="") for case in REFUSED)
    results = judged(sandbox, PROGRAM, tests)
    wrong = {Verdict.WRONG_ANSWER, Verdict.RUNTIME_ERROR}
    assert [case for case, made in zip(REFUSED, results, strict=True) if made.verdict not in wrong] == []
    assert [made.detail for made in results if " at 0x" in made.detail] == []


def python_accepts(value, claim):
    namespace = {}
    exec(PROGRAM, namespace)
    try:
        exec(suite(value, claim) + "check(f)", namespace)
    except Exception:
        return False
    return True


def test_the_cases_above_are_what_python_says():
    assert [case for case in ACCEPTED if not python_accepts(*case)] == []
    costly = ("1e999999999", "count()", "Own()")  # two would not end; an own __eq__ never reaches the judge
    quick = [case for case in REFUSED if not any(word in case[0] for word in costly)]
    assert [case for case in quick if python_accepts(*case)] == []


def test_both_kinds_of_suite_are_among_the_cases():
    for cases in ACCEPTED, REFUSED:
        literal = [calls_of(suite(*case), "f") is not None for case in cases]
        assert literal.count(True) > 5
        assert literal.count(False) > 4


def test_an_exception_inside_a_returned_generator_is_the_programs(sandbox):
    source = "def f(x):\n    yield x\n    raise KeyError(x)"
    for claim in "f(x) == [1]", "list(f(x)) == [1]":
        test = TestCase(tier=None, kind="suite", input=suite(1, claim), output="")
        (made,) = judged(sandbox, source, (test,))
        assert (made.verdict, made.detail[:8]) == (Verdict.RUNTIME_ERROR, "KeyError")


@pytest.mark.parametrize(
    ("value", "expected", "verdict"),
    [
        ("Decimal('0.5')", "0.5", Verdict.PASSED),
        ("Fraction(1, 2)", "0.5", Verdict.PASSED),
        ("[Decimal(2), Fraction(6, 3)]", "[2, 2]", Verdict.PASSED),
        ("Decimal('0.1')", "0.1", Verdict.WRONG_ANSWER),
        ("Decimal('NaN')", "1", Verdict.WRONG_ANSWER),
        ("Decimal(2)", '"2"', Verdict.WRONG_ANSWER),
        ("map(int, '12')", "[1, 2]", Verdict.RUNTIME_ERROR),
        ("{1: 2}.keys()", '{"!": ["set", [1]]}', Verdict.RUNTIME_ERROR),
    ],
)
def test_a_call_takes_exact_numbers_as_python_does_and_no_iterators(sandbox, value, expected, verdict):
    call = TestCase(tier=None, kind="call", input=json.dumps([value]), output=expected)
    (made,) = judged(sandbox, PROGRAM, (call,))
    assert made.verdict is verdict, made.detail


@pytest.mark.parametrize(
    ("expected", "written", "same"),
    [
        ([1, 0.5], '[{"!":["fraction",[1,2]]},{"!":["decimal","1.00"]}]', True),
        ([10**400], '[{"!":["decimal","1e400"]}]', True),
        ([0.1], '[{"!":["decimal","0.1"]}]', False),
        ([float("inf")], '[{"!":["decimal","Infinity"]}]', True),
        ([float("inf")], '[{"!":["decimal","1e400"]}]', False),
        ([1, 2], '[{"!":["fraction",[%s1,3]]},2]' % ("9" * 400), False),
        ([0], '[{"!":["decimal","NaN"]}]', False),
    ],
)
def test_lists_without_order_take_exact_numbers_for_what_they_are(expected, written, same):
    got = decode_untrusted(written.encode())
    assert same_value(expected, got, Checker(kind="unordered_lines")) is same
    assert same_value(expected[::-1], got, EXACT) is same


def test_values_are_shown_without_addresses_and_cut():
    for text, wanted in [
        ('{"!":["iterator",[1]]}', "<an iterator>"),
        ('{"!":["keys",["a"]]}', "dict_keys(['a'])"),
        ('{"!":["items",[["a",1]]]}', "dict_items([('a', 1)])"),
        ('{"!":["decimal","1.50"]}', "Decimal('1.50')"),
        ('{"!":["range",[0,3,1]]}', "range(0, 3)"),
    ]:
        assert shown_value(decode_untrusted(text.encode())) == wanted
    assert len(shown_value({n: n for n in range(10**6)}.values())) < 100


@pytest.fixture(scope="module")
def found():
    if not CASES.is_dir():
        pytest.skip(f"no cases in {CASES}")
    return CASES


def test_completions_that_humaneval_accepts_pass(sandbox, found, shared_data):
    problems = {p.id: p for p in open_benchmark("humaneval").load(str(shared_data / "HumanEval.jsonl.gz"), None, None)}
    rows = [json.loads(line) for line in (found / "humaneval99-decimal.jsonl").read_text().splitlines()]
    assert len(rows) == 3
    for row in rows:
        problem = problems[row["task_id"]]
        answer = Completion(problem_id=problem.id, index=0, model="test", text=row["completion"], finish_reason="stop")
        assert grade(problem, answer, sandbox).solved, row["task_id"]


def test_a_fraction_passes_a_call_test(sandbox, found):
    lines = (found / "problems.jsonl").read_text().splitlines()
    row = next(row for row in map(json.loads, lines) if row["id"] == "half")
    code = json.loads((found / "c17-fraction.jsonl").read_text())["text"].split("```")[1].removeprefix("python\n")
    tests = tuple(TestCase(tier=None, kind="call", input=t["input"], output=t["output"]) for t in row["tests"])
    results = judged(sandbox, code.replace("half", "f"), tests)
    assert all(made.verdict is Verdict.PASSED for made in results)
