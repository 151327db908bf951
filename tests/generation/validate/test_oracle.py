import hashlib

import pytest

from tarot_bench.dataset import Entry
from tarot_bench.dataset.entry import Materials, TestFacts, Vote
from tarot_bench.generation.alternatives import with_alternatives
from tarot_bench.generation.validate.stage import ValidateSettings, check
from tarot_bench.grading import grade_code
from tarot_bench.problem import Checker, GeneratedInput, GeneratorProgram, Origin, Problem, TestCase, Tier
from tests.generation.making import GOLD, case_of, entry_of

MAJORITY = ValidateSettings(times=1, record_cpu=False)
WRONG_ON_FIVES = "input()\nnumbers = list(map(int, input().split()))\nprint(sum(numbers) + (numbers == [5, 5]))\n"
BRUTE_FORCE = """\
n = int(input())
total = 0
for number in map(int, input().split()):
    for _ in range(abs(number)):
        total += 1 if number > 0 else -1
print(total)
"""


def generated(tier, numbers, seed=0):
    """A test whose input a generator program made: nobody predicted its output."""
    test = case_of(tier, numbers)
    digest = hashlib.sha256(test.input.encode()).hexdigest()
    recipe = GeneratedInput(program="g", seed=seed, digest=digest, size=len(test.input))
    return test.model_copy(update={"output": "", "generated": recipe})


def entry_with(*tests, solution=GOLD, others=(), brute_force=None, **fields):
    entry = entry_of(
        tests=tests,
        solution=solution,
        origin=Origin(extra=with_alternatives({}, others, solution)),
        generator_programs=(GeneratorProgram(name="g", source="print(input())"),),
        **fields,
    )
    return entry.model_copy(update={"materials": Materials(brute_force=brute_force)})


def flags_of(checked):
    return [flag.reason for flag in checked.entry.flags]


def outputs_of(checked):
    return [test.output for test in checked.entry.problem.tests]


def test_an_input_without_a_prediction_gets_the_executed_output_with_the_votes_on_record(sandbox):
    entry = entry_with(
        generated(Tier.BASIC, "1 2"), generated(Tier.EDGE, "5 5"), others=(GOLD + "#",), brute_force=BRUTE_FORCE
    )
    checked = check(entry, sandbox, MAJORITY)
    assert (outputs_of(checked), flags_of(checked)) == (["3\n", "10\n"], [])
    voters = ("gold", "alternative-1", "brute-force")
    votes = tuple(Vote(voter=voter, agrees=True) for voter in voters)
    assert [facts.votes for facts in checked.entry.facts] == [votes, votes]


def test_a_prediction_alone_never_gives_an_output_and_needs_two_programs_against_it(sandbox):
    wrong = case_of(Tier.EDGE, "5 5", output="11\n")
    alone = check(entry_with(wrong), sandbox, MAJORITY)
    assert (outputs_of(alone), flags_of(alone)) == ([], ["gold-disagrees"])
    confirmed = check(entry_with(wrong, brute_force=BRUTE_FORCE), sandbox, MAJORITY)
    assert (outputs_of(confirmed), flags_of(confirmed)) == (["10\n"], ["gold-disagrees"])


def test_the_executed_output_is_shipped_where_a_prediction_is_only_close_to_it(sandbox):
    gold = "input()\nprint(1.0)\n"
    other = "input()\nprint(1.0000009)\n"
    predicted = case_of(Tier.EDGE, "5 5", output="0.9999992\n")
    entry = entry_with(predicted, solution=gold, others=(other,), checker=Checker(kind="float"), original_tests=())
    (made,) = check(entry, sandbox, MAJORITY).entry.problem.tests
    assert made.output == "1.0\n"
    spaced = predicted.model_copy(update={"output": "1.0 \n"})
    (kept,) = check(entry_with(spaced, solution=gold, original_tests=()), sandbox, MAJORITY).entry.problem.tests
    assert kept.output == "1.0 \n", "equal but for white space"


def test_a_gold_that_is_wrong_on_an_edge_is_outvoted_and_replaced(sandbox):
    tests = (generated(Tier.BASIC, "1 2"), generated(Tier.EDGE, "5 5"))
    checked = check(
        entry_with(*tests, solution=WRONG_ON_FIVES, others=(GOLD,), brute_force=BRUTE_FORCE), sandbox, MAJORITY
    )
    assert (checked.entry.problem.solution, outputs_of(checked)) == (GOLD, ["3\n", "10\n"])
    assert flags_of(checked) == ["gold-replaced"]
    assert grade_code(checked.entry.problem, GOLD, sandbox).solved


