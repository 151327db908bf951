"""Choose tests for the tiers: bands of executed lines, boundaries for edge, and within a tier the most new rejections.

A ladder of three bands is made of the candidates' executed lines, so that every test of a band costs more than those
of the bands below. Within a band the next test is the one that rejects most wrong programs which all tests chosen so
far accept; ties go to an output that no chosen test has, then to the least cost.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tarot_bench.problem import TestCase, Tier

LADDER = (Tier.BASIC, Tier.INTERMEDIATE, Tier.COMPLEX)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A valid test that may be chosen.

    Attributes:
        test: with the gold's output; its tier is not set yet.
        steps: lines that the gold executes on it; None where that is not known.
        boundary: its rare boundary features (`boundary.boundaries`).
        rejects: numbers of the wrong programs that fail it.
    """

    test: TestCase
    steps: int | None = None
    boundary: frozenset[str] = frozenset()
    rejects: frozenset[int] = frozenset()

    @property
    def weight(self) -> tuple[int, int, str]:
        """Orders candidates by executed lines, then by size; the text makes the order complete."""
        return (self.steps or 0, len(self.test.input), self.test.input)


@dataclass(frozen=True, slots=True)
class Choice:
    """A chosen candidate.

    Attributes:
        tier: that it was chosen for.
        candidate: what was chosen.
        new: how many wrong programs it rejects that all tests chosen before it accept.
    """

    tier: Tier
    candidate: Candidate
    new: int


def choose(candidates: Sequence[Candidate], counts: Mapping[Tier, int]) -> list[Choice]:
    """Choose tests for each tier, in the order of the tiers.

    Args:
        candidates: with distinct inputs.
        counts: how many tests each tier is to have; a tier gets fewer where its band has no more candidates.
    """
    chosen: list[Choice] = []
    bands = _bands(_ladder(candidates))
    for tier in LADDER:
        _fill(chosen, tier, bands[tier], counts.get(tier, 0))
    used = {choice.candidate.test.input for choice in chosen}
    free = [candidate for candidate in candidates if candidate.test.input not in used]
    at_boundary = [candidate for candidate in free if candidate.boundary]
    _fill(chosen, Tier.EDGE, at_boundary or free, counts.get(Tier.EDGE, 0))
    return chosen


def _ladder(candidates: Sequence[Candidate]) -> Sequence[Candidate]:
    """The candidates of the three bands: those away from boundaries, where their executed lines differ enough."""
    plain = [candidate for candidate in candidates if not candidate.boundary]
    enough = len({candidate.steps for candidate in plain}) >= min(
        len(LADDER), len({candidate.steps for candidate in candidates})
    )
    return plain if enough and len(plain) >= len(LADDER) else candidates


def _bands(ladder: Sequence[Candidate]) -> dict[Tier, list[Candidate]]:
    """Three bands: of different numbers of executed lines where there are three, else by the order of weights."""
    ordered = sorted(ladder, key=lambda candidate: candidate.weight)
    levels = sorted({candidate.steps or 0 for candidate in ordered})
    bands: dict[Tier, list[Candidate]] = {tier: [] for tier in LADDER}
    for place, candidate in enumerate(ordered):
        if len(levels) >= len(LADDER):
            rank = levels.index(candidate.steps or 0) * len(LADDER) // len(levels)
        else:
            rank = place * len(LADDER) // max(len(LADDER), len(ordered))
        bands[LADDER[rank]].append(candidate)
    return bands


def _fill(chosen: list[Choice], tier: Tier, band: Sequence[Candidate], count: int) -> None:
    """Add up to `count` choices of one band."""
    left = list(band)
    for _ in range(min(count, len(left))):
        rejected = frozenset[int]().union(*(choice.candidate.rejects for choice in chosen))
        outputs = {choice.candidate.test.output for choice in chosen}
        best = min(left, key=lambda each: (-len(each.rejects - rejected), each.test.output in outputs, each.weight))
        left.remove(best)
        chosen.append(Choice(tier, best, len(best.rejects - rejected)))
