"""The author without an LLM, in the real sandbox."""

import pytest

from tarot_bench.dataset.entry import Entry
from tarot_bench.dataset.synthetic.family import entries
from tarot_bench.generation.author.drafting import FailedTest, Wanted
from tarot_bench.generation.author.generator import GeneratorSettings
from tarot_bench.generation.author.mutate.author import MutateAuthor
from tarot_bench.generation.author.mutate.picking import Candidate, boundary_of, pick, spread
from tarot_bench.generation.observing import steps
from tarot_bench.generation.validate.accepting import accepts
from tarot_bench.grading import grade_code
from tarot_bench.problem import TIERS, Problem, TestCase, Tier

MUTATE = GeneratorSettings(model="mutate")
SORTING = Problem(
    id="sorting",
    statement="Sort n numbers between 1 and 99; 1 <= n <= 50.",
    solution="input()\nprint(*sorted(map(int, input().split())))\n",
    original_tests=(TestCase(tier=None, input="4\n25 4 23 1\n", output="1 4 23 25\n"),),
)
VALIDATOR = """
import sys
n, *values = map(int, sys.stdin.read().split())
sys.exit(not (1 <= n <= 50 and n == len(values) and all(1 <= value <= 99 for value in values)))
"""
FUNCTION = Problem(
    id="total",
    statement="Sum the list.",
    solution="def total(values):\n    made = 0\n    for value in values:\n        made += value\n    return made\n",
    style="function",
    entry_point="total",
    original_tests=(TestCase(tier=None, input="[[1, 2, 3]]", output="6", kind="call"),),
)
LISTS_ONLY = "import json, sys\n(values,) = json.load(sys.stdin)\nsys.exit(not all(type(v) is int for v in values))\n"


def draft(sandbox, *wants: Wanted, seed: int = 0, **changes):
    generator = MUTATE.model_copy(update=changes)
    return list(MutateAuthor(generator, sandbox, seed).draft(wants))


@pytest.mark.parametrize(("problem", "validator"), [(SORTING, VALIDATOR), (FUNCTION, LISTS_ONLY)])
def test_four_valid_tests_that_the_gold_passes_each_with_a_reason(problem, validator, sandbox):
    (made,) = draft(sandbox, Wanted(Entry(problem=problem, validator=validator), TIERS))
    tests = tuple(test for test, _ in made.tests)
    assert [test.tier for test in tests] == list(TIERS)
    assert made.reason is None
    assert grade_code(problem.model_copy(update={"tests": tests}), problem.solution, sandbox).solved
    assert all(accepts(validator, [test.input for test in tests], sandbox))
    assert len({test.input for test in tests} | {problem.original_tests[0].input}) == 5
    for test, provenance in made.tests:
        assert "executed lines" in test.reason
        assert provenance.generator == "mutate"


def test_the_same_seed_gives_the_same_tests_whatever_else_is_asked_for(sandbox):
    wants = [Wanted(entry, TIERS) for entry in entries(6)]
    together = draft(sandbox, *wants)
    assert draft(sandbox, *reversed(wants))[::-1] == together
    assert draft(sandbox, wants[3]) == [together[3]]
    assert draft(sandbox, wants[3], seed=1) != [together[3]]


def test_work_rises_from_basic_to_complex(sandbox):
    (made,) = draft(sandbox, Wanted(Entry(problem=FUNCTION, validator=LISTS_ONLY), TIERS))
    inputs = [test.input for test, _ in made.tests]
    basic, intermediate, complex_, edge = steps(FUNCTION, inputs, sandbox)
    assert basic <= intermediate < complex_
    assert edge <= basic


def test_without_a_validator_there_are_no_tests_unless_the_recipe_takes_the_risk(sandbox):
    want = Wanted(Entry(problem=SORTING), TIERS)
    (made,) = draft(sandbox, want)
    assert (made.tests, made.reason) == ((), "no-validator")
    (risked,) = draft(sandbox, want, without_validator=True)
    assert len(risked.tests) == 4


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"solution": None}, "no-gold"),
        ({"original_tests": (TestCase(tier=None, input="9 " * 15_000, output=""),)}, "no-known-inputs"),
        ({"solution": "raise SystemExit(1)"}, "too-few-inputs"),
    ],
)
def test_what_cannot_be_mutated_says_why(changes, reason, sandbox):
    problem = SORTING.model_copy(update=changes)
    (made,) = draft(sandbox, Wanted(Entry(problem=problem, validator=VALIDATOR), TIERS))
    assert (made.tests, made.reason) == ((), reason)


