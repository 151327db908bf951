"""Further solutions that a source calls correct: they vote on outputs, and show where several answers are right."""

from collections.abc import Sequence
from typing import Any

from tarot_bench.problem import Problem

_KEY = "solutions"
MOST = 4


def with_witnesses(extra: dict[str, Any], solutions: Sequence[str], gold: str | None) -> dict[str, Any]:
    """The ``origin.extra`` of a problem, with up to `MOST` further solutions; the shortest are taken, golds are not."""
    others = sorted({text for text in solutions if text.strip() and text != gold}, key=lambda text: (len(text), text))
    return {**extra, _KEY: others[:MOST]} if others else extra


def witnesses_of(problem: Problem) -> tuple[str, ...]:
    """The further solutions of a problem."""
    return tuple(problem.origin.extra.get(_KEY, ()))
