"""Generator programs, validators and voters together: what `check` makes of an author's materials."""

import pytest

from tarot_bench.dataset.entry import DraftedGenerator, Materials, Provenance
from tarot_bench.generation.alternatives import with_alternatives
from tarot_bench.generation.validate.stage import ValidateSettings, ValidateStage, check
from tarot_bench.grading import grade_code
from tarot_bench.grading.generated import STORED_BYTES
from tarot_bench.problem import Origin, TestCase, Tier
from tests.generation.making import GOLD, VALIDATOR, case_of, entry_of
from tests.generation.validate.test_oracle import BRUTE_FORCE, Recording

QUICK = ValidateSettings(times=1, record_cpu=False)
SMALL = "seed = int(input())\nprint(2)\nprint(seed + 3, seed)\n"
LARGE = VALIDATOR.replace("int(first) <= 100", "int(first) <= 10**6")
MANY = "n = 30_000 + int(input())\nprint(n)\nprint(*[7] * n)\n"
ILLEGAL = "seed = int(input())\nprint(1)\nprint(seed * 5000)\n"


def generator(tier, source, seeds=2):
    return DraftedGenerator(tier=tier, source=source, reason="r", seeds=seeds, provenance=Provenance(generator="a/b"))


def entry_with(*generators, **fields):
    origin = Origin(extra=with_alternatives({}, (GOLD + "#",), GOLD))
    entry = entry_of(tests=(case_of(Tier.BASIC, "1 2"),), origin=origin, **fields)
    materials = Materials(validators=(LARGE,), generators=generators, brute_force=BRUTE_FORCE)
    return entry.model_copy(update={"materials": materials})


def test_inputs_are_made_judged_and_labelled_by_execution(sandbox):
    entry = entry_with(
        generator(Tier.EDGE, ILLEGAL), generator(Tier.INTERMEDIATE, SMALL), generator(Tier.COMPLEX, MANY)
    )
    checked = check(entry, sandbox, QUICK)
    tests = checked.entry.problem.tests
    assert [test.tier for test in tests] == [
        Tier.BASIC,
        *[Tier.INTERMEDIATE] * 2,
        *[Tier.COMPLEX] * 2,
        Tier.EDGE,  # the other input of its generator is out of range
    ]
    assert [test.output for test in tests] == ["3\n", "3\n", "5\n", "210000\n", "210007\n", "0\n"]
    assert [flag.reason for flag in checked.entry.flags] == ["invalid-input"]
    assert all(facts.votes for facts in checked.entry.facts)
    assert checked.entry.facts[1].provenance.generator == "a/b"
    assert {program.source for program in checked.entry.problem.generator_programs} == {SMALL, MANY, ILLEGAL}


def test_large_inputs_are_not_stored_and_the_problem_can_be_graded(sandbox):
    many = MANY.replace("30_000", "40_000")
    checked = check(entry_with(generator(Tier.COMPLEX, many, seeds=1)), sandbox, QUICK)
    large = checked.entry.problem.at(Tier.COMPLEX)[0]
    assert (large.input, large.generated.size > STORED_BYTES, large.output) == ("", True, "280000\n")
    assert grade_code(checked.entry.problem, GOLD, sandbox).solved


def test_generators_and_settled_tests_are_not_run_again_in_repair_and_are_in_a_new_run(sandbox):
    first = check(entry_with(generator(Tier.COMPLEX, MANY.replace("30_000", "40_000"), seeds=1)), sandbox, QUICK).entry
    assert first.materials.generators == ()
    recording = Recording(sandbox)
    again = check(first, recording, QUICK)
    assert again.entry.problem == first.problem
    assert not any(len(given) > STORED_BYTES for given in recording.inputs)
    (outcome,) = ValidateStage(QUICK, recording).run([first])
    assert outcome.entry.problem == first.problem
    assert any(len(given) > STORED_BYTES for given in recording.inputs)


def test_a_gold_that_is_replaced_keeps_the_generated_tests(sandbox):
    wrong = "n = int(input())\nnumbers = input().split()\nprint(sum(map(int, numbers)) + (numbers == ['3', '0']))\n"
    entry = entry_with(generator(Tier.EDGE, SMALL), solution=wrong)
    origin = Origin(extra=with_alternatives({}, (GOLD,), wrong))
    entry = entry.model_copy(update={"problem": entry.problem.model_copy(update={"origin": origin})})
    checked = check(entry, sandbox, QUICK)
    assert checked.entry.problem.solution == GOLD
    assert [test.output for test in checked.entry.problem.at(Tier.EDGE)] == ["3\n", "5\n"]
    assert [flag.reason for flag in checked.entry.flags] == ["gold-replaced"]


def test_generated_arguments_of_a_function_get_the_value_that_the_gold_returns(sandbox):
    original = TestCase(tier=None, input="[[2, 1]]", output="[1, 2]", kind="call")
    entry = entry_of(
        tests=(),
        original_tests=(original,),
        solution="def f(a):\n    return sorted(a)",
        style="function",
        entry_point="f",
    )
    source = "seed = int(input())\nprint([[9, seed]])\n"
    checked = check(
        entry.model_copy(update={"materials": Materials(generators=(generator(Tier.EDGE, source),))}), sandbox, QUICK
    )
    assert [(test.input, test.output) for test in checked.entry.problem.tests] == [
        ("[[9,0]]", "[0,9]"),
        ("[[9,1]]", "[1,9]"),
    ]


@pytest.mark.parametrize("recipe", [{"digest": "0" * 64}, {"size": 10**9}])
def test_a_source_whose_program_prints_another_input_loses_that_problem_and_is_not_pending_for_ever(sandbox, recipe):
    many = MANY.replace("30_000", "40_000")
    kept = check(entry_with(generator(Tier.COMPLEX, many, seeds=1)), sandbox, QUICK).entry
    tests = tuple(
        test.model_copy(update={"generated": test.generated.model_copy(update=recipe)}) if not test.stored else test
        for test in kept.problem.tests
    )
    edited = kept.model_copy(update={"problem": kept.problem.model_copy(update={"tests": tests}), "facts": ()})
    checked = check(edited, sandbox, QUICK)
    assert checked.dropped[0] == "input-not-made"
    assert "printed another input" in checked.dropped[1]
