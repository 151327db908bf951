"""Verdicts on another version of a problem, as far as recorded verdicts tell them without running a program."""

from collections.abc import Sequence

from tarot_bench.dataset.difference import paired
from tarot_bench.grading.claims import expected_value
from tarot_bench.grading.compare import same_output, same_value
from tarot_bench.problem import Problem, TestCase
from tarot_bench.verdict import Grade, TestResult, Verdict

_JUDGING = ("checker", "limits", "entry_point", "starter_code", "style", "answer_form")
"""Fields besides the tests that decide verdicts."""
_BY_COMPARISON = {Verdict.PASSED, Verdict.WRONG_ANSWER}
"""Verdicts that depend on the expected output."""


def verdicts_after(
    before: Problem, after: Problem, verdicts: Sequence[Verdict], exact: bool = True
) -> tuple[Verdict, ...]:
    """The verdicts of one program on another version of its problem.

    Verdicts of tests that both versions have are kept. Where the expected output was corrected, a program that passed
    fails now, unless one output can count as both; verdicts that do not depend on the output stay. Whether a wrong
    answer is right now, and what an added test gives, only grading can tell.

    Args:
        before: the version that the program was graded on.
        after: the other version.
        verdicts: one for each of ``before.all_tests``, in their order.
        exact: False where another grader's comparison made the verdicts, so that equal outputs are not known.

    Returns:
        One verdict for each of ``after.all_tests``; `UNGRADED` where it is unknown.
    """
    return tuple(
        Verdict.UNGRADED if first is None else _verdict(before, after, first, second, verdicts[first], exact)
        for second, first in enumerate(_places(before, after))
    )


def grade_after(before: Problem, after: Problem, grade: Grade, exact: bool = True) -> Grade:
    """A grade on another version of its problem; arguments as for `verdicts_after`, which says what is known."""
    verdicts = verdicts_after(before, after, [result.verdict for result in grade.results], exact)
    results = []
    for test, first, verdict in zip(after.all_tests, _places(before, after), verdicts, strict=True):
        known = TestResult(tier=test.tier, verdict=verdict) if first is None else grade.results[first]
        update = {"tier": test.tier, "group": test.group, "verdict": verdict}
        if verdict is not known.verdict or first is None:
            update["detail"] = "another test than the one that was graded; not graded again"
        results.append(known.model_copy(update=update))
    return grade.model_copy(update={"problem_digest": after.digest, "results": tuple(results)})


def _places(before: Problem, after: Problem) -> list[int | None]:
    """For each test of the second version its place in the first; None where it was added."""
    found = {second: first for first, second in paired(before.all_tests, after.all_tests) if second is not None}
    return [found[second] for second in range(len(after.all_tests))]


def _verdict(before: Problem, after: Problem, first: int, second: int, verdict: Verdict, exact: bool) -> Verdict:
    if any(getattr(before, name) != getattr(after, name) for name in _JUDGING):
        return Verdict.UNGRADED
    old, new = before.all_tests[first], after.all_tests[second]
    if old.output == new.output or verdict not in _BY_COMPARISON:
        return verdict
    if verdict is Verdict.PASSED and exact and _exclude_each_other(after, old, new):
        return Verdict.WRONG_ANSWER
    return Verdict.UNGRADED


def _exclude_each_other(problem: Problem, old: TestCase, new: TestCase) -> bool:
    """Whether no output counts as both expected outputs."""
    checker = problem.checker
    if checker.kind == "program":
        return False
    # What is close to both lies between them: they are no more than about twice the tolerance apart.
    wide = checker.model_copy(update={"tolerance": 4 * checker.tolerance})
    if new.kind != "call":  # in both directions: "0" is an integer, which "0." equals and which does not equal "0."
        return not same_output(old.output, new.output, wide) and not same_output(new.output, old.output, wide)
    one, other = expected_value(old.output).value, expected_value(new.output).value
    return not same_value(one, other, wide) and not same_value(other, one, wide)
