"""Grading all completions of a task at once, and how a grade travels through lm-eval: as one line of JSON."""

import json
import logging
from collections.abc import Sequence

from tarot_bench.errors import one_line
from tarot_bench.grading import grade, near_time_limit, ungraded
from tarot_bench.pools import threads
from tarot_bench.problem import Problem, Tier
from tarot_bench.reading import parse_json
from tarot_bench.sandbox.base import Sandbox
from tarot_bench.verdict import Completion, Grade, Verdict, VerdictMatrix

_log = logging.getLogger(__name__)
ProblemAnswer = tuple[Problem, Completion]


def grade_all(samples: Sequence[ProblemAnswer], sandbox: Sandbox) -> list[Grade]:
    """Grade every sample, in order; whatever happens to one, the others get their grades.

    A sample that barely missed its time limit is run again, alone, as `evaluate` does.
    """
    with threads(sandbox.workers, "grade") as pool:
        made = list(pool.map(lambda sample: _grade(sample[0], sample[1], sandbox), samples))
    return [
        _grade(problem, completion, sandbox) if near_time_limit(problem, first) else first
        for (problem, completion), first in zip(samples, made, strict=True)
    ]


def _grade(problem: Problem, completion: Completion, sandbox: Sandbox) -> Grade:
    try:
        return grade(problem, completion, sandbox)
    except Exception as error:  # a bug of ours must not cost the user every completion of the run
        _log.exception("grading sample %d of %r failed; it stays ungraded", completion.index, problem.id)
        return ungraded(problem, completion.index, f"the grader failed: {one_line(error)}")


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
