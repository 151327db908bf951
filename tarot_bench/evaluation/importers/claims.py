"""Compare the verdicts in an imported file with our grades."""

from collections.abc import Iterable
from dataclasses import dataclass

from pydantic import Field

from tarot_bench.evaluation.importers.reading import ALL, ORIGINAL
from tarot_bench.problem import Frozen
from tarot_bench.verdict import Grade, TestResult, Verdict


class Claim(Frozen):
    """One line of ``claims.jsonl``: what a sample passed according to the imported file."""

    problem_id: str
    index: int = Field(ge=0)
    passed: dict[str, bool]
    """By scope: ``all`` tests, a tier, ``original`` (tests without a tier), or a group of tests."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A completion on which the file and our grader disagree.

    Attributes:
        claim: the file's.
        scope: about which tests.
        verdict: the first of ours that did not pass, None if all passed.
        detail: of that verdict.
    """

    claim: Claim
    scope: str
    verdict: Verdict | None
    detail: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """The number of compared claims, and the claims that our grades contradict.

    Attributes:
        compared: claims that we have a grade for.
        disagreements: in the order of the claims.
    """

    compared: int
    disagreements: tuple[Disagreement, ...]


def compare(claims: Iterable[Claim], grades: Iterable[Grade]) -> Agreement:
    """Compare every claim with our grade; ungraded completions are left out."""
    made = {(grade.problem_id, grade.index): grade for grade in grades}
    compared, found = 0, []
    for claim in claims:
        grade = made.get((claim.problem_id, claim.index))
        for scope, passed in claim.passed.items():
            results = _within(grade, scope) if grade else ()
            if not results or any(result.verdict is Verdict.UNGRADED for result in results):
                continue
            compared += 1
            failed = next((result for result in results if result.verdict is not Verdict.PASSED), None)
            if passed != (failed is None):
                found.append(
                    Disagreement(claim, scope, failed.verdict if failed else None, failed.detail if failed else "")
                )
    return Agreement(compared, tuple(found))


def _within(grade: Grade, scope: str) -> tuple[TestResult, ...]:
    if scope == ALL:
        return grade.results
    if scope == ORIGINAL:
        return tuple(result for result in grade.results if result.tier is None)
    return tuple(result for result in grade.results if scope in (result.tier, result.group))
