"""HumanEval+ and MBPP+: rows of the release files and of the Hub become suites that judge as evalplus means to."""

import json

import pytest

from tarot_bench.benchmarks import open_benchmark
from tarot_bench.benchmarks.mbpp_plus import shapes_of
from tarot_bench.verdict import Verdict

HUMANEVAL_PLUS, MBPP_PLUS = open_benchmark("humaneval_plus"), open_benchmark("mbpp_plus")
PROMPT = 'def clamp(x: float, top: float) -> float:\n    """ The smaller of the two, but no less than 0. """\n'
HUMAN = {
    "task_id": "HumanEval/0",
    "prompt": PROMPT,
    "entry_point": "clamp",
    "canonical_solution": "    return max(0, min(x, top))\n",
    "test": "def check(candidate):\n    assert candidate(1, 2) == 1\n",
    "contract": "",
    "base_input": [[1, 2], [0.5, 0.25]],
    "plus_input": [[-1, 2], [3, 3], [1e300, float("inf")]],
    "atol": 0,
}
MBPP = {
    "task_id": "Mbpp/9000",
    "prompt": '"""\nWrite a function to list the pairs.\nassert pairs((1, 2), [(3, 4)]) == [(1, 3), (2, 4)]\n"""\n',
    "entry_point": "pairs",
    "canonical_solution": "\ndef pairs(left, rows):\n  return [(a, b) for (a, b) in zip(left, rows[0])]\n",
    "contract": "",
    "base_input": [[[1, 2], [[3, 4]]]],
    "plus_input": [[[], [[]]], [[5, 6, 7], [[8, 9]]]],
    "assertion": "\nassert pairs((1, 2), [(3, 4)]) == [(1, 3), (2, 4)]\nassert pairs((), [()]) == []\n",
    "atol": 0,
}


@pytest.fixture
def human(jsonl):
    def load(**changes):
        rows = [HUMAN | changes]
        return next(iter(HUMANEVAL_PLUS.load(jsonl("HumanEvalPlus.jsonl.gz", rows), None, None)))

    return load


@pytest.fixture
def mbpp(jsonl):
    return lambda **changes: next(iter(MBPP_PLUS.load(jsonl("MbppPlus.jsonl.gz", [MBPP | changes]), None, None)))


def verdicts(grade):
    return {result.group: result.verdict for result in grade.results}


def test_the_gold_passes_base_and_plus(human, judge_code):
    problem = human()
    assert verdicts(judge_code(problem, problem.solution)) == {"base": Verdict.PASSED, "plus": Verdict.PASSED}


def test_a_program_may_pass_base_and_fail_plus(human, judge_code):
    grade = judge_code(human(), "def clamp(x, top):\n    return min(x, top)")
    assert verdicts(grade) == {"base": Verdict.PASSED, "plus": Verdict.WRONG_ANSWER}
    assert "input 1, (-1, 2): expected 0, got -1" in grade.results[1].detail


def test_floats_may_be_a_little_off_but_no_more(human, judge_code):
    problem = human(base_input=[[0.5, 0.25]], plus_input=[[1e300, 2e300]])
    assert judge_code(problem, "def clamp(x, top):\n    return max(0, min(x, top)) * (1 + 1e-9)").solved
    assert not judge_code(problem, "def clamp(x, top):\n    return max(0, min(x, top)) + 1e-3").solved
    assert not judge_code(human(plus_input=[[3, 3]]), "def clamp(x, top):\n    return min(x, top) + 1e-9").solved


@pytest.mark.parametrize(
    "code",
    [
        "class Yes:\n    def __eq__(self, other): return True\ndef clamp(x, top): return Yes()",
        "class Yes(float):\n    def __eq__(self, other): return True\ndef clamp(x, top): return Yes(7)",
        "import sys\ndef clamp(x, top):\n    return sys._getframe(1).f_locals['expected']",
        "import os\ndef clamp(x, top):\n    os._exit(0)",
        "def clamp(x, top):\n    raise SystemExit(0)",
    ],
)
def test_no_program_talks_its_way_through(human, judge_code, code):
    assert not judge_code(human(), code).solved


def test_arguments_spoilt_by_the_program_do_not_spoil_the_oracle(human, judge_code):
    changes = {
        "task_id": "HumanEval/32",
        "entry_point": "find_zero",
        "prompt": 'def find_zero(xs: list):\n    """ Where it is 0. """\n',
        "canonical_solution": "    return -xs[0] / xs[1]\n",
        "base_input": [[[1, 2]]],
        "plus_input": [[[4, -2]]],
        "atol": 1e-4,
    }
    problem = human(**changes)
    assert judge_code(problem, problem.solution).solved
    assert judge_code(problem, "def find_zero(xs):\n    return -xs[0] / xs[1] + 1e-6").solved
    assert not judge_code(problem, "def find_zero(xs):\n    xs.clear()\n    return 0").solved


def test_json_inputs_become_what_the_assertions_pass(mbpp, judge_code):
    problem = mbpp()
    assert judge_code(problem, problem.solution).solved
    picky = "def pairs(left, rows):\n    assert type(left) is tuple and type(rows) is list and type(rows[0]) is tuple\n"
    assert judge_code(problem, picky + "    return [*zip(left, rows[0])]").solved
    assert "Write a function to list the pairs.\nassert pairs((1, 2)" in problem.statement
    assert '"""' not in problem.statement


