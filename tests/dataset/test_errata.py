import hashlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tarot_bench.dataset import load_problems, write_jsonl
from tarot_bench.dataset.errata import (
    DataVersion,
    Errata,
    Erratum,
    apply_errata,
    check_version,
    read_errata,
    test_digest,
    write_errata,
)
from tarot_bench.errors import DataError
from tarot_bench.problem import TIERS, GeneratedInput, Tier
from tests.generation.making import case_of, entry_of

DATA = DataVersion(source="org/name", revision="0123abcd", digest="89abcdef")
DAY = date(2026, 11, 29)
PROBLEM = entry_of("sum").problem
EDGE = PROBLEM.at(Tier.EDGE)[0]
text = st.text(st.characters(codec="utf-8", exclude_characters="\x85\u2028\u2029\r"), min_size=1)
retractions = st.builds(
    Erratum,
    problem=text,
    tier=st.sampled_from([None, "original", *TIERS]),
    test=st.none() | st.just("5a0e5f9b3c1d2e4f"),
    action=st.just("retract"),
    output=st.none(),
    reason=text,
    date=st.dates(),
    evidence=text,
)
corrections = st.builds(
    Erratum,
    problem=text,
    tier=st.none(),
    test=st.just("5a0e5f9b3c1d2e4f"),
    action=st.just("correct"),
    output=text,
    reason=text,
    date=st.dates(),
    evidence=text,
)


def erratum(**fields):
    return Erratum(**{"problem": "sum", "action": "retract", "reason": "wrong", "date": DAY} | fields)


@given(st.lists(retractions | corrections, max_size=4))
def test_errata_are_read_as_they_were_written(tmp_path_factory, found):
    path = tmp_path_factory.mktemp("errata") / "errata.yaml"
    errata = Errata(data=DATA, errata=tuple(found))
    write_errata(errata, path)
    assert read_errata(path) == errata


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[", "cannot read"),
        ("{}", "data: Field required"),
        ("{format: other, data: {source: a, revision: b}}", "format"),
        ("{version: 2, data: {source: a, revision: b}}", "version"),
        ("{data: {source: a, revision: b}, errata: [{problem: p, action: retract, reason: r}]}", "errata.0.date"),
        ("{data: {source: a, revision: b}, erata: []}", "did you mean errata"),
    ],
)
def test_a_malformed_file_is_one_line(tmp_path, content, said):
    (tmp_path / "errata.yaml").write_text(content)
    with pytest.raises(DataError, match=said) as raised:
        read_errata(tmp_path / "errata.yaml")
    assert "\n" not in str(raised.value)
    with pytest.raises(DataError, match="cannot read"):
        read_errata(tmp_path / "absent.yaml")


def test_a_correction_needs_a_test_and_an_output_and_a_retraction_has_none():
    with pytest.raises(ValidationError, match="a test and its right output"):
        erratum(action="correct", output="3")
    with pytest.raises(ValidationError, match="a test and its right output"):
        erratum(action="correct", test="5a0e5f9b3c1d2e4f")
    with pytest.raises(ValidationError, match="use action: correct"):
        erratum(output="3")


def test_a_test_a_tier_the_originals_or_a_problem_can_be_retracted():
    other = entry_of("other").problem
    one = apply_errata([PROBLEM, other], [erratum(tier="edge", test=test_digest(EDGE))])
    assert [len(problem.all_tests) for problem in one.problems] == [4, 5]
    assert one.problems[0].at(Tier.EDGE) == ()
    assert (one.retracted_tests, one.retracted_problems, one.corrected_tests) == (1, 0, 0)
    assert apply_errata([PROBLEM], [erratum(tier="original")]).problems[0].original_tests == ()
    assert apply_errata([PROBLEM], [erratum(tier="basic")]).problems[0].at(Tier.BASIC) == ()
    whole = apply_errata([PROBLEM, other], [erratum()])
    assert whole.problems == (other,)
    assert (whole.retracted_tests, whole.retracted_problems) == (5, 1)


def test_a_corrected_test_has_the_new_output_and_the_problem_another_digest():
    made = apply_errata([PROBLEM], [erratum(action="correct", test=test_digest(EDGE), output="7\n")])
    (problem,) = made.problems
    assert problem.at(Tier.EDGE)[0].output == "7\n"
    assert [t.output for t in problem.all_tests if t.tier is not Tier.EDGE] == [
        t.output for t in PROBLEM.all_tests if t.tier is not Tier.EDGE
    ]
    assert problem.digest != PROBLEM.digest
    assert made.corrected_tests == 1


def test_a_retraction_takes_precedence_over_a_correction():
    correction = erratum(action="correct", test=test_digest(EDGE), output="7\n")
    for errata in ([correction, erratum(tier="edge")], [erratum(tier="edge"), correction]):
        made = apply_errata([PROBLEM], errata)
        assert made.problems[0].at(Tier.EDGE) == ()
        assert made.corrected_tests == 0


def test_the_digest_of_a_test_does_not_depend_on_its_tier_or_output():
    assert test_digest(case_of(Tier.BASIC, "1 2")) == test_digest(case_of(None, "1 2", "9"))
    assert test_digest(case_of(Tier.BASIC, "1 2")) != test_digest(case_of(Tier.BASIC, "1 3"))


def test_the_digest_of_a_generated_test_is_the_same_with_and_without_its_input():
    stored = case_of(Tier.BASIC, "1 2")
    sha = hashlib.sha256(stored.input.encode()).hexdigest()
    recipe = GeneratedInput(program="random", seed=1, digest=sha, size=len(stored.input))
    assert test_digest(stored.model_copy(update={"generated": recipe, "input": ""})) == test_digest(stored)


def test_errata_about_what_is_not_there_are_refused():
    with pytest.raises(DataError, match="no problem 'sun'; did you mean sum"):
        apply_errata([PROBLEM], [erratum(problem="sun")])
    with pytest.raises(DataError, match="has no tests of tier edge, test 0000"):
        apply_errata([PROBLEM], [erratum(tier="edge", test="0000")])


def test_errata_of_another_revision_are_refused_unless_the_problems_are_the_same():
    errata = Errata(data=DATA)
    check_version(errata, "here", "0123abcd", "another")
    check_version(errata, "here", "sha256:77", "89abcdef")
    with pytest.raises(DataError, match="about revision 0123abcd of org/name, but here has revision sha256:77"):
        check_version(errata, "here", "sha256:77", "another")


def test_problems_are_loaded_with_their_errata_applied_and_counted(tmp_path):
    data, path = tmp_path / "problems.jsonl", tmp_path / "errata.yaml"
    write_jsonl([PROBLEM, entry_of("other").problem], data)
    plain = load_problems(data)
    version = DataVersion(source=plain.source, revision=plain.revision)
    correction = erratum(action="correct", test=test_digest(EDGE), output="7\n")
    write_errata(Errata(data=version, errata=(correction, erratum(problem="other"))), path)
    loaded = load_problems(data, errata=path)
    assert [problem.id for problem in loaded] == ["sum"]
    assert loaded["sum"].at(Tier.EDGE)[0].output == "7\n"
    assert loaded.digest != plain.digest
    assert loaded.notes == {
        "problems retracted by errata": 1,
        "tests retracted by errata": 5,
        "tests corrected by errata": 1,
    }
    write_jsonl([PROBLEM], data)
    with pytest.raises(DataError, match="the errata are about revision"):
        load_problems(data, errata=path)