def test_a_vote_that_the_gold_wins_is_told_of_the_voter_who_lost(sandbox):
    others = (GOLD + "#", WRONG_ON_FIVES)
    checked = check(entry_with(generated(Tier.EDGE, "5 5"), others=others), sandbox, MAJORITY)
    assert outputs_of(checked) == ["10\n"]
    assert [vote.agrees for vote in checked.entry.facts[0].votes] == [True, True, False]


def test_a_tie_between_programs_drops_an_input_that_nobody_predicted(sandbox):
    tests = (generated(Tier.BASIC, "1 2"), generated(Tier.EDGE, "5 5"))
    checked = check(entry_with(*tests, others=(WRONG_ON_FIVES,)), sandbox, MAJORITY)
    assert (outputs_of(checked), flags_of(checked)) == (["3\n"], ["programs-disagree"])
    assert "alternative-1: '11\\n'" in checked.entry.flags[0].detail


def test_a_program_that_crashes_or_hangs_on_an_input_abstains(sandbox):
    crashes = GOLD + "n == 1 and 1 / 0\n"
    hangs = GOLD.replace("print", "while n == 1: pass\nprint")
    entry = entry_with(generated(Tier.EDGE, "5"), others=(crashes, hangs), limits={"cpu_s": 0.3, "wall_s": 5})
    checked = check(entry, sandbox, MAJORITY)
    assert [vote.voter for vote in checked.entry.facts[0].votes] == ["gold"]


def test_a_brute_force_that_contradicts_the_gold_and_another_solution_is_refused(sandbox):
    tests = (generated(Tier.BASIC, "1 2"), generated(Tier.EDGE, "5 5"))
    entry = entry_with(*tests, others=(GOLD + "#",), brute_force=WRONG_ON_FIVES)
    checked = check(entry, sandbox, MAJORITY)
    assert (outputs_of(checked), flags_of(checked)) == (["3\n", "10\n"], ["brute-force-refused"])
    assert checked.entry.materials.brute_force is None, "it has no vote on later tests"
    assert all(vote.voter != "brute-force" for facts in checked.entry.facts for vote in facts.votes)


def test_a_brute_force_alone_against_the_gold_makes_the_test_doubtful(sandbox):
    tests = (generated(Tier.BASIC, "1 2"), generated(Tier.COMPLEX, "3 4"), generated(Tier.EDGE, "5 5"))
    checked = check(entry_with(*tests, brute_force=WRONG_ON_FIVES), sandbox, MAJORITY)
    assert (outputs_of(checked), flags_of(checked)) == (["3\n", "7\n"], ["brute-force-disagrees"])


def test_a_brute_force_that_contradicts_the_gold_on_most_inputs_drops_the_problem(sandbox):
    wrong_on_pairs = "n = int(input())\nnumbers = input().split()\nprint(15 if numbers == ['7', '8'] else -1)\n"
    tests = (generated(Tier.BASIC, "1 2"), generated(Tier.EDGE, "5 5"))
    dropped = check(entry_with(*tests, brute_force=wrong_on_pairs), sandbox, MAJORITY).dropped
    assert dropped == ("gold-contradicted", "a brute force gives another output on 2 of 2 tests")


def test_a_brute_force_that_fails_an_original_test_has_no_vote(sandbox):
    checked = check(entry_with(generated(Tier.EDGE, "5 5"), brute_force="print(11)"), sandbox, MAJORITY)
    assert (outputs_of(checked), flags_of(checked)) == (["10\n"], [])


@pytest.mark.slow
def test_a_brute_force_that_is_too_slow_for_large_inputs_votes_on_small_ones(sandbox):
    tests = (generated(Tier.BASIC, "1 2"), generated(Tier.COMPLEX, "1000000000 1000000000"))
    checked = check(entry_with(*tests, brute_force=BRUTE_FORCE), sandbox, MAJORITY)
    assert [[vote.voter for vote in facts.votes] for facts in checked.entry.facts] == [
        ["gold", "brute-force"],
        ["gold"],
    ]
    assert outputs_of(checked) == ["3\n", "2000000000\n"]


MEAN = "n = int(input())\nprint(sum(map(int, input().split())) / n)\n"
OTHER_MEAN = "n = int(input())\nprint(sum(int(word) / n for word in input().split()))\n"


