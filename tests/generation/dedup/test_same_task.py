"""One frame of words around different tasks: golds tell them apart, and reworded copies are still one problem."""

import json
import random
from pathlib import Path

import numpy as np
import pytest

from tarot_bench.dataset import Entry
from tarot_bench.errors import SandboxError
from tarot_bench.generation.dedup.minhash import CLOSEST
from tarot_bench.generation.dedup.same_task import SameTask
from tarot_bench.generation.dedup.stage import DedupSettings, DedupStage
from tarot_bench.problem import Limits, Problem, TestCase, Tier

FRAME = " ".join(f"rule{number}" for number in range(60))
NUMBERS = ("3 1 2", "5 5 2 8", "7 0 -1 4", "6")
READ = "a = list(map(int, input().split()))\n"
TASKS = {
    "sum": sum,
    "max": max,
    "min": min,
    "len": len,
    "sorted": lambda a: " ".join(map(str, sorted(a))),
}


def program(task):
    return READ + ("print(*sorted(a))\n" if task == "sorted" else f"print({task}(a))\n")


def stdin_entry(name, ask, task="sum", solution=None, inputs=NUMBERS, statement=None, **fields):
    tests = tuple(
        TestCase(tier=tier, input=f"{said}\n", output=f"{TASKS[task](list(map(int, said.split())))}\n")
        for tier, said in zip(Tier, inputs, strict=True)
    )
    said = f"{FRAME} {ask}" if statement is None else statement
    solution = program(task) if solution is None else solution
    return Entry(problem=Problem(id=name, statement=said, solution=solution, tests=tests, **fields))


def function_entry(name, task, called, kind="call", by_name=False):
    def test(tier, values):
        if kind == "call":
            return TestCase(tier=tier, kind="call", input=json.dumps([values]), output=json.dumps(TASKS[task](values)))
        call = called if by_name else "candidate"
        body = f"def check(candidate):\n    assert {call}({values}) == {TASKS[task](values)}\n"
        return TestCase(tier=tier, kind="suite", input=body)

    return Entry(
        problem=Problem(
            id=name,
            statement=f"{FRAME} {task} {called}",
            style="function",
            entry_point=called,
            solution=f"def {called}(a):\n    return {task}(a)\n",
            tests=tuple(test(tier, [rank, 3, 2]) for rank, tier in enumerate(Tier)),
        )
    )


class Counting:
    """A real sandbox, and how many jobs it ran."""

    def __init__(self, sandbox):
        self._sandbox = sandbox
        self.jobs = 0

    def run(self, job):
        self.jobs += 1
        return self._sandbox.run(job)


class Failing:
    def run(self, job):
        raise SandboxError("no worker is left")


def deduplicated(entries, sandbox, **options):
    """Reasons of what was dropped, and flags of what was kept, by id."""
    outcomes = list(DedupStage(DedupSettings(), sandbox, **options).run(entries))
    dropped = {outcome.id: outcome.reason for outcome in outcomes if outcome.reason}
    flags = {outcome.id: outcome.entry.flags for outcome in outcomes if outcome.entry and outcome.entry.flags}
    return dropped, flags


def test_different_tasks_in_one_frame_of_words_are_all_kept_and_flagged(sandbox):
    dropped, flags = deduplicated([stdin_entry(f"p-{task}", task, task) for task in TASKS], sandbox)
    assert dropped == {}
    assert {name: [flag.reason for flag in found] for name, found in flags.items()} == {
        f"p-{task}": ["different-task"] for task in sorted(TASKS)[1:]
    }
    assert flags["p-max"][0].detail == "the gold of p-max fails the edge test of p-len: line 1: expected '1', got '6'"


@pytest.mark.parametrize("kind", ["call", "suite"])
@pytest.mark.parametrize("by_name", [False, True])
def test_functions_are_told_apart_whatever_they_are_called(sandbox, kind, by_name):
    entries = [
        function_entry("a", "sum", "total", kind, by_name),
        function_entry("b", "max", "best", kind, by_name),
        function_entry("c", "sum", "added", kind, by_name),
    ]
    dropped, flags = deduplicated(entries, sandbox)
    assert dropped == {"c": "duplicate-near"}
    assert set(flags) == {"b"}


def test_a_method_is_held_against_the_tests_of_a_function(sandbox):
    method = function_entry("b", "max", "Solution.best")
    solution = "class Solution:\n    def best(self, a):\n        return max(a)\n"
    method = method.model_copy(update={"problem": method.problem.model_copy(update={"solution": solution})})
    assert deduplicated([function_entry("a", "sum", "total"), method], sandbox)[0] == {}
    assert deduplicated([function_entry("a", "max", "most"), method], sandbox)[0] == {"b": "duplicate-near"}


def test_reworded_copies_with_other_tests_and_another_gold_are_one_problem(sandbox):
    loop = READ + "total = 0\nfor one in a:\n    total += one\nprint(total)\n"
    copy = stdin_entry("b", "please add everything", "sum", loop, ("1", "2 3", "100 -100", "9 9 9"))
    assert deduplicated([stdin_entry("a", "sum"), copy], sandbox) == ({"b": "duplicate-near"}, {})


def test_a_copy_of_the_second_task_of_a_frame_names_the_second(sandbox):
    entries = [stdin_entry("a", "sum"), stdin_entry("b", "max", "max"), stdin_entry("c", "largest", "max")]
    outcomes = {outcome.id: outcome for outcome in DedupStage(DedupSettings(), sandbox).run(entries)}
    assert outcomes["c"].reason == "duplicate-near"
    assert outcomes["c"].detail.endswith("shared with b, which is kept")
    assert outcomes["b"].entry


