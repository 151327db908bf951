"""Grade answers: run a program on a problem's tests, and compare the outputs."""

from tarot_bench.grading.answers import grade_many, grade_text
from tarot_bench.grading.grade import (
    as_code,
    extraction_of,
    grade,
    grade_code,
    grade_extraction,
    near_time_limit,
    ungraded,
)

__all__ = [
    "as_code",
    "extraction_of",
    "grade",
    "grade_code",
    "grade_extraction",
    "grade_many",
    "grade_text",
    "near_time_limit",
    "ungraded",
]
