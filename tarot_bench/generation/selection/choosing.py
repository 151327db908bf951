"""Choose tests for the tiers, so that each tier rejects wrong programs that the lower tiers accept, at least cost.

Tiers are filled in their order; every tier gets its first test before any tier gets a second one. A test is as strong
as the wrong programs that it rejects and all tests chosen so far accept. Each of them counts the more, the fewer
candidates reject it (1 / their number), since programs that most tests reject tell no tests apart.

Wrong programs that are not in the pool are found by tests that differ. So among the tests of a tier that are at least a
quarter as strong as the strongest, the one is taken that differs most from those chosen: first in its output, then in
executed lines and size. Ties go to the strongest, then to the least cost. Once every wrong program is rejected, only
the differences count.

`Tiering` says which candidates a tier may choose from. ``measured`` makes a ladder of three bands of the executed
lines, so that every test of a band costs more than those of the bands below, and takes ``edge`` from inputs with
boundary features. ``author`` keeps the tier that each test was written for.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import fsum, log2
from typing import Literal

from tarot_bench.generation.measure.killing import rounded
from tarot_bench.problem import TIERS, TestCase, Tier

LADDER = (Tier.BASIC, Tier.INTERMEDIATE, Tier.COMPLEX)
Tiering = Literal["measured", "author"]
ENOUGH = 0.25
"""Which share of the strongest test's strength is enough to choose a test for its differences."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A valid test that may be chosen.

    Attributes:
        test: with the gold's output; its tier is the author's, or not set yet.
        steps: lines that the gold executes on it; None where that is not known.
        boundary: its rare boundary features (`boundary.boundaries`).
        rejects: numbers of the wrong programs that fail it.
        rejects_right: numbers of the programs that are believed right and fail it.
        gold_cpu_s: CPU seconds of the gold; 0 where they are not known.
    """

    test: TestCase
    steps: int | None = None
    boundary: frozenset[str] = frozenset()
    rejects: frozenset[int] = frozenset()
    rejects_right: frozenset[int] = frozenset()
    gold_cpu_s: float = 0.0

    @property
    def key(self) -> str:
        """What no two candidates have in common: the input, or the digest of one that is not stored."""
        generated = self.test.generated
        return generated.digest if generated and not self.test.stored else self.test.input

    @property
    def size(self) -> int:
        """Characters of the input; bytes where a generator program made it."""
        return self.test.generated.size if self.test.generated else len(self.test.input)

    @property
    def weight(self) -> tuple[int, int, str]:
        """Orders candidates by executed lines, then by size; the key makes the order complete."""
        return (self.steps or 0, self.size, self.key)

    @property
    def cost(self) -> tuple[float, tuple[int, int, str]]:
        """Orders candidates by the gold's CPU time, to a power of two, then by weight."""
        return (rounded(self.gold_cpu_s), self.weight)


_Bands = Mapping[Tier, Sequence[Sequence[Candidate]]]
"""Per tier groups of candidates; a group is chosen from once those before it are used up."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A chosen candidate.

    Attributes:
        tier: that it was chosen for.
        candidate: what was chosen.
        new: how many wrong programs it rejects that all choices before it accept, those of lower tiers among them.
    """

    tier: Tier
    candidate: Candidate
    new: int = 0


def choose(candidates: Sequence[Candidate], counts: Mapping[Tier, int], tiering: Tiering = "measured") -> list[Choice]:
    """Choose tests for each tier; in the order of the tiers.

    A test that rejects a program which is believed right is chosen only where its tier would have none otherwise.

    Args:
        candidates: of two with the same input only one is chosen.
        counts: how many tests each tier is to have; a tier gets fewer where it has no more candidates.
        tiering: which candidates a tier may choose from.
    """
    bands = _measured(candidates) if tiering == "measured" else _labelled(candidates)
    chosen: list[Choice] = []
    for most in (1, max(counts.values(), default=0)):
        for tier in TIERS:
            present = sum(choice.tier is tier for choice in chosen)
            for _ in range(present, min(most, counts.get(tier, 0))):
                best = _best(bands, tier, chosen)
                if best is None:
                    break
                chosen.append(Choice(tier, best))
    return _counted(sorted(chosen, key=lambda choice: choice.tier.rank))


def _best(bands: _Bands, tier: Tier, chosen: Sequence[Choice]) -> Candidate | None:
    """The next test of a tier; None where there is none."""
    used = {choice.candidate.key for choice in chosen}
    free = [[candidate for candidate in group if candidate.key not in used] for group in bands[tier]]
    left = next((group for group in free if group), [])
    unspoilt = ([candidate for candidate in group if not candidate.rejects_right] for group in free)
    clean = next((group for group in unspoilt if group), [])
    if not clean and any(choice.tier is tier for choice in chosen):
        return None
    outputs = {choice.candidate.test.output for choice in chosen}
    rejected = frozenset[int]().union(*(choice.candidate.rejects for choice in chosen))
    strengths = _strengths(bands, rejected)
    most = max((strengths[each.key] for each in clean or left), default=0.0)

    def value(each: Candidate) -> tuple[object, ...]:
        strength = strengths[each.key]
        weak, known = strength < most * ENOUGH, each.test.output in outputs
        return (len(each.rejects_right), weak, known, -_distance(each, chosen), -strength, each.cost)

    return min(clean or left, key=value, default=None)


def _strengths(bands: _Bands, rejected: frozenset[int]) -> dict[str, float]:
    """By the key of each candidate, what it rejects beyond these wrong programs, weighted by how few reject it."""
    candidates = {each.key: each for groups in bands.values() for group in groups for each in group}
    counts = Counter(number for each in candidates.values() for number in each.rejects)
    return {key: fsum(1 / counts[number] for number in each.rejects - rejected) for key, each in candidates.items()}


def _distance(candidate: Candidate, chosen: Sequence[Choice]) -> int:
    """How far a candidate is from the nearest chosen test: the factors in lines and size, in whole powers of two."""
    lines, size = _scale(candidate)
    scale = [_scale(choice.candidate) for choice in chosen]
    return round(min((abs(lines - other) + abs(size - another) for other, another in scale), default=0.0))


def _scale(candidate: Candidate) -> tuple[float, float]:
    return log2(1 + (candidate.steps or 0)), log2(1 + candidate.size)


def _counted(chosen: Sequence[Choice]) -> list[Choice]:
    """The choices, each with the number of wrong programs that all choices before it accept."""
    rejected: frozenset[int] = frozenset()
    made = []
    for choice in chosen:
        made.append(replace(choice, new=len(choice.candidate.rejects - rejected)))
        rejected |= choice.candidate.rejects
    return made


def _labelled(candidates: Sequence[Candidate]) -> _Bands:
    return {tier: [[candidate for candidate in candidates if candidate.test.tier is tier]] for tier in TIERS}


def _measured(candidates: Sequence[Candidate]) -> _Bands:
    at_boundary = [candidate for candidate in candidates if candidate.boundary]
    edge = [at_boundary, candidates] if at_boundary else [candidates]
    return {**{tier: [band] for tier, band in _bands(_ladder(candidates)).items()}, Tier.EDGE: edge}


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
