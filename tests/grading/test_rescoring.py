"""Verdicts on another version of a problem are those that grading it would give, or unknown."""

from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tarot_bench.dataset.errata import Erratum, apply_errata, test_digest
from tarot_bench.grading.compare import same_output
from tarot_bench.grading.rescoring import grade_after, verdicts_after
from tarot_bench.problem import Checker, Limits, Problem, TestCase, Tier
from tarot_bench.verdict import Extraction, Grade, TestResult, Verdict

P, W, T, U = Verdict.PASSED, Verdict.WRONG_ANSWER, Verdict.TIME_LIMIT, Verdict.UNGRADED


def problem(*outputs: str, **fields) -> Problem:
    tests = tuple(
        TestCase(tier=tier, input=f"{n}\n", output=output)
        for n, (output, tier) in enumerate(zip(outputs, (Tier.BASIC, Tier.COMPLEX, Tier.EDGE), strict=False))
    )
    return Problem(id="p", statement="s", tests=tests, **fields)


def after(before: Problem, **erratum) -> Problem:
    known = {"problem": "p", "reason": "wrong", "date": date(2026, 11, 29)}
    return apply_errata([before], [Erratum(**(known | erratum))]).problems[0]


BEFORE = problem("1\n", "2\n", "3\n")


def test_retracted_tests_leave_and_moved_ones_keep_their_verdicts_in_the_new_order():
    assert verdicts_after(BEFORE, after(BEFORE, action="retract", tier="complex"), [P, W, T]) == (P, T)
    moved = after(BEFORE, action="retier", test=test_digest(BEFORE.tests[0]), to="edge")
    assert [test.input for test in moved.tests] == ["1\n", "0\n", "2\n"]
    assert verdicts_after(BEFORE, moved, [P, W, T]) == (W, P, T)


@pytest.mark.parametrize(("was", "now"), [(P, W), (W, U), (T, T), (Verdict.NO_CODE, Verdict.NO_CODE), (U, U)])
def test_only_verdicts_that_do_not_need_the_output_outlive_a_correction(was, now):
    corrected = after(BEFORE, action="correct", test=test_digest(BEFORE.tests[2]), output="4\n")
    assert verdicts_after(BEFORE, corrected, [P, P, was]) == (P, P, now)


def test_a_program_that_passed_is_unknown_where_one_output_can_count_as_both():
    near = problem("1.0", checker=Checker(kind="float", tolerance=0.1))
    for output, now in (("1.05", U), ("1.15", U), ("2.0", W)):
        made = after(near, action="correct", test=test_digest(near.tests[0]), output=output)
        assert verdicts_after(near, made, [P]) == (now,)
    judged = problem("1", checker=Checker(kind="program", program="exit(0)"))
    made = after(judged, action="correct", test=test_digest(judged.tests[0]), output="2")
    assert verdicts_after(judged, made, [P]) == (U,)


def test_nothing_is_known_where_limits_changed_or_another_grader_compared():
    slower = BEFORE.model_copy(update={"limits": Limits(cpu_s=9)})
    assert verdicts_after(BEFORE, slower, [P, W, T]) == (U, U, U)
    corrected = after(BEFORE, action="correct", test=test_digest(BEFORE.tests[2]), output="4\n")
    assert verdicts_after(BEFORE, corrected, [P, W, P], exact=False) == (P, W, U)


def test_of_two_tests_with_one_input_the_verdict_of_the_one_that_stays_is_kept():
    twice = BEFORE.model_copy(
        update={"tests": (BEFORE.tests[0], BEFORE.tests[0].model_copy(update={"tier": Tier.EDGE, "output": "9\n"}))}
    )
    assert verdicts_after(twice, after(twice, action="retract", tier="basic"), [W, P]) == (P,)


@settings(max_examples=200, deadline=None)
@example("0", "0", "0.", "float")
@given(*[st.text("01 \n.", max_size=4)] * 3, st.sampled_from(["lines", "tokens", "unordered_lines", "float"]))
def test_a_known_verdict_is_the_one_that_grading_gives(output, old, new, kind):
    checker = Checker(kind=kind)
    before = problem(old, checker=checker)
    made = after(before, action="correct", test=test_digest(before.tests[0]), output=new)
    was, now = (P if same_output(expected, output, checker) else W for expected in (old, new))
    assert verdicts_after(before, made, [was])[0] in (now, U)


def test_a_grade_keeps_cost_and_program_and_is_of_the_new_problem():
    results = tuple(TestResult(tier=t.tier, verdict=P, cpu_s=0.5) for t in BEFORE.tests)
    grade = Grade(problem_id="p", extraction=Extraction(code="x", how="h"), results=results)
    corrected = after(BEFORE, action="correct", test=test_digest(BEFORE.tests[2]), output="4\n")
    made = grade_after(BEFORE, corrected, grade)
    assert made.problem_digest == corrected.digest
    assert [(r.verdict, r.cpu_s, bool(r.detail)) for r in made.results] == [(P, 0.5, False)] * 2 + [(W, 0.5, True)]
    assert made.extraction is grade.extraction
