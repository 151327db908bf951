"""Judgement: the one place where code meets tests."""

from tarot_bench.grading.extract import extract
from tarot_bench.grading.grade import grade, grade_code, near_time_limit, ungraded

__all__ = ["extract", "grade", "grade_code", "near_time_limit", "ungraded"]
