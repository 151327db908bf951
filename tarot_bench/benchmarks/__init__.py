"""Benchmarks: one file and one reader each, used by evaluation, by the factory and by decontamination."""

from tarot_bench.benchmarks.base import Benchmark, Question, converted, questions_of
from tarot_bench.benchmarks.places import found_in, located
from tarot_bench.benchmarks.registry import known, names, open_benchmark

__all__ = [
    "Benchmark",
    "Question",
    "converted",
    "found_in",
    "known",
    "located",
    "names",
    "open_benchmark",
    "questions_of",
]
