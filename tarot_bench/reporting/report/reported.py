"""What a report is made of: one benchmark of one run."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tarot_bench.metrics.tiers import Metrics
from tarot_bench.problem import Problem
from tarot_bench.verdict import Completion, Grade

Outputs = Mapping[tuple[str, int, int], str]
"""What programs wrote, by problem id, sample index and the test's place among all tests of the problem."""


@dataclass(frozen=True, slots=True)
class ReportedRun:
    """One benchmark of one run.

    Attributes:
        label: tells the runs of a report apart; on one line, without control characters.
        path: the run directory, as the user named it.
        benchmark: its name.
        model: full name.
        metrics: of all graded samples.
        setting: under which the metrics hold (`tarot_bench.Summary.setting`).
        comparable: the part of it that runs must have in common to be compared.
        remarks: one line per kind of sample without an ordinary answer.
        command: that made the run; empty where unknown.
        problems: with their tests.
        prompt_of: renders the prompt of a problem.
        completions: raw answers; where a sample was answered twice, the later one counts.
        grades: their verdicts; likewise.
        usd: what the answers cost; None where no price is known.
        outputs: what programs wrote in some of the tests that they failed.
    """

    label: str
    path: str
    benchmark: str
    model: str
    metrics: Metrics
    setting: Mapping[str, Any]
    comparable: Mapping[str, Any]
    remarks: Sequence[str]
    command: str
    problems: Sequence[Problem]
    prompt_of: Callable[[Problem], str]
    completions: Iterable[Completion]
    grades: Iterable[Grade]
    usd: float | None = None
    outputs: Outputs = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answers:
    """The samples of one problem in one run, by their index.

    Attributes:
        completions: raw answers.
        grades: their verdicts; a sample that is not graded yet has none.
    """

    completions: dict[int, Completion] = field(default_factory=dict)
    grades: dict[int, Grade] = field(default_factory=dict)


def answers_of(run: ReportedRun) -> dict[str, Answers]:
    """The answers of a run by problem, also of problems that nothing is known of yet."""
    found = {problem.id: Answers() for problem in run.problems}
    for completion in run.completions:
        if completion.problem_id in found:
            found[completion.problem_id].completions[completion.index] = completion
    for made in run.grades:
        if made.problem_id in found:
            found[made.problem_id].grades[made.index] = made
    return found
