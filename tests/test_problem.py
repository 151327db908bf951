"""The vocabulary: tiers, problems, grades, matrices."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tarot_bench.errors import DataError
from tarot_bench.problem import (
    TIERS,
    Checker,
    GeneratedInput,
    GeneratorProgram,
    Limits,
    Problem,
    TestCase,
    Tier,
    digest_of,
    sha256,
)


def problem(**changes) -> Problem:
    fields = {
        "id": "p",
        "statement": "s",
        "tests": (TestCase(tier=Tier.BASIC, input="1", output="1"), TestCase(tier=Tier.EDGE, input="2", output="2")),
    }
    return Problem(**fields | changes)


def test_tiers_are_ordered_from_basic_to_edge():
    assert sorted(TIERS, reverse=True) == list(TIERS[::-1])
    assert Tier.BASIC < Tier.INTERMEDIATE < Tier.COMPLEX < Tier.EDGE
    assert Tier.EDGE >= Tier.EDGE > Tier.BASIC <= Tier.BASIC


@pytest.mark.parametrize(
    ("label", "tier"), [("medium", Tier.INTERMEDIATE), ("high", Tier.COMPLEX), ("edge", Tier.EDGE)]
)
def test_published_labels_are_aliases(label, tier):
    assert Tier.parse(label) is tier


def test_an_unknown_label_is_refused_with_the_known_ones():
    with pytest.raises(DataError, match=r"hardest.*basic.*medium"):
        Tier.parse("hardest")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"tests": ()}, "no tests"),
        ({"id": ""}, "at least 1 character"),
        ({"tests": (TestCase(tier=None, input=""),)}, "belongs to original_tests"),
        ({"original_tests": (TestCase(tier=Tier.EDGE, input=""),)}, "have no tier"),
        ({"style": "function"}, "names no entry_point"),
        ({"tests": (TestCase(tier=Tier.EDGE, input="", kind="call"),)}, "call"),
        ({"colour": "red"}, "colour"),
        ({"limits": {"cpu_s": 0}}, "greater than 0"),
    ],
)
def test_an_impossible_problem_cannot_be_made(changes, said):
    with pytest.raises(ValidationError, match=said):
        problem(**changes)


def test_a_checker_has_a_program_exactly_if_it_is_one():
    with pytest.raises(ValidationError, match="program"):
        Checker(kind="program")
    with pytest.raises(ValidationError, match="program"):
        Checker(kind="lines", program="pass")


def test_narrowing_to_tiers_drops_the_originals_and_refuses_to_leave_nothing():
    whole = problem(original_tests=(TestCase(tier=None, input="o"),))
    narrow = whole.with_tiers((Tier.EDGE,))
    assert [test.tier for test in narrow.all_tests] == [Tier.EDGE]
    with pytest.raises(DataError, match="complex"):
        whole.with_tiers((Tier.COMPLEX,))


@given(st.text(max_size=20), st.text(max_size=20))
def test_a_digest_follows_what_can_change_a_verdict_and_nothing_else(statement, output):
    base = problem()
    assert problem(statement=statement).digest == base.digest
    changed = problem(tests=(TestCase(tier=Tier.BASIC, input="1", output=output), base.tests[1]))
    assert (changed.digest == base.digest) == (output == "1")
    assert problem(limits=Limits(cpu_s=9)).digest != base.digest


def test_a_copy_computes_its_digest_anew():
    base = problem()
    assert base.digest
    assert base.with_tiers((Tier.EDGE,)).digest != base.digest


def test_the_digest_of_a_set_does_not_depend_on_its_order():
    a, b = problem(), problem(id="q")
    assert digest_of([a, b]) == digest_of((b, a)) != digest_of([a])


@pytest.mark.parametrize("starter", [None, "def f(): pass", "<answer> <answer>"])
def test_an_expression_needs_one_place_to_go(starter):
    suite = TestCase(tier=None, input="", kind="suite")
    fields = {"tests": (), "original_tests": (suite,), "style": "function", "entry_point": "f"}
    with pytest.raises(ValidationError, match="an expression needs one <answer>"):
        problem(**fields, answer_form="expression", starter_code=starter)
    assert problem(**fields, answer_form="expression", starter_code="f = <answer>")


def generated_test(text, stored="", digest=None, program="g", kind="stdin"):
    made = GeneratedInput(program=program, seed=0, digest=digest or sha256(text), size=len(text))
    return TestCase(tier=Tier.EDGE, input=stored, output="1", kind=kind, generated=made)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"stored": "other"}, "another SHA-256 than the generated one"),
        ({"digest": "12ab"}, "should match pattern"),
        ({"kind": "suite"}, "is not generated"),
        ({"text": ""}, "greater than or equal to 1"),
    ],
)
def test_an_impossible_generated_input_cannot_be_made(fields, said):
    with pytest.raises(ValidationError, match=said):
        generated_test(**{"text": "5 7"} | fields)


def test_a_generated_input_is_stored_or_made_again():
    assert generated_test("5 7", stored="5 7").stored
    assert not generated_test("5 7").stored
    assert TestCase(tier=Tier.EDGE, input="").stored


def test_a_problem_has_the_generator_programs_of_its_tests():
    with pytest.raises(ValidationError, match="no generator program g"):
        problem(tests=(generated_test("5"),))
    one = GeneratorProgram(name="g", source="print(5)")
    with pytest.raises(ValidationError, match="two generator programs have one name"):
        problem(tests=(generated_test("5"),), generator_programs=(one, one))
    assert problem(tests=(generated_test("5"),), generator_programs=(one,)).tests[0].generated.program == "g"


def test_the_digest_is_that_of_the_generated_input_and_not_of_its_program():
    programs = [(GeneratorProgram(name="g", source=source),) for source in ("print(5)", "print(2 + 3)")]
    kept, bare = generated_test("5", stored="5"), generated_test("5")
    same = {problem(tests=(test,), generator_programs=each).digest for test in (kept, bare) for each in programs}
    assert len(same) == 1
    assert problem(tests=(generated_test("6"),), generator_programs=programs[0]).digest not in same
