"""The quality of test suites, measured on programs whose correctness is known.

Input is, for every program, the set of the tests that it fails (`failures_of` makes it of a verdict matrix). Over
problems, with 95 % intervals clustered by problem:

- TPR (true positive rate): share of correct programs that pass all tests; mean of the problems' shares.
- TNR (true negative rate): share of wrong programs that fail a test; mean of the problems' shares.
- DR (detection rate): the same share over all wrong programs together, so that problems with many of them weigh more.
- VAcc (verifier accuracy): share of problems on which every wrong program fails a test.

DR and VAcc are from Ma et al. 2025, "Rethinking verification for LLM code generation", arXiv 2507.06920; TPR and TNR
of test suites from Wang et al. 2025, "CodeContests+", arXiv 2506.05817.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from tarot_bench.metrics.intervals import Estimate, proportion
from tarot_bench.problem import Frozen
from tarot_bench.verdict import Verdict, VerdictMatrix

Failures = frozenset[int]
"""The numbers of the tests, from 0, that a program fails."""


@dataclass(frozen=True, slots=True)
class Judged:
    """The tests of a problem, and which of them its programs fail.

    Attributes:
        tests: the numbers of the tests that count; failures of others are ignored.
        correct: for each program known to be correct.
        wrong: for each program known to be wrong.
    """

    tests: frozenset[int]
    correct: tuple[Failures, ...] = ()
    wrong: tuple[Failures, ...] = ()

    @property
    def accepted(self) -> int:
        """Correct programs that fail none of the tests."""
        return len(self.correct) - count_rejected(self.correct, self.tests)

    @property
    def rejected(self) -> int:
        """Wrong programs that fail a test."""
        return count_rejected(self.wrong, self.tests)


class Detection(Frozen):
    """How well tests tell correct programs from wrong ones; None where no such programs are known."""

    tpr: Estimate | None = None
    tnr: Estimate | None = None
    dr: Estimate | None = None
    vacc: Estimate | None = None


class Order(StrEnum):
    """How a measure develops over the tiers basic, intermediate, complex."""

    RISING = "rising"
    """Every value is greater than the one before."""
    LEVEL = "level"
    """No value is less than the one before, and two are equal."""
    FALLING = "falling"
    """A value is less than the one before."""


def failures_of(matrix: VerdictMatrix) -> tuple[Failures, ...]:
    """The tests that each program of a verdict matrix fails.

    Raises:
        ValueError: a verdict is UNGRADED, which is no failure.
    """
    if any(Verdict.UNGRADED in row for row in matrix.rows):
        raise ValueError(f"problem {matrix.problem_id!r}: an ungraded test is neither passed nor failed")
    return tuple(
        frozenset(test for test, verdict in enumerate(row) if verdict is not Verdict.PASSED) for row in matrix.rows
    )


def count_rejected(programs: Iterable[Failures], tests: Collection[int]) -> int:
    """The number of programs that fail at least one of these tests."""
    wanted = frozenset(tests)
    return sum(not wanted.isdisjoint(failed) for failed in programs)


def detection(problems: Sequence[Judged]) -> Detection:
    """TPR, TNR, DR and VAcc over problems; those without tests do not count."""
    known = [judged for judged in problems if judged.tests]
    right = [judged for judged in known if judged.correct]
    wrong = [judged for judged in known if judged.wrong]
    programs = [len(judged.wrong) for judged in wrong]
    rejected = [judged.rejected for judged in wrong]
    return Detection(
        tpr=_mean([judged.accepted / len(judged.correct) for judged in right], sum(len(j.correct) for j in right)),
        tnr=_mean([found / count for found, count in zip(rejected, programs, strict=True)], sum(programs)),
        dr=proportion(rejected, programs, sum(programs)),
        vacc=_mean([float(found == count) for found, count in zip(rejected, programs, strict=True)], len(wrong)),
    )


def share(hits: Sequence[int], trials: Sequence[int]) -> Estimate | None:
    """A share over all problems, each pair being the counts of one; None where there are no trials."""
    return proportion(hits, trials, sum(trials))


def _mean(rates: Sequence[float], n: int) -> Estimate | None:
    return proportion(rates, [1.0] * len(rates), n)


def unique_rejections(programs: Sequence[Failures], tests: Collection[int]) -> dict[int, int]:
    """For each of the tests the number of programs that fail it and no other of them."""
    counts = dict.fromkeys(tests, 0)
    for failed in programs:
        found = failed.intersection(counts)
        if len(found) == 1:
            counts[next(iter(found))] += 1
    return counts


def redundant(programs: Sequence[Failures], tests: Collection[int]) -> frozenset[int]:
    """The tests whose removal, one at a time, leaves the set of rejected programs as it is."""
    return frozenset(test for test, unique in unique_rejections(programs, tests).items() if not unique)


def order_of(values: Sequence[float | None]) -> Order | None:
    """How a measure develops; None where a value is unknown or there are fewer than two."""
    known = [value for value in values if value is not None]
    if len(known) < len(values) or len(known) < 2:
        return None
    steps = [later - earlier for earlier, later in pairwise(known)]
    if min(steps) < 0:
        return Order.FALLING
    return Order.RISING if min(steps) > 0 else Order.LEVEL