def test_outputs_that_differ_only_in_the_last_digits_widen_the_checker(sandbox):
    tests = (generated(Tier.BASIC, "1 2"), generated(Tier.EDGE, "3 3 3 4 4 4 4 5 5"))
    originals = (case_of(None, "4 4", output="4.0"),)
    entry = entry_with(*tests, solution=MEAN, others=(OTHER_MEAN,), original_tests=originals)
    checked = check(entry, sandbox, MAJORITY)
    assert checked.entry.problem.checker.kind == "float"
    assert flags_of(checked) == ["checker-widened"]
    assert len(checked.entry.problem.tests) == 2
    assert checked.failures == ()


class Recording:
    """Records the inputs that programs get."""

    workers = 1

    def __init__(self, sandbox):
        self._sandbox, self.inputs = sandbox, []

    def run(self, job):
        self.inputs += job.inputs
        return self._sandbox.run(job)


def test_only_new_tests_are_run_when_an_entry_is_checked_again(sandbox):
    first = check(entry_with(generated(Tier.BASIC, "1 2"), others=(GOLD + "#",)), sandbox, MAJORITY).entry
    new = generated(Tier.EDGE, "5 5")
    problem = first.problem.model_copy(update={"tests": (*first.problem.tests, new)})
    again = first.model_copy(update={"problem": problem, "facts": (*first.facts, TestFacts())})
    recording = Recording(sandbox)
    checked = check(again, recording, MAJORITY)
    assert outputs_of(checked) == ["3\n", "10\n"]
    assert first.problem.tests[0].input.encode() not in recording.inputs
    assert new.input.encode() in recording.inputs


@pytest.mark.parametrize("entry_point", ["f", "Solution.f"])
def test_function_problems_are_settled_by_value(entry_point, sandbox):
    def program(body):
        if "." in entry_point:
            return f"class Solution:\n    def f(self, values):\n        return {body}\n"
        return f"def f(values):\n    return {body}\n"

    gold, other = program("sorted(values)"), program("[*sorted(values)]")
    tests = (
        TestCase(tier=Tier.BASIC, kind="call", input="[[3, 1]]", output="[1, 3]"),
        TestCase(tier=Tier.EDGE, kind="call", input="[[]]", output="[0]"),
    )
    problem = Problem(
        id="f",
        statement="Sort.",
        style="function",
        entry_point=entry_point,
        solution=gold,
        tests=tests,
        original_tests=(TestCase(tier=None, kind="call", input="[[2, 1]]", output="[1, 2]"),),
        origin=Origin(extra=with_alternatives({}, (other,), gold)),
    )
    checked = check(Entry(problem=problem), sandbox, MAJORITY)
    assert outputs_of(checked) == ["[1, 3]", "[]"]
    assert [len(facts.votes) for facts in checked.entry.facts] == [2, 2]


def test_a_brute_force_that_agreed_before_does_not_drop_a_problem_for_two_new_tests(sandbox):
    wrong_on_large = (
        "n = int(input())\nvalues = list(map(int, input().split()))\nprint(7 if max(values) > 90 else sum(values))"
    )
    known = tuple(case_of(Tier.BASIC, f"{number}") for number in range(6))
    first = check(entry_with(*known, brute_force=wrong_on_large), sandbox, MAJORITY).entry
    assert len(first.problem.tests) == 6
    new = (generated(Tier.EDGE, "91"), generated(Tier.EDGE, "92", seed=1))
    tests = first.problem.model_copy(update={"tests": (*first.problem.tests, *new)})
    second = check(
        first.model_copy(update={"problem": tests, "facts": (*first.facts, TestFacts(), TestFacts())}),
        sandbox,
        MAJORITY,
    )
    assert (second.dropped, len(second.entry.problem.tests)) == (None, 6)
    alone = check(entry_with(*new, brute_force=wrong_on_large), sandbox, MAJORITY)
    assert alone.dropped[0] == "gold-contradicted"


def test_a_brute_force_that_repeats_the_gold_has_no_vote(sandbox):
    copied = "# simple\n" + GOLD.replace("\n", "  # as it is\n")
    checked = check(entry_with(generated(Tier.EDGE, "5 5"), brute_force=copied), sandbox, MAJORITY)
    assert [vote.voter for vote in checked.entry.facts[0].votes] == ["gold"]
