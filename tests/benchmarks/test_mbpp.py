"""MBPP: rows of its file become problems, and their assertions become suites that judge."""

import pytest

from tarot_bench.benchmarks import open_benchmark
from tarot_bench.errors import DataError
from tarot_bench.verdict import Verdict

MBPP = open_benchmark("mbpp")


def row(number=11, **changes):
    fields = {
        "task_id": number,
        "text": "Write a function to add up two numbers.",
        "code": "def add_up(a, b):\r\n    return a + b",
        "test_setup_code": "",
        "test_list": ["assert add_up(1, 2) == 3", "assert add_up(-1, 1) == 0", "assert add_up(2, 2) == 4"],
        "challenge_test_list": [],
    }
    return fields | changes


@pytest.fixture
def one(jsonl):
    """The problem that a single row becomes."""
    return lambda **changes: next(iter(MBPP.load(jsonl("mbpp.jsonl", [row(**changes)]), None, "full")))


def test_the_statement_shows_the_assertions_and_the_gold_passes(one, judge_code):
    problem = one()
    assert problem.statement == "\n".join(["Write a function to add up two numbers.", "", *row()["test_list"]])
    assert problem.entry_point == "add_up"
    assert "\r" not in problem.solution
    assert judge_code(problem, problem.solution).solved


def test_a_wrong_answer_names_the_assertion_that_failed(one, judge_code):
    (result,) = judge_code(one(), "def add_up(a, b):\n    return abs(a) + b").results
    assert result.verdict is Verdict.WRONG_ANSWER
    assert "(-1, 1) == 0" in result.detail


def test_a_wrong_answer_to_an_assertion_of_many_parts_names_it_too(one, judge_code):
    problem = one(test_list=["assert sorted({add_up(1, 2), add_up(0, 0)}) == [0, 3]"])
    assert judge_code(problem, problem.solution).solved
    (result,) = judge_code(problem, "def add_up(a, b):\n    return 3").results
    assert "sorted({add_up(1, 2), add_up(0, 0)}) == [0, 3]" in result.detail


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        ("def add_up(a, b):\n    return a / 0", Verdict.RUNTIME_ERROR),
        ("def add_up(a, b):\n    while True: pass", Verdict.TIME_LIMIT),
        ("def plus(a, b):\n    return a + b", Verdict.RUNTIME_ERROR),
        ("class Yes:\n    def __eq__(self, other): return True\ndef add_up(a, b): return Yes()", Verdict.RUNTIME_ERROR),
    ],
)
def test_other_programs_get_the_verdict_that_they_earned(one, judge_code, code, verdict):
    problem = one()
    problem = problem.model_copy(update={"limits": problem.limits.model_copy(update={"cpu_s": 0.5})})
    assert judge_code(problem, code).results[0].verdict is verdict


def test_splits_are_the_papers(jsonl):
    path = jsonl("mbpp.jsonl", [row(number) for number in (1, 10, 11, 510, 511, 600, 601, 974)])
    sizes = {name: len(MBPP.load(path, None, name)) for name in ("prompt", "test", "validation", "train", "full")}
    assert sizes == {"prompt": 2, "test": 2, "validation": 2, "train": 2, "full": 8}
    assert [problem.id for problem in MBPP.load(path, None, None)] == ["MBPP/11", "MBPP/510"]
    with pytest.raises(DataError, match=r"no split 'dev'.*validation"):
        MBPP.load(path, None, "dev")


def test_sanitized_rows_are_read_too(one, judge_code):
    problem = one(
        prompt="Add up.", text=None, test_imports=["import math"], test_list=["assert math.isclose(add_up(1, 2), 3.0)"]
    )
    assert problem.statement.startswith("Add up.")
    assert judge_code(problem, problem.solution).solved


def test_a_module_that_only_the_solution_imports_is_there_for_the_assertions(one, judge_code):
    problem = one(
        code="import math\ndef add_up(a, b):\n    return a + b", test_list=["assert add_up(0, math.pi) == math.pi"]
    )
    assert judge_code(problem, problem.solution).solved


def test_assertions_may_use_a_class_of_the_program(one, judge_code):
    code = (
        "class Pair:\n    def __init__(self, a, b): self.a, self.b = a, b\n"
        "def add_up(pairs):\n    return sum(p.a + p.b for p in pairs)"
    )
    problem = one(code=code, test_list=["assert add_up([Pair(1, 2), Pair(3, 4)]) == 10", "assert add_up([]) == 0"])
    assert judge_code(problem, code).solved
    assert not judge_code(problem, code.replace("p.a + p.b", "p.a")).solved
    assert [test.forgeable for test in problem.all_tests] == [True]


def test_assertions_on_plain_values_cannot_be_forged(one):
    assert [test.forgeable for test in one().all_tests] == [False]


def test_set_up_code_runs_where_the_program_lives(one, judge_code):
    code = (
        "class Node:\n    def __init__(self, value): self.value = value\ndef add_up(node):\n    return node.value + 1"
    )
    problem = one(code=code, test_setup_code="root = Node(4)\r\nroot.value = 6", test_list=["assert add_up(root) == 7"])
    assert judge_code(problem, code).solved
    assert not judge_code(problem, code.replace("+ 1", "+ 2")).solved


def test_an_argument_that_is_a_type_reaches_the_program(one, judge_code):
    code = "def keep(items, kind):\n    return [item for item in items if isinstance(item, kind)]"
    problem = one(code=code, test_list=["assert keep([1, 'a', 2.0], str) == ['a']"])
    assert judge_code(problem, code).solved


def test_a_function_may_be_called_check_or_hide_a_builtin(one, judge_code):
    for name in ("check", "sum"):
        code = f"def {name}(a, b):\n    return a * b"
        problem = one(code=code, test_list=[f"assert {name}(3, 4) == 12"])
        assert judge_code(problem, code).solved
        assert not judge_code(problem, code.replace("*", "+")).solved


def test_assertions_that_call_nothing_of_the_solution_are_an_error(one):
    with pytest.raises(DataError, match=r"mbpp.jsonl:1: no assertion calls a function"):
        one(test_list=["assert 1 == 1"])


def test_the_real_test_split_has_500_problems(shared_data):
    assert len(MBPP.load(str(shared_data / "mbpp.jsonl"), None, None)) == 500
