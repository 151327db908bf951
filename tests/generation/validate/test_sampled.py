"""Samples of solvers: one vote for each model, wrong programs, and no veto."""

from tarot_bench.dataset.entry import SampledSolution, WrongProgram
from tarot_bench.generation.validate.stage import check
from tarot_bench.problem import Tier
from tests.generation.making import GOLD, case_of
from tests.generation.validate.test_oracle import (
    BRUTE_FORCE,
    MAJORITY,
    WRONG_ON_FIVES,
    entry_with,
    flags_of,
    generated,
    outputs_of,
)

A, B = "solver:openai/a", "solver:openai/b"
CRASHES = "n = int(input())\nif n == 1:\n    raise ValueError\nprint(sum(map(int, input().split())))\n"
WRONG_ON_ALL = "print(0)\n"


def with_samples(entry, *programs: tuple[str, str]):
    solutions = tuple(SampledSolution(source=source, solver=solver) for solver, source in programs)
    return entry.model_copy(update={"solutions": solutions})


def votes_of(checked):
    return [{vote.voter: vote.agrees for vote in facts.votes} for facts in checked.entry.facts]


def test_a_model_has_one_vote_and_its_wrong_samples_are_wrong_programs(sandbox):
    entry = entry_with(generated(Tier.BASIC, "1 2"), generated(Tier.EDGE, "5 5"))
    samples = [(A, GOLD), (A, GOLD + "#"), (A, WRONG_ON_FIVES), (A, WRONG_ON_ALL)]
    checked = check(with_samples(entry, *samples), sandbox, MAJORITY)
    assert (outputs_of(checked), flags_of(checked)) == (["3\n", "10\n"], [])
    assert votes_of(checked) == [{"gold": True, A: True}] * 2
    assert [each.source for each in checked.entry.solutions] == [GOLD, GOLD + "#"]
    assert checked.entry.wrong == (
        WrongProgram(source=WRONG_ON_FIVES, origin=A),
        WrongProgram(source=WRONG_ON_ALL, origin=A),
    )
    assert checked.entry.problem.solution == GOLD


def test_a_solver_confirms_what_the_gold_gives_against_a_prediction(sandbox):
    wrong = case_of(Tier.EDGE, "5 5", output="11\n")
    assert outputs_of(check(entry_with(wrong), sandbox, MAJORITY)) == []
    checked = check(with_samples(entry_with(wrong), (A, GOLD)), sandbox, MAJORITY)
    assert (outputs_of(checked), flags_of(checked)) == (["10\n"], ["gold-disagrees"])


def test_a_solver_that_is_wrong_on_a_hard_test_cannot_veto_it(sandbox):
    entry = entry_with(generated(Tier.BASIC, "1 2"), generated(Tier.EDGE, "5 5"))
    checked = check(with_samples(entry, (A, WRONG_ON_FIVES)), sandbox, MAJORITY)
    assert (outputs_of(checked), flags_of(checked)) == (["3\n", "10\n"], [])
    assert votes_of(checked)[1] == {"gold": True, A: False}
    assert checked.entry.wrong == (WrongProgram(source=WRONG_ON_FIVES, origin=A),)


def test_a_prediction_and_a_solver_of_one_mistake_do_not_overrule_the_gold(sandbox):
    wrong = case_of(Tier.EDGE, "5 5", output="11\n")
    entry = entry_with(generated(Tier.BASIC, "1 2"), wrong)
    checked = check(with_samples(entry, (A, WRONG_ON_FIVES)), sandbox, MAJORITY)
    assert (checked.dropped, outputs_of(checked), flags_of(checked)) == (None, ["3\n"], ["gold-disagrees"])


def test_two_models_that_agree_outvote_a_gold_and_never_take_its_place(sandbox):
    entry = entry_with(generated(Tier.EDGE, "5 5"), solution=WRONG_ON_FIVES)
    dropped = check(with_samples(entry, (A, GOLD), (B, GOLD + "#")), sandbox, MAJORITY).dropped
    assert dropped
    assert dropped[0] == "gold-outvoted"


def test_a_brute_force_against_gold_and_solver_is_refused(sandbox):
    entry = entry_with(generated(Tier.BASIC, "1 2"), generated(Tier.EDGE, "5 5"), brute_force=WRONG_ON_FIVES)
    checked = check(with_samples(entry, (A, GOLD)), sandbox, MAJORITY)
    assert (outputs_of(checked), flags_of(checked)) == (["3\n", "10\n"], ["brute-force-refused"])


def test_a_brute_force_with_the_gold_outweighs_two_solvers(sandbox):
    entry = entry_with(generated(Tier.EDGE, "5 5"), brute_force=BRUTE_FORCE)
    checked = check(with_samples(entry, (A, WRONG_ON_FIVES), (B, WRONG_ON_FIVES + "#")), sandbox, MAJORITY)
    assert (checked.dropped, outputs_of(checked)) == (None, ["10\n"])


def test_a_sample_that_crashes_abstains_and_is_wrong(sandbox):
    checked = check(with_samples(entry_with(generated(Tier.EDGE, "5")), (A, CRASHES)), sandbox, MAJORITY)
    assert votes_of(checked) == [{"gold": True}]
    assert [each.source for each in checked.entry.wrong] == [CRASHES]


def test_samples_that_passed_vote_again_on_the_tests_of_a_later_round(sandbox):
    first = check(with_samples(entry_with(generated(Tier.BASIC, "1 2")), (A, WRONG_ON_FIVES)), sandbox, MAJORITY).entry
    assert (len(first.solutions), first.wrong) == (1, ())
    problem = first.problem.model_copy(update={"tests": (*first.problem.tests, generated(Tier.EDGE, "5 5", seed=1))})
    later = first.model_copy(update={"problem": problem, "facts": (*first.facts, type(first.facts[0])())})
    checked = check(later, sandbox, MAJORITY)
    assert checked.entry.solutions == ()
    assert [each.origin for each in checked.entry.wrong] == [A]


def test_other_policies_sort_samples_without_votes(sandbox):
    entry = with_samples(entry_with(generated(Tier.EDGE, "5 5")), (A, GOLD), (A, WRONG_ON_FIVES))
    checked = check(entry, sandbox, MAJORITY.model_copy(update={"policy": "gold"}))
    assert votes_of(checked) == [{"gold": True}]
    assert ([each.source for each in checked.entry.solutions], len(checked.entry.wrong)) == ([GOLD], 1)


def test_samples_whose_floats_differ_in_the_last_digits_agree(sandbox):
    third = "input()\nprint(sum(map(int, input().split())) / 3)\n"
    other = third.replace("print(", "print(1e-12 + ")
    original = case_of(None, "3 3", output="2.0\n")
    entry = entry_with(generated(Tier.EDGE, "5 5"), solution=third, original_tests=(original,))
    checked = check(with_samples(entry, (A, other), (A, third)), sandbox, MAJORITY)
    assert votes_of(checked) == [{"gold": True, A: True}]
    assert (checked.entry.wrong, len(checked.entry.solutions)) == ((), 2)
    assert flags_of(checked) == ["checker-widened"]