def test_shapes_join_what_several_assertions_show():
    assertions = "assert f([], {'a': (1,)}, 3) == 0\nassert f([[(1, 2)], []], {}, -1) == 1\nassert g((1,)) == 2"
    assert shapes_of(assertions, "f") == {0: (list, (list, (tuple, None))), 1: (dict, (tuple, None))}
    with pytest.raises(ValueError, match="a tuple and a list in the same place"):
        shapes_of("assert f((1,)) == f([1])", "f")


def test_a_task_of_sets_accepts_any_order_and_any_collection(mbpp, judge_code):
    changes = {
        "task_id": "Mbpp/2",
        "entry_point": "similar_elements",
        "canonical_solution": "\ndef similar_elements(a, b):\n  return tuple(set(a) & set(b))\n",
        "assertion": "assert set(similar_elements((3, 4), (4, 5))) == set((4,))",
        "base_input": [[[3, 4, 5], [5, 4]]],
        "plus_input": [[[], []], [["x", 1, 2.5], [2.5, 1, "y"]]],
    }
    problem = mbpp(**changes)
    for value in ("[i for i in b if i in a] * 2", "{i: 0 for i in a if i in b}.keys()", "(i for i in a if i in b)"):
        assert judge_code(problem, f"def similar_elements(a, b):\n    return {value}").solved
    assert not judge_code(problem, "def similar_elements(a, b):\n    return a").solved
    assert not judge_code(problem, "def similar_elements(a, b):\n    return None").solved


def test_a_match_object_counts_as_found(mbpp, judge_code):
    changes = {
        "task_id": "Mbpp/737",
        "entry_point": "check_str",
        "canonical_solution": "\nimport re\ndef check_str(string):\n  return re.search('^[aeiou]', string)\n",
        "assertion": 'assert check_str("annie")',
        "base_input": [["annie"], ["dawood"]],
        "plus_input": [["E"], [""], ["ö'\"\\"]],
    }
    problem = mbpp(**changes)
    assert judge_code(problem, problem.solution).solved
    assert judge_code(problem, "def check_str(s):\n    return s[:1] in tuple('aeiou')").solved
    assert not judge_code(problem, "def check_str(s):\n    return True").solved
    assert not judge_code(problem, "def check_str(s):\n    return s[:1]").solved


def test_complex_numbers_are_read_from_text(mbpp, judge_code):
    changes = {
        "task_id": "Mbpp/252",
        "entry_point": "norm",
        "canonical_solution": "\ndef norm(z):\n  return (abs(z), z.imag)\n",
        "assertion": "assert norm(1) == (1.0, 0.0)",
        "base_input": [["1"]],
        "plus_input": [["(3+4j)"], ["-1j"]],
    }
    problem = mbpp(**changes)
    assert judge_code(problem, problem.solution).solved


def test_a_task_without_further_inputs_has_only_base(mbpp):
    assert [test.group for test in mbpp(plus_input={}).original_tests] == ["base"]


def test_huge_answers_are_left_out_and_counted(jsonl):
    changes = {
        "task_id": "Mbpp/255",
        "entry_point": "c",
        "canonical_solution": "def c(l, n):\n  return n\n",
        "assertion": "assert c(['r'], 1) == 1",
        "base_input": [[["r"], 1]],
        "plus_input": [[["r"], 2], [["r", "g", "b"], 80]],
    }
    problems = MBPP_PLUS.load(jsonl("MbppPlus.jsonl.gz", [MBPP | changes]), None, None)
    assert list(problems.notes.values()) == [1]
    assert "80" not in problems.problems[0].original_tests[1].input.partition("INPUTS")[2]


def test_rows_of_the_hub_are_one_suite(jsonl, judge_code):
    test = "\n".join(
        [
            "import numpy as np",
            "def assertion(out, exp, atol):",
            "    assert out == exp or np.allclose(out, exp, rtol=1e-07, atol=atol)",
            "inputs, results = [[1, 2], [3, 4]], [3, 7]",
        ]
    )
    loop = "for inp, exp in zip(inputs, results):\n    assertion({}(*inp), exp, 0)\n"
    shared = {
        "prompt": 'def add(a, b):\n    """ + """\n',
        "entry_point": "add",
        "canonical_solution": "    return a + b",
    }
    indented = loop.format("candidate").replace("\n", "\n    ").rstrip()
    human = {"task_id": "HumanEval/0", "test": f"{test}\ndef check(candidate):\n    {indented}\n", **shared}
    mbpp = {
        "task_id": 7,
        "code": "def add(a, b):\n    return a + b",
        "prompt": "Write a function to add.",
        "source_file": "",
        "test_imports": [],
        "test_list": ["assert add(1, 2) == 3", "assert add(0, 0) == 0"],
        "test": f"{test}\n{loop.format('add')}",
    }
    for benchmark, row in ((HUMANEVAL_PLUS, human), (MBPP_PLUS, mbpp)):
        problem = next(iter(benchmark.load(jsonl("hub.jsonl", [row]), None, None)))
        assert judge_code(problem, problem.solution).solved
        assert judge_code(problem, "def add(a, b):\n    return a * b").results[0].verdict is Verdict.WRONG_ANSWER


def test_the_oracles_are_part_of_what_a_digest_covers(human):
    text = human().original_tests[0].input
    assert "def equal(" in text
    assert json.dumps(HUMAN["canonical_solution"])[1:-1] in text
