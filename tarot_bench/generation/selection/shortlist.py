"""Shorten a pool to the candidates that wrong programs are run on, which takes most of the time."""

from collections.abc import Sequence
from typing import TypeVar

from tarot_bench.generation.selection.choosing import Candidate

_AT_BOUNDARY = 0.25
"""Share of the shortlist for inputs with boundary features."""
_Item = TypeVar("_Item")


def evenly(ordered: Sequence[_Item], most: int) -> list[_Item]:
    """At most so many items, evenly spread, the first and the last among them."""
    if len(ordered) <= most:
        return list(ordered)
    if most <= 1:
        return list(ordered[:most])
    return [ordered[round(number * (len(ordered) - 1) / (most - 1))] for number in range(most)]


def shortlist(candidates: Sequence[Candidate], most: int) -> list[Candidate]:
    """At most so many candidates, in the order of their weights.

    A quarter are those with the most boundary features; the others are spread evenly over executed lines and size.
    """
    ordered = sorted(candidates, key=lambda candidate: candidate.weight)
    if len(ordered) <= most:
        return ordered
    at_boundary = sorted((each for each in ordered if each.boundary), key=lambda each: -len(each.boundary))
    kept = at_boundary[: int(most * _AT_BOUNDARY)]
    taken = {candidate.test.input for candidate in kept}
    others = [candidate for candidate in ordered if candidate.test.input not in taken]
    return sorted([*kept, *evenly(others, most - len(kept))], key=lambda candidate: candidate.weight)
