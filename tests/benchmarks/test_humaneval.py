"""HumanEval: rows of its file become problems whose suites judge."""

from tarot_bench.benchmarks import open_benchmark
from tarot_bench.verdict import Verdict

HUMANEVAL = open_benchmark("humaneval")
ROW = {
    "task_id": "HumanEval/0",
    "prompt": (
        "from typing import List\n\ndef twice(x: int) -> int:\n    return 2 * x\n\n\n"
        'def twice_all(items: List[int]) -> List[int]:\n    """ Double every item. """\n'
    ),
    "canonical_solution": "    return [twice(item) for item in items]\n",
    "test": (
        "\n\ndef check(candidate):\n    assert candidate([1, 2]) == [2, 4]\n    assert twice_all([twice(1)]) == [4]\n"
    ),
    "entry_point": "twice_all",
}


def load(jsonl):
    return next(iter(HUMANEVAL.load(jsonl("HumanEval.jsonl.gz", [ROW]), None, None)))


def test_the_gold_passes_and_the_suite_may_use_the_prompts_helpers(jsonl, judge_code):
    problem = load(jsonl)
    assert judge_code(problem, problem.solution).solved
    assert judge_code(problem, "def twice_all(items):\n    return [twice(item) for item in items]").solved


def test_a_bare_continuation_is_a_whole_program(jsonl, judge):
    problem = load(jsonl)
    assert judge(problem, ROW["canonical_solution"]).solved
    assert judge(problem, "    return items\n").results[0].verdict is Verdict.WRONG_ANSWER


def test_every_real_gold_passes(shared_data, gold_misses):
    problems = HUMANEVAL.load(str(shared_data / "HumanEval.jsonl.gz"), None, None)
    assert len(problems) == 164
    assert gold_misses(problems) == []
