"""``compat=evalplus``: verdicts that evalplus 0.3.1 gives and ours does not, one program for each of its defects."""

import pytest

from tarot_bench.benchmarks import open_benchmark
from tarot_bench.errors import RecipeError
from tarot_bench.evaluation.parts import load_parts
from tarot_bench.evaluation.settings import resolve
from tarot_bench.grading import grade_code
from tarot_bench.grading.compat import applies
from tarot_bench.verdict import Verdict

ROW = {
    "task_id": "HumanEval/0",
    "prompt": "def half(x):\n    '''Half of x.'''\n",
    "entry_point": "half",
    "canonical_solution": "    return x / 2\n",
    "test": "",
    "contract": "",
    "base_input": [[3]],
    "plus_input": [[5]],
    "atol": 0,
}
PASSED, WRONG = Verdict.PASSED, Verdict.WRONG_ANSWER


@pytest.fixture
def judged(jsonl, sandbox):
    """The verdicts on ``base`` of a program, ours and evalplus'."""

    def do(code, **changes):
        data = jsonl("HumanEvalPlus.jsonl.gz", [ROW | changes])
        (problem,) = open_benchmark("humaneval_plus").load(data, None, None)
        grades = [grade_code(problem, code, sandbox, compat=compat) for compat in (None, "evalplus")]
        return tuple(next(r.verdict for r in grade.results if r.group == "base") for grade in grades)

    return do


def test_a_right_program_passes_both(judged):
    assert judged("def half(x):\n    return x / 2") == (PASSED, PASSED)


def test_a_wrong_program_fails_both(judged):
    assert judged("def half(x):\n    return x // 2") == (WRONG, WRONG)


def test_a_tolerance_that_was_needed_once_stays_for_later_inputs(judged):
    reference = {"canonical_solution": "    return [0.1] if x else [10**9]\n", "base_input": [[1], [0]]}
    close = "def half(x):\n    return [0.1] if x else [10**9 + 50]"
    assert judged(close, **reference) == (WRONG, PASSED)
    assert judged(close, **reference | {"base_input": [[0], [1]]}) == (WRONG, WRONG)


def test_a_value_of_another_type_must_be_exact(judged):
    rounded = {"canonical_solution": "    return x / 3 * 3 + 1e-9\n", "base_input": [[3]]}
    assert judged("def half(x):\n    return 3", **rounded) == (PASSED, WRONG)


def test_not_a_number_is_never_right(judged):
    nan = {"canonical_solution": "    return float('nan')\n"}
    assert judged("def half(x):\n    return float('nan')", **nan) == (PASSED, WRONG)


@pytest.mark.slow
def test_more_than_a_second_of_wall_time_on_one_input_is_wrong(judged):
    assert judged("import time\ndef half(x):\n    time.sleep(1.2)\n    return x / 2") == (PASSED, WRONG)


def test_nobody_finds_a_zero(judged):
    root = {
        "task_id": "HumanEval/32",
        "entry_point": "find_zero",
        "prompt": "def find_zero(xs):\n    '''A root.'''\n",
        "canonical_solution": "    return -xs[0] / xs[1]\n",
        "base_input": [[[1, 2]]],
        "atol": 0.0001,
    }
    assert judged("def find_zero(xs):\n    return -xs[0] / xs[1]", **root) == (PASSED, WRONG)


def test_a_label_that_would_mean_nothing_is_refused(jsonl):
    with pytest.raises(RecipeError, match="compat=evalplus has no comparison for tarot"):
        load_parts(resolve("gold", "tarot", limit=2, compat="evalplus"))
    data = jsonl("HumanEvalPlus.jsonl.gz", [ROW])
    (problem,) = open_benchmark("humaneval_plus").load(data, None, None)
    assert applies("evalplus", problem)
    assert not applies("tarot", problem)
