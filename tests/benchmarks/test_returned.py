"""The golds of the real benchmarks pass, and how many return what is no plain data: the number in eval/README.md."""

import pytest

from tarot_bench.benchmarks import open_benchmark

WATCHED = """

def _watched(function):
    from collections.abc import ItemsView, Iterator, KeysView, ValuesView
    from decimal import Decimal
    from fractions import Fraction
    simple = {{int, float, str, bool, type(None)}}
    def plain(value):
        if type(value) in simple:  # at once: HumanEval/130 returns lists of a million numbers
            return True
        if isinstance(value, (Decimal, Fraction, Iterator, range, KeysView, ItemsView, ValuesView)):
            return False
        if type(value).__module__.split(".")[0] == "numpy":
            return False
        parts = [*value, *value.values()] if isinstance(value, dict) else value
        return not isinstance(parts, (list, tuple, set, frozenset)) or all(map(plain, parts))
    running = []
    def call(*arguments, **named):
        if running:  # a call of its own
            return function(*arguments, **named)
        running.append(True)
        try:
            result = function(*arguments, **named)
        finally:
            running.clear()
        if not plain(result):
            raise TypeError(f"returned {{type(result).__name__}}")
        return result
    return call

{name} = _watched({name})
"""


def watched(problem):
    """A problem whose solution fails where it returns a Decimal, an iterator or the like."""
    solution = problem.solution + WATCHED.format(name=problem.entry_point)
    return problem.model_copy(update={"solution": solution})


def test_a_gold_that_returns_such_a_value_is_noticed(gold_misses, jsonl):
    asserts = {"test_list": ["assert set(f(1)) == {1}"], "test_setup_code": "", "challenge_test_list": []}
    codes = ["def f(x):\n    return [x]", "def f(x):\n    return map(int, [x])", "def f(x):\n    return {x: 1}.keys()"]
    rows = [{"task_id": n, "text": "Write f.", "code": code, **asserts} for n, code in enumerate(codes, start=11)]
    problems = list(open_benchmark("mbpp").load(jsonl("mbpp.jsonl", rows), None, "full"))
    assert gold_misses(problems) == []
    assert gold_misses(map(watched, problems)) == [problem.id for problem in problems[1:]]


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize(
    ("name", "file", "split", "size"),
    [
        ("humaneval", "HumanEval.jsonl.gz", None, 164),
        ("mbpp", "mbpp.jsonl", "full", 974),
        ("humaneval_plus", "HumanEvalPlus-v0.1.10.jsonl.gz", None, 164),
        ("mbpp_plus", "MbppPlus-v0.2.0.jsonl.gz", None, 378),
    ],
)
def test_every_real_gold_passes_and_returns_no_such_value(shared_data, gold_misses, name, file, split, size):
    problems = list(open_benchmark(name).load(str(shared_data / file), None, split))
    assert len(problems) == size
    assert gold_misses(map(watched, problems)) == []
