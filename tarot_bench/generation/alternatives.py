"""Alternative solutions: others that a source calls correct. They vote on outputs, and show ambiguous problems."""

from collections.abc import Sequence
from typing import Any

from tarot_bench.problem import Problem

_KEY = "solutions"
MOST = 4


def with_alternatives(extra: dict[str, Any], solutions: Sequence[str], gold: str | None) -> dict[str, Any]:
    """The ``origin.extra`` of a problem, with the `MOST` shortest alternative solutions at most."""
    others = sorted({text for text in solutions if text.strip() and text != gold}, key=lambda text: (len(text), text))
    return {**extra, _KEY: others[:MOST]} if others else extra


def alternatives_of(problem: Problem) -> tuple[str, ...]:
    """The alternative solutions of a problem."""
    return tuple(problem.origin.extra.get(_KEY, ()))