def test_one_wrong_answer_of_the_kept_ones_gold_is_enough(sandbox):
    """The gold of the second passes all tests of the first, which are all sorted; not so the other way round."""
    first = stdin_entry("a", "first number", "min", READ + "print(a[0])\n", ("1 2", "3 4", "5 6 7", "0 1"))
    assert set(deduplicated([first, stdin_entry("b", "min", "min")], sandbox)[1]) == {"b"}


@pytest.mark.parametrize(
    "solution",
    ["n = int(input())\nprint(max(int(input()) for _ in range(n)))\n", "while True:\n    pass\n", "def\n"],
    ids=["raises", "never ends", "does not compile"],
)
def test_golds_that_do_not_end_well_on_the_others_tests_say_nothing_and_the_words_decide(sandbox, solution):
    columns = ("2\n1\n2", "1\n5", "2\n3\n4", "1\n0")
    tests = tuple(TestCase(tier=tier, input=said, output="") for tier, said in zip(Tier, columns, strict=True))
    column = Problem(id="b", statement=f"{FRAME} max", solution=solution, tests=tests, limits=Limits(cpu_s=0.2))
    of_three = "a, b, c = map(int, input().split())\nprint(a + b + c)\n"
    row = stdin_entry("a", "sum", "sum", of_three, ("1 2 3", "4 5 6", "7 8 9", "0 0 0"), limits=Limits(cpu_s=0.2))
    assert deduplicated([row, Entry(problem=column)], sandbox) == ({"b": "duplicate-near"}, {})


def test_a_function_and_a_program_are_not_run_on_each_others_tests():
    entries = [stdin_entry("a", "sum"), function_entry("b", "sum", "total")]
    assert deduplicated(entries, Failing()) == ({"b": "duplicate-near"}, {})


def test_the_same_words_around_another_sign_are_another_task(sandbox):
    entries = [
        stdin_entry("a", "", "max", statement="Print 0 + the greatest of a."),
        stdin_entry("b", "", "min", statement="Print 0 - the greatest of a."),
        stdin_entry("c", "", "max", statement="Print 0, + the greatest of a."),
    ]
    dropped, flags = deduplicated(entries, sandbox)
    assert dropped == {"c": "duplicate-exact"}
    assert set(flags) == {"b"}


def test_of_one_text_with_two_golds_one_is_kept():
    text = "Print what is asked for."
    framed = f"Solve the following coding problem using the programming language python:\n\n{text}"
    entries = [stdin_entry("a", "", "max", statement=text), stdin_entry("b", "", "min", statement=framed)]
    assert deduplicated(entries, Failing()) == ({"b": "duplicate-exact"}, {})


def test_statements_close_in_meaning_are_told_apart_too(sandbox):
    entries = [
        stdin_entry("a", "", "max", statement="the greatest number"),
        stdin_entry("b", "", "min", statement="whichever is least"),
        stdin_entry("c", "", "max", statement="what no other exceeds"),
    ]
    dropped, flags = deduplicated(entries, sandbox, embed=lambda texts: np.ones((len(texts), 1), np.float32))
    assert dropped == {"c": "duplicate-meaning"}
    assert set(flags) == {"b"}


def test_the_order_of_the_entries_does_not_decide_who_stays(sandbox):
    entries = [stdin_entry(f"p{number}", f"word{number}", task) for number, task in enumerate([*TASKS] * 2)]
    expected = deduplicated(entries, sandbox)
    assert set(expected[0]) == {f"p{number}" for number in range(5, 10)}
    for seed in range(3):
        assert deduplicated(random.Random(seed).sample(entries, len(entries)), sandbox) == expected


def test_a_pair_is_asked_once_and_a_crowded_frame_costs_a_bounded_number_of_jobs_per_entry(sandbox):
    counting = Counting(sandbox)
    entries = [
        stdin_entry(f"p{number:02}", f"add {number}", "sum", READ + f"print(sum(a) + {number})\n")
        for number in range(3 * CLOSEST)
    ]
    entries = [_with_own_answers(entry, number) for number, entry in enumerate(entries)]
    dropped, flags = deduplicated(entries, counting)
    assert dropped == {}
    assert len(flags) == len(entries) - 1
    assert counting.jobs <= CLOSEST * len(entries)
    counting.jobs, same = 0, SameTask(counting)
    assert [same(entries[1], entries[0]) for _ in range(3)] == [False] * 3
    assert counting.jobs == 1


def _with_own_answers(entry, number):
    tests = tuple(test.model_copy(update={"output": f"{int(test.output) + number}\n"}) for test in entry.problem.tests)
    return entry.model_copy(update={"problem": entry.problem.model_copy(update={"tests": tests})})


def test_a_sandbox_that_fails_leaves_the_stage_undone():
    with pytest.raises(SandboxError, match="no worker is left"):
        deduplicated([stdin_entry("a", "sum"), stdin_entry("b", "max", "max")], Failing())


def test_six_tasks_of_the_reported_case_are_kept(sandbox):
    path = Path(__file__).parents[3] / "shared" / "cases" / "found-1" / "dedup-one-frame-six-tasks.jsonl"
    if not path.is_file():
        pytest.skip(f"no {path}")
    entries = [Entry(problem=Problem.model_validate_json(line)) for line in path.read_text().splitlines()]
    dropped, flags = deduplicated(entries, sandbox)
    assert dropped == {}
    assert len(flags) == 5