def test_a_repair_does_not_come_back_with_the_rejected_input(sandbox):
    entry = Entry(problem=SORTING, validator=VALIDATOR)
    (first,) = draft(sandbox, Wanted(entry, (Tier.EDGE,)))
    rejected = first.tests[0][0]
    failure = FailedTest(Tier.EDGE, rejected.input, rejected.output, "", "same-input: twice")
    (again,) = draft(sandbox, Wanted(entry, (Tier.EDGE,), 1, (failure,)))
    test, provenance = again.tests[0]
    assert test.input != rejected.input
    assert provenance.round == 1


def test_steps_are_counted_in_the_program_only_and_up_to_a_limit(sandbox):
    endless = "n = int(input())\nwhile n:\n    n += 1\n"
    three = SORTING.model_copy(update={"solution": "import json\njson.loads('[1, 2]')\nint(input())\n"})
    assert steps(three, ["1\n", "x\n"], sandbox) == [3, None]
    counted = steps(SORTING.model_copy(update={"solution": endless}), ["0\n", "1\n"], sandbox)
    assert counted[0] == 2
    assert counted[1] > 10_000


def test_a_gold_that_kills_the_process_is_chosen_for_by_size(sandbox):
    abrupt = "import os\ninput()\nos.write(1, b'done\\n')\nos._exit(0)\n"
    problem = SORTING.model_copy(update={"solution": abrupt})
    (made,) = draft(sandbox, Wanted(Entry(problem=problem, validator=VALIDATOR), TIERS))
    sizes = [len(test.input) for test, _ in made.tests]
    assert sizes[0] <= sizes[1] < sizes[2]
    assert all("work unknown" in test.reason for test, _ in made.tests)


def test_picks_are_spread_by_work_and_edge_is_a_boundary():
    candidates = [Candidate(f"input {n}", TIERS[n % 4], "x", n) for n in range(1, 21)]
    picked = {tier: candidate.steps for tier, (candidate, _) in pick(candidates, TIERS).items()}
    assert picked == {Tier.EDGE: 3, Tier.COMPLEX: 20, Tier.BASIC: 5, Tier.INTERMEDIATE: 11}
    assert pick(candidates[:1], TIERS).keys() == {Tier.EDGE}
    assert pick([], TIERS) == {}


def test_only_an_input_with_a_boundary_is_called_one():
    shuffled = Candidate("3\n2 9 5\n", Tier.EDGE, "values shuffled", 3)
    others = [Candidate(f"3\n{n} 1 {n + 90}\n", Tier.BASIC, "numbers changed", 10 + n) for n in range(1, 9)]
    _, reason = pick([shuffled, *others], TIERS)[Tier.EDGE]
    assert "values shuffled" in reason
    assert reason.endswith("no boundary was found among the 1 tried.")
    extreme = Candidate("3\n2 9 1000000000\n", Tier.EDGE, "numbers changed", 5)
    chosen, reason = pick([shuffled, extreme, *others], TIERS)[Tier.EDGE]
    assert chosen is extreme
    assert reason.endswith("a boundary: it holds 1000000000, the largest number of 10 valid inputs.")


@pytest.mark.parametrize(
    ("text", "boundary"),
    [
        ("", "an empty value"),
        ("[[], 3]", "an empty value"),
        ("-7", "it holds -7, the smallest number of 5 valid inputs"),
        ("4\n5 5 5 5", "4 equal numbers in a line"),
        ("4\n5 6 5 5", None),
        ("words", None),
        ("9" * 5000, None),
    ],
)
def test_a_boundary_is_an_empty_value_an_extreme_or_a_repetition(text, boundary):
    assert boundary_of(text, [text, "1 2", "3 99", "2 98", "4 97"]) == boundary


def test_a_spread_holds_the_smallest_the_largest_and_what_lies_between():
    candidates = [Candidate("x" * size, TIERS[0], "") for size in range(1, 101)]
    sizes = [len(candidate.text) for candidate in spread(candidates, 4)]
    assert sizes == [1, 34, 67, 100]
    assert spread(candidates[:3], 4) == candidates[:3]
