"""A small, diverse set of wrong programs that stands for all known ones of a problem.

Many wrong programs fail alike, mostly on every test, so a share over all of them is inflated by easy ones. Luo et al.
2025, "How Many Code and Test Cases Are Enough?" (TC-Bench, arXiv 2510.08720) take the binary matrix of wrong programs
(rows) and tests (columns, 1 where the program fails), whose rank bounds the number of independent error patterns, and
choose as many rows, linearly independent and with the least mean Jaccard similarity. The exclusion rate is the share
of these programs that a test suite rejects.

Finding the best basis is NP-hard. The paper's WrongSelect searches from random starts; this one is deterministic:
greedy from the row with the fewest failures (the hardest to detect), each time adding the independent row that is
least similar to those chosen, then exchanging single rows while the sum of similarities falls (at most two exchanges
per row).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tarot_bench.metrics.quality import Failures, count_rejected

_PRIME = 2**31 - 1
"""Linear independence is decided exactly, over the integers modulo a large prime. It is that over the rationals unless
the prime divides a minor of the matrix."""
_LEAST_GAIN = 1e-9

_Rows = NDArray[np.int64]


def rank(rows: Sequence[Failures]) -> int:
    """The rank of the binary matrix whose rows have their ones at these places."""
    return len(_Span.of(_matrix(rows)).rows)


def diverse_basis(programs: Sequence[Failures]) -> tuple[Failures, ...]:
    """The failures of a maximal set of wrong programs with independent failures that are little alike.

    Programs without failures are left out. The result depends on the set of distinct failures only, has `rank` members
    and is sorted by size.
    """
    rows = sorted({failed for failed in programs if failed}, key=lambda row: (len(row), sorted(row)))
    if not rows:
        return ()
    matrix = _matrix(rows)
    alike = _similarities(matrix)
    chosen = _greedy(matrix, alike)
    for _ in range(2 * len(chosen)):
        exchanged = _exchanged(chosen, matrix, alike)
        if exchanged is None:
            break
        chosen = exchanged
    return tuple(rows[place] for place in sorted(chosen))


def exclusion(basis: Sequence[Failures], tests: Collection[int]) -> tuple[int, int]:
    """How many members of a basis these tests reject, and its size."""
    return count_rejected(basis, tests), len(basis)


def _matrix(rows: Sequence[Failures]) -> _Rows:
    columns = {test: place for place, test in enumerate(sorted(frozenset().union(*rows)))}
    matrix = np.zeros((len(rows), len(columns)), np.int64)
    for number, failed in enumerate(rows):
        matrix[number, [columns[test] for test in failed]] = 1
    return matrix


def _similarities(matrix: _Rows) -> NDArray[np.float64]:
    """The Jaccard similarity of every two rows, none of which is zero."""
    shared = matrix @ matrix.T
    sizes = matrix.sum(axis=1)
    similar: NDArray[np.float64] = shared / (sizes[:, None] + sizes[None, :] - shared)
    return similar


@dataclass(slots=True)
class _Span:
    """The rows that some rows span, in echelon form.

    Attributes:
        rows: each with a 1 at its pivot.
        pivots: one column per row, where later rows are 0.
    """

    rows: list[_Rows]
    pivots: list[int]

    @classmethod
    def of(cls, matrix: _Rows) -> "_Span":
        """The span of the rows of a matrix."""
        span = cls([], [])
        for row in matrix:
            span.add(row)
        return span

    def add(self, row: _Rows) -> bool:
        """Add a row; whether it was independent of those before."""
        left = self.reduced(row[None, :])[0]
        places = np.flatnonzero(left)
        if not len(places):
            return False
        pivot = int(places[0])
        self.rows.append(left * pow(int(left[pivot]), -1, _PRIME) % _PRIME)
        self.pivots.append(pivot)
        return True

    def reduced(self, rows: _Rows) -> _Rows:
        """What is left of rows after the span is taken out; zero for those in it."""
        left = rows.copy()
        for row, pivot in zip(self.rows, self.pivots, strict=True):
            left = (left - left[:, [pivot]] * row) % _PRIME
        return left


def _greedy(matrix: _Rows, alike: NDArray[np.float64]) -> list[int]:
    """The numbers of independent rows: the first row, then always the one least similar to those chosen."""
    span = _Span([], [])
    chosen: list[int] = []
    similarity = np.zeros(len(matrix))
    open_rows = np.ones(len(matrix), bool)
    while open_rows.any():
        place = int(np.argmin(np.where(open_rows, similarity, np.inf)))
        open_rows[place] = False
        if span.add(matrix[place]):
            chosen.append(place)
            similarity += alike[place]
    return chosen


def _exchanged(chosen: list[int], matrix: _Rows, alike: NDArray[np.float64]) -> list[int] | None:
    """The basis after the first exchange of a row that lowers the sum of similarities; None if there is none."""
    for number, place in enumerate(chosen):
        others = [*chosen[:number], *chosen[number + 1 :]]
        similarity = alike[:, others].sum(axis=1)
        better = np.flatnonzero(similarity < similarity[place] - _LEAST_GAIN)
        better = better[~np.isin(better, chosen)]
        if len(better):
            free = better[_Span.of(matrix[others]).reduced(matrix[better]).any(axis=1)]
            if len(free):
                return [*others, int(free[np.argmin(similarity[free])])]
    return None
