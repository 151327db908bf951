"""Attacks and memorised answers are recognised, and ordinary programs are not."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tarot_bench as tb
from tarot_bench.leaderboard.programs import attack, memorised, varies
from tarot_bench.problem import Problem, TestCase, Tier
from tests.leaderboard import tampering

ATTACKS = {
    tampering.FRAME: "reads frames (line 2)",
    tampering.EQUAL: "makes a result that equals everything (line 2)",
    tampering.PROC: "opens files of the system (line 1)",
    tampering.NATIVE: "reaches native memory (line 2)",
    tampering.OBJECTS: "searches the memory of its process (line 1)",
    tampering.GRADER: "imports the grader (line 1)",
    tampering.BUILTIN: "replaces builtins.len (line 2)",
    tampering.PIPE: "uses the open file 3 (line 2)",
    "import os\nos.kill(os.getppid(), 9)": "reaches for other processes (line 2)",
    "import sys\nsys.exit = print": "replaces sys.exit (line 2)",
}


@pytest.mark.parametrize("code", ATTACKS)
def test_an_attack_is_named_with_its_line(code):
    assert attack(code) == ATTACKS[code]


ORDINARY = [
    "import sys\nsys.setrecursionlimit(10 ** 6)\nsys.stdin = open(0)\nprint(sys.stdin.read())",
    "import os, io\ndata = os.read(0, 100)\nos.write(1, data)\nopen('/dev/stdin').read()",
    "from ctypes import c_int32\nprint(c_int32(2 ** 31).value)",
    "import sys, io\nsys.stdout = io.StringIO()",
    "class P:\n    def __eq__(self, other):\n        return self.x == other.x",
    "class P:\n    def __eq__(self, other):\n        if self is other:\n            return True\n        return False",
    "import gc\ngc.disable()\ngame.kill(3)\nwrite(5)\nread(7)",
    "not python at all",
    "",
]


@pytest.mark.parametrize("code", ORDINARY)
def test_an_ordinary_program_is_no_attack(code):
    assert attack(code) is None


def test_no_reference_solution_is_an_attack_or_memorised():
    for problem in tb.load_problems():
        assert attack(problem.solution) is None, problem.id
        assert memorised(problem.solution, problem) == 0, problem.id


def test_real_reference_solutions_are_no_attacks(shared_data):
    rows = [json.loads(line) for line in (shared_data / "tarot_rows.jsonl").read_text().splitlines()]
    assert [row["problem_id"] for row in rows if attack(row["gold_standard_solution"])] == []


def of(kind: str, *inputs: str, statement: str = "s") -> Problem:
    style = {"style": "function", "entry_point": "f"} if kind == "call" else {}
    tests = [TestCase(tier=Tier.EDGE, kind=kind, input=text, output="1") for text in inputs]
    return Problem(id="p", statement=statement, tests=tests, **style)


MEMORISED = [
    (of("stdin", "3\n1 2 3\n", "2\n9 8\n"), "d = {'3\\n1 2 3': 6, '2\\n9 8': 17}\nprint(d[input()])", 2),
    (of("stdin", "12345", "67890"), "x = input()\nif x == '12345': print(1)\nelif '67890' == x: print(2)", 2),
    (of("call", "[[1, 2, 3]]", "[[4, 5]]"), "def f(x):\n    if x == [1, 2, 3]: return 6\n    return x == [4, 5]", 2),
    (of("call", '["abcd", 2]', '["efgh", 3]'), "def f(*a):\n    return {('abcd', 2): 1, ('efgh', 3): 2}[a]", 2),
    (of("call", '["abcd"]', '["efgh"]'), "match x:\n    case 'abcd': print(1)\n    case 'efgh': print(2)", 2),
    (of("stdin", "12345", "67890"), "x = input()\nprint(x == '12345')", 0),
    (of("stdin", "12", "67"), "x = input()\nprint(x == '12' or x == '67')", 0),
    (of("stdin", "12345", "67890"), "words = ['12345', '67890']", 0),
    (of("stdin", "12345", "67890", statement="12345 and 67890"), "d = {'12345': 1, '67890': 2}", 0),
    (of("stdin", "12345", "67890"), "no program", 0),
]  # fmt: skip


@pytest.mark.parametrize(("problem", "code", "count"), MEMORISED)
def test_test_inputs_that_a_program_compares_with_are_counted(problem, code, count):
    assert memorised(code, problem) == count


def test_programs_that_draw_or_wait_vary():
    assert varies("from random import choice")
    assert varies("import numpy as np\nnp.random.rand()")
    assert varies("import os.path, time")
    assert not varies("import math\nprint(math.pi)")
    assert not varies("(((")


@given(st.text(max_size=200))
def test_any_text_can_be_read(text):
    assert attack(text) is None or text
    assert memorised(text, of("stdin", "12345", "67890")) >= 0
    assert varies(text) in (True, False)
