"""Grades that no program was run for: verdicts put together by hand, or by hypothesis."""

from hypothesis import strategies as st

from tarot_bench.problem import TIERS, Tier
from tarot_bench.verdict import Extraction, Grade, TestResult, Verdict

_VERDICTS = {True: Verdict.PASSED, False: Verdict.WRONG_ANSWER, None: Verdict.UNGRADED}


def grade_of(passes: dict[Tier, list[bool | None]], problem: str = "p", index: int = 0) -> Grade:
    """A grade by tier: passed, failed, or None for ungraded."""
    return Grade(
        problem_id=problem,
        index=index,
        extraction=Extraction(code="pass", how="made for a test"),
        results=tuple(
            TestResult(tier=tier, verdict=_VERDICTS[passed]) for tier, outcomes in passes.items() for passed in outcomes
        ),
    )


def one_each(pattern: str, problem: str = "p", index: int = 0) -> Grade:
    """A grade with one test per tier, as in "1100": basic and intermediate passed; "?" is ungraded."""
    outcomes = {"1": True, "0": False, "?": None}
    return grade_of({tier: [outcomes[mark]] for tier, mark in zip(TIERS, pattern, strict=True)}, problem, index)


def grades(ungraded: bool = False) -> st.SearchStrategy[Grade]:
    """Grades of one to three tests per tier, where not every tier is there."""
    verdict = st.sampled_from([True, False, None] if ungraded else [True, False])
    tests = st.lists(verdict, min_size=1, max_size=3)
    return st.dictionaries(st.sampled_from(TIERS), tests, min_size=1).map(grade_of)
