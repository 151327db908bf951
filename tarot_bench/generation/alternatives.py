"""Alternative solutions: further solutions of a source. They vote on outputs and reveal ambiguous problems."""

from collections.abc import Sequence
from typing import Any

from tarot_bench.problem import Problem

_KEY = "solutions"
MOST = 4


def with_alternatives(extra: dict[str, Any], solutions: Sequence[str], gold: str | None) -> dict[str, Any]:
    """Return ``origin.extra`` with up to `MOST` alternative solutions, the shortest ones, without the gold."""
    others = sorted({text for text in solutions if text.strip() and text != gold}, key=lambda text: (len(text), text))
    return {**extra, _KEY: others[:MOST]} if others else extra


def alternatives_of(problem: Problem) -> tuple[str, ...]:
    """The alternative solutions of a problem."""
    return tuple(problem.origin.extra.get(_KEY, ()))


def with_gold(problem: Problem, alternative: str) -> Problem:
    """The problem with one of its alternative solutions in place of its gold, which is dropped."""
    rest = [program for program in alternatives_of(problem) if program != alternative]
    extra = {key: value for key, value in problem.origin.extra.items() if key != _KEY}
    origin = problem.origin.model_copy(update={"extra": with_alternatives(extra, rest, alternative)})
    return problem.model_copy(update={"solution": alternative, "origin": origin})
