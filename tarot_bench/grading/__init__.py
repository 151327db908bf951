"""Judgement: the one place where code meets tests."""

from tarot_bench.grading.grade import (
    extraction_of,
    grade,
    grade_code,
    grade_extraction,
    near_time_limit,
    ungraded,
)

__all__ = ["extraction_of", "grade", "grade_code", "grade_extraction", "near_time_limit", "ungraded"]
