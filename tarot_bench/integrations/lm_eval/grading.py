"""Write a grade as one line of JSON, which is how it passes through lm-eval."""

import json
from collections.abc import Sequence

from tarot_bench.problem import Tier
from tarot_bench.reading import parse_json
from tarot_bench.verdict import Grade, Verdict, VerdictMatrix


def to_line(made: Grade) -> str:
    """A grade as JSON text: lm-eval turns everything else that it logs into a Python representation."""
    tests = [{"tier": r.tier, "group": r.group, "verdict": r.verdict, "detail": r.detail} for r in made.results]
    return json.dumps({"code": made.extraction.how, "tests": tests})


def matrix_of(problem_id: str, lines: Sequence[str]) -> VerdictMatrix:
    """The verdicts of one problem, a row per line of `to_line`."""
    samples = [parse_json(line)["tests"] for line in lines]
    return VerdictMatrix(
        problem_id,
        tuple(Tier(test["tier"]) if test["tier"] else None for test in samples[0]),
        tuple(tuple(Verdict(test["verdict"]) for test in sample) for sample in samples),
        tuple(test["group"] for test in samples[0]),
    )
