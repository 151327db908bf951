"""The rows of the problem table: one for each problem, with the results of every run."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tarot_bench.problem import TIERS, Problem
from tarot_bench.reporting.report.reported import Answers
from tarot_bench.texts import inline
from tarot_bench.verdict import Verdict

Row = dict[str, Any]


Place = tuple[str, int]
"""Where the page has more: the name of a chunk, and a place in its list."""


def rows_of(
    problems: Sequence[Problem],
    answers: Sequence[Mapping[str, Answers]],
    places: Sequence[Mapping[str, Place]],
    samples: Sequence[Mapping[str, Place]],
) -> Iterator[Row]:
    """Yield the rows, in the order of the problems.

    Args:
        problems: of one benchmark.
        answers: of each run, by problem.
        places: of the problems as each run has them, by problem: tests and prompts may differ.
        samples: places of the samples of each run, by problem.
    """
    for problem in problems:
        yield {
            "id": inline(problem.id),
            "difficulty": inline(problem.origin.difficulty or ""),
            "tags": [inline(str(tag)) for tag in problem.origin.extra.get("tags", ())][:20],
            "runs": [
                _results(known[problem.id]) | {"asked": asked[problem.id], "place": where[problem.id]}
                if problem.id in known
                else None
                for known, asked, where in zip(answers, places, samples, strict=True)
            ],
        }


def _results(answers: Answers) -> Row:
    """The results of one run: counts of samples and, by tier, of samples that passed it."""
    graded = [made for made in answers.grades.values() if not made.ungraded]
    tiers = {}
    for tier in (*TIERS, None):
        passed = [made.passed(tier) for made in graded if made.results_at(tier)]
        if passed:
            tiers[tier.value if tier else "original"] = sum(map(bool, passed))
    verdicts = Counter(
        result.verdict.value
        for made in answers.grades.values()
        for result in made.results
        if result.verdict is not Verdict.PASSED
    )
    return {
        "samples": len(answers.completions),
        "graded": len(graded),
        "solved": sum(bool(made.solved) for made in graded),
        "tiers": tiers,
        "verdicts": dict(verdicts),
    }
