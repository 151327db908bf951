"""Assign inputs to tiers by executed lines and size, and to edge by boundary."""

from collections.abc import Sequence
from dataclasses import dataclass

from tarot_bench.problem import Tier

_QUANTILES = {Tier.BASIC: 0.15, Tier.INTERMEDIATE: 0.5, Tier.COMPLEX: 1.0}
_SHOWN = {Tier.BASIC: "among the shortest", Tier.INTERMEDIATE: "in the middle", Tier.COMPLEX: "the longest"}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A valid input.

    Attributes:
        text: the input.
        aim: the tier it was mutated for.
        how: in a few words, what the mutation did.
        steps: lines that the gold executes on it; None where that is not known.
    """

    text: str
    aim: Tier
    how: str
    steps: int | None = None

    @property
    def weight(self) -> tuple[int, int, str]:
        """The sort key: work, then size, then text."""
        return (self.steps or 0, len(self.text), self.text)


def spread(candidates: Sequence[Candidate], most: int) -> list[Candidate]:
    """Select at most so many candidates, evenly spread over their sizes, including the smallest and the largest."""
    ordered = sorted(candidates, key=lambda candidate: (len(candidate.text), candidate.text))
    if len(ordered) <= most:
        return ordered
    return [ordered[round(number * (len(ordered) - 1) / (most - 1))] for number in range(most)]


def pick(candidates: Sequence[Candidate], tiers: Sequence[Tier]) -> dict[Tier, tuple[Candidate, str]]:
    """Choose an input for each tier, with the reason; fewer if there are not enough.

    Edge takes the boundary input of least work, the others are spread over the rest by work: basic low, intermediate in
    the middle, complex at the top.
    """
    left = sorted(candidates, key=lambda candidate: candidate.weight)
    picked: dict[Tier, tuple[Candidate, str]] = {}
    if Tier.EDGE in tiers and left:
        edge = next((candidate for candidate in left if candidate.aim is Tier.EDGE), left[0])
        left.remove(edge)
        picked[Tier.EDGE] = edge, f"{_about(edge)}: a boundary, with the least work of {len(candidates)} valid inputs."
    ordered = list(left)
    for tier in (Tier.COMPLEX, Tier.BASIC, Tier.INTERMEDIATE):
        if tier in tiers and left:
            place = round(_QUANTILES[tier] * (len(ordered) - 1))
            chosen = min(left, key=lambda candidate: abs(ordered.index(candidate) - place))
            left.remove(chosen)
            picked[tier] = chosen, f"{_about(chosen)}: {_SHOWN[tier]} of {len(candidates)} valid inputs."
    return picked


def _about(candidate: Candidate) -> str:
    work = f"{candidate.steps} executed lines" if candidate.steps is not None else "work unknown"
    return f"Mutation of a known input ({candidate.how}); {work}, {len(candidate.text)} characters"
