"""Running pass rates of single tests, for the dense reward and for the difficulty of problems."""

from collections.abc import Iterable
from typing import Any

from tarot_bench.verdict import Grade, Verdict


class PassStatistics:
    """Exponentially weighted pass rates, per test and per problem.

    Args:
        momentum: share of a new batch's rate in the estimate, in (0, 1].
        start: the estimate for a test that was never run.
    """

    def __init__(self, momentum: float = 0.3, start: float = 0.5) -> None:
        self._momentum = momentum
        self._start = start
        self._tests: dict[str, list[float]] = {}
        self._solved: dict[str, float] = {}

    def update(self, grades: Iterable[Grade]) -> None:
        """Update the estimates with the graded samples of a batch; ungraded samples are ignored."""
        groups: dict[tuple[str, str], list[Grade]] = {}
        for grade in grades:
            if not grade.ungraded:
                groups.setdefault((_tests_of(grade), grade.problem_id), []).append(grade)
        for (tests, problem), group in groups.items():
            rates = [_mean(column) for column in zip(*(_passes(grade) for grade in group), strict=True)]
            old = self._tests.get(tests, rates)
            self._tests[tests] = [self._mixed(before, now) for before, now in zip(old, rates, strict=True)]
            solved = _mean([all(_passes(grade)) for grade in group])
            self._solved[problem] = self._mixed(self._solved.get(problem, solved), solved)

    def rates(self, grade: Grade) -> list[float]:
        """The estimate for each test of a grade's problem, in the order of its results, in [0, 1]."""
        return self._tests.get(_tests_of(grade), [self._start] * len(grade.results))

    def solve_rate(self, problem_id: str) -> float | None:
        """The running share of samples that pass every test of a problem; None before the first sample."""
        return self._solved.get(problem_id)

    def state_dict(self) -> dict[str, Any]:
        """The state for a checkpoint, as JSON."""
        return {"tests": self._tests, "solved": self._solved}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore the state that `state_dict` returned."""
        self._tests = {problem: list(rates) for problem, rates in state["tests"].items()}
        self._solved = dict(state["solved"])

    def _mixed(self, before: float, now: float) -> float:
        return (1 - self._momentum) * before + self._momentum * now


def _tests_of(grade: Grade) -> str:
    """A key for a grade's tests: two problems in the data may share an id."""
    return f"{grade.problem_id} {grade.problem_digest} {len(grade.results)}"


def _passes(grade: Grade) -> list[bool]:
    return [result.verdict is Verdict.PASSED for result in grade.results]


def _mean(values: Iterable[float]) -> float:
    kept = list(values)
    return sum(kept) / len(kept)
