"""What is run: programs whose right answers are known, as problems whose solution is the program."""

import gzip
import json
import math
import os
import random
from copy import deepcopy
from pathlib import Path

from tarot_bench.dataset.embedded import load_embedded
from tarot_bench.problem import TIERS, Limits, Problem, TestCase
from tarot_bench.sandbox.values import encode
from tests.bench.machine import ROOT

_NUMBERS = (0, 1, 7, 12, 100)
_TRIVIAL = (
    ("print(int(input()) + 1)", lambda n: n + 1),
    ("n = int(input())\nprint(n * n)", lambda n: n * n),
    ("print('odd' if int(input()) % 2 else 'even')", lambda n: "odd" if n % 2 else "even"),
    ("n = int(input())\nprint(sum(range(n + 1)))", lambda n: n * (n + 1) // 2),
    ("print(input()[::-1])", lambda n: str(n)[::-1]),
    ("print(len(input()))", lambda n: len(str(n))),
    ("print(sum(map(int, input())))", lambda n: sum(map(int, str(n)))),
    ("print(bin(int(input()))[2:])", lambda n: f"{n:b}"),
    ("print(f'{int(input()):05d}')", lambda n: f"{n:05d}"),
    ("print(*divmod(int(input()), 7))", lambda n: f"{n // 7} {n % 7}"),
    ("import sys\nprint(int(sys.stdin.readline()) - 1)", lambda n: n - 1),
    ("import sys\nprint(int(sys.stdin.read()) * 3)", lambda n: n * 3),
    ("import sys\nsys.stdout.write(sys.stdin.readline())", lambda n: n),
    ("import math\nprint(math.isqrt(int(input())))", lambda n: int(n**0.5)),
    ("import math\nprint(math.gcd(int(input()), 60))", lambda n: math.gcd(n, 60)),
    ("def f(n):\n    return n if n < 2 else f(n - 2) + 2\nprint(f(int(input())))", lambda n: n),
    ("a, b = 0, 1\nfor _ in range(int(input())):\n    a, b = b, a + b\nprint(a)", lambda n: _fibonacci(n)),
    ("n = int(input())\nwhile n > 9:\n    n -= 9\nprint(n)", lambda n: (n - 1) % 9 + 1 if n else 0),
    ("n = int(input())\nprint([i for i in range(n) if i % 3 == 0][-1:])", lambda n: [(n - 1) // 3 * 3] if n else []),
    ("d = {i: i * i for i in range(101)}\nprint(d[int(input())])", lambda n: n * n),
    ("class P:\n    def __init__(s, v):\n        s.v = v\nprint(P(int(input())).v + 5)", lambda n: n + 5),
    (
        "try:\n    print(100 // int(input()))\nexcept ZeroDivisionError:\n    print('none')",
        lambda n: 100 // n if n else "none",
    ),
    ("print(''.join(sorted(input(), reverse=True)))", lambda n: "".join(sorted(str(n), reverse=True))),
    (
        "from collections import Counter\nprint(max(Counter(input()).values()))",
        lambda n: max(map(str(n).count, str(n))),
    ),
)
_NUMPY = (
    ("print(int(np.arange(int(input()) + 1).sum()))", lambda n: n * (n + 1) // 2),
    ("print(int((np.eye(3, dtype=int) * int(input())).trace()))", lambda n: 3 * n),
    ("a = np.array([int(input()), 5, 3])\nprint(*np.sort(a))", lambda n: " ".join(map(str, sorted([n, 5, 3])))),
    ("n = int(input())\nprint(int(np.dot(np.full(4, n), np.ones(4, dtype=int))))", lambda n: 4 * n),
)
_CANDIDATE_SEED = 0


def trivial() -> list[Problem]:
    """24 programs of a line or a few, 5 tests each."""
    return [_of_numbers(f"trivial/{i}", source, answer, _NUMBERS) for i, (source, answer) in enumerate(_TRIVIAL)]


def groups(count: int = 64) -> list[Problem]:
    """The trivial programs again and again, as problems with a test in each of the four tiers."""
    made = []
    for number in range(count):
        source, answer = _TRIVIAL[number % len(_TRIVIAL)]
        base = _of_numbers(f"group/{number}", source, answer, [number % 20 + n for n in _NUMBERS[:4]])
        tests = tuple(t.model_copy(update={"tier": tier}) for t, tier in zip(base.tests, TIERS, strict=True))
        made.append(base.model_copy(update={"tests": tests}))
    return made


def numpy_programs() -> list[Problem]:
    """4 programs that import numpy and do next to nothing with it, 3 tests each."""
    sources = [(f"import numpy as np\n{source}", answer) for source, answer in _NUMPY]
    return [_of_numbers(f"numpy/{i}", source, answer, _NUMBERS[:3]) for i, (source, answer) in enumerate(sources)]


def embedded() -> list[Problem]:
    """The golds that ship with the package, on all their tests."""
    return list(load_embedded())


def humaneval() -> list[dict]:
    """Rows of HumanEval: the official file where there is one, else from the Hub.

    Raises:
        FileNotFoundError: neither can be had; its text is the remedy.
    """
    named = [os.environ[name] for name in ("TAROT_DATA_DIR", "TAROT_SHARED_DATA") if name in os.environ]
    for folder in (*named, ROOT.parent / "shared" / "data"):
        file = Path(folder) / "HumanEval.jsonl.gz"
        if file.is_file():
            with gzip.open(file, "rt") as lines:
                return [json.loads(line) for line in lines]
    try:
        from datasets import load_dataset

        return [*load_dataset("openai/openai_humaneval", split="test")]
    except Exception as error:  # whatever the Hub's client raises without a network
        why = f"the Hub cannot be asked ({type(error).__name__})"
        raise FileNotFoundError(f"no HumanEval.jsonl.gz, and {why}; name its folder in TAROT_DATA_DIR") from None


def recorded(row: dict) -> Problem:
    """A HumanEval gold with the arguments that its own check calls it with, and what it then returns."""
    program = row["prompt"] + row["canonical_solution"]
    namespace: dict = {}
    exec(program, namespace)
    gold = namespace[row["entry_point"]]
    calls = []

    def recorder(*arguments):
        before = deepcopy(arguments)
        returned = gold(*arguments)
        calls.append((before, deepcopy(returned)))
        return returned

    random.seed(_CANDIDATE_SEED)  # three of the checks draw their inputs
    exec(row["test"], namespace)
    namespace["check"](recorder)
    tests = tuple(
        TestCase(tier=None, kind="call", input=encode(list(arguments)).decode(), output=encode(returned).decode())
        for arguments, returned in calls
    )
    return _function(row, program, tests)


def as_suite(row: dict) -> Problem:
    """A HumanEval gold with its check as it stands: what `evaluate --benchmark humaneval` runs."""
    test = TestCase(tier=None, kind="suite", input=row["test"])
    return _function(row, row["prompt"] + row["canonical_solution"], (test,))


def _function(row: dict, program: str, tests: tuple[TestCase, ...]) -> Problem:
    return Problem(
        id=row["task_id"],
        statement="",
        solution=program,
        style="function",
        entry_point=row["entry_point"],
        starter_code=row["prompt"],
        original_tests=tests,
    )


def _of_numbers(name, source, answer, numbers) -> Problem:
    tests = tuple(TestCase(tier="basic", input=f"{n}\n", output=f"{answer(n)}\n") for n in numbers)
    return Problem(id=name, statement="", solution=source, tests=tests, limits=Limits(cpu_s=5))


def _fibonacci(n: int) -> int:
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a
