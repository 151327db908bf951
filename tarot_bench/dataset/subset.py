"""Draw a smaller set of problems that resembles the whole: stratified, and the same for the same seed."""

import hashlib
from collections.abc import Mapping, Sequence

from tarot_bench.errors import DataError
from tarot_bench.problem import Problem

Stratum = tuple[str, str, str]
"""Source, difficulty and tiers of problems; empty texts where the data do not tell."""


def stratum_of(problem: Problem) -> Stratum:
    """The stratum of a problem."""
    tiers = sorted({test.tier for test in problem.tests if test.tier})
    return problem.origin.source or "", problem.origin.difficulty or "", " ".join(tiers)


def stratified(problems: Sequence[Problem], count: int, seed: int) -> list[Problem]:
    """Draw problems so that every stratum has its share of them, rounded up or down.

    Args:
        problems: the whole set, with distinct ids.
        count: how many to draw.
        seed: another seed draws others. The order of the problems and the version of Python do not matter.

    Returns:
        The drawn problems, in the order of the whole set.

    Raises:
        DataError: not 1 <= count <= the number of problems.
    """
    if not 1 <= count <= len(problems):
        raise DataError(f"cannot draw {count} problems: the data have {len(problems)}; ask for fewer")
    strata: dict[Stratum, list[str]] = {}
    for problem in problems:
        strata.setdefault(stratum_of(problem), []).append(problem.id)
    shares = _shares({stratum: len(ids) for stratum, ids in strata.items()}, count, seed)
    drawn: set[str] = set()
    for stratum, ids in strata.items():
        drawn.update(sorted(ids, key=lambda name: _lot(seed, name))[: shares[stratum]])
    return [problem for problem in problems if problem.id in drawn]


def _shares(sizes: Mapping[Stratum, int], count: int, seed: int) -> dict[Stratum, int]:
    """Divide `count` in proportion to the sizes by largest remainders (Hamilton); equal ones by the seed."""
    total = sum(sizes.values())
    shares = {stratum: size * count // total for stratum, size in sizes.items()}
    by_remainder = sorted(sizes, key=lambda each: (-(sizes[each] * count % total), _lot(seed, "\n".join(each))))
    for stratum in by_remainder[: count - sum(shares.values())]:
        shares[stratum] += 1
    return shares


def _lot(seed: int, text: str) -> bytes:
    """A pseudo-random sort key."""
    return hashlib.sha256(f"{seed}:{text}".encode()).digest()
