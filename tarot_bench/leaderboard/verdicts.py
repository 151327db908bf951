"""The verdicts of a benchmark as attestations have them: a letter for each test of each sample."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Self

from pydantic import model_validator

from tarot_bench.problem import TIERS, Frozen, Problem, Tier
from tarot_bench.verdict import Grade, Verdict, VerdictMatrix

_VERDICTS = {
    "P": Verdict.PASSED,
    "W": Verdict.WRONG_ANSWER,
    "T": Verdict.TIME_LIMIT,
    "M": Verdict.MEMORY_LIMIT,
    "O": Verdict.OUTPUT_LIMIT,
    "R": Verdict.RUNTIME_ERROR,
    "C": Verdict.COMPILE_ERROR,
    "N": Verdict.NO_CODE,
    "X": Verdict.TRUNCATED,
    "U": Verdict.UNGRADED,
}
_LETTERS = {verdict: letter for letter, verdict in _VERDICTS.items()}
_TIERS: dict[str, Tier | None] = {**{tier.value[0]: tier for tier in TIERS}, "-": None}
_TIER_LETTERS = {tier: letter for letter, tier in _TIERS.items()}


class Verdicts(Frozen):
    """The verdicts of all samples of one problem."""

    tests: str
    """The tier of each test: ``b``, ``i``, ``c`` or ``e``; ``-`` is an original test."""
    samples: tuple[str, ...]
    """For each sample the verdict of each test: ``P`` passed, ``W`` wrong answer, ``T``, ``M`` and ``O`` time, memory
    and output limit, ``R`` runtime error, ``C`` compile error, ``N`` no code, ``X`` truncated, ``U`` ungraded."""
    published: date | None = None
    """The day on which the problem became public, where its source says it."""

    @model_validator(mode="after")
    def _a_letter_for_each_test(self) -> Self:
        if not self.tests or not self.samples or set(self.tests) - set(_TIERS):
            raise ValueError("verdicts need tests, samples, and tiers of b, i, c, e or -")
        if any(len(row) != len(self.tests) or set(row) - set(_VERDICTS) for row in self.samples):
            raise ValueError("a sample has one verdict for each test")
        return self

    @classmethod
    def of(cls, matrix: VerdictMatrix, published: date | None = None) -> Self:
        """The verdicts of a matrix."""
        rows = tuple("".join(_LETTERS[verdict] for verdict in row) for row in matrix.rows)
        return cls(tests="".join(_TIER_LETTERS[tier] for tier in matrix.tiers), samples=rows, published=published)

    @property
    def rows(self) -> tuple[tuple[Verdict, ...], ...]:
        """By sample, the verdict of each test."""
        return tuple(tuple(_VERDICTS[letter] for letter in row) for row in self.samples)

    def matrix(self, problem_id: str) -> VerdictMatrix:
        """The same as a matrix, without the labels of groups."""
        return VerdictMatrix(problem_id, tuple(_TIERS[letter] for letter in self.tests), self.rows)


def verdicts_of(problems: Iterable[Problem], grades: Mapping[tuple[str, int], Grade]) -> dict[str, Verdicts]:
    """The verdicts of a benchmark, by problem.

    Args:
        problems: the problems; those without grades are left out.
        grades: by problem and sample.
    """
    by_problem: dict[str, list[Grade]] = {}
    for (problem_id, _), grade in grades.items():
        by_problem.setdefault(problem_id, []).append(grade)
    return {
        problem.id: Verdicts.of(VerdictMatrix.of(by_problem[problem.id]), problem.origin.published)
        for problem in problems
        if problem.id in by_problem
    }
