"""Find near duplicates by MinHash and locality-sensitive hashing, confirmed by the exact Jaccard index.

MinHash after Broder 1997 ("On the resemblance and containment of documents"): the share of equal minima of two sets
under random permutations estimates their Jaccard index J. Banding after Leskovec, Rajaraman and Ullman ("Mining of
Massive Datasets", 3.4): with b bands of r rows, a pair meets in at least one band with probability 1 - (1 - J^r)^b.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tarot_bench.generation.shingles import Hashes, jaccard, shingles

BANDS, ROWS = 32, 4
"""A pair of J = 0.7 meets with probability 0.9998, one of J = 0.3 with 0.23."""
PERMUTATIONS = BANDS * ROWS
SHINGLE = 3
"""Words per shingle."""
_SEED = 20260211
_BLOCK = 256
"""Texts whose shingles are permuted at once, so that they fit the processor's cache."""
_MARGIN = 0.16
"""Four standard errors of the estimate at J = 0.7: sqrt(0.7 * 0.3 / 128) = 0.04."""

_LIKELY = 64
"""Number of earlier texts, the closest by signature, whose exact index is computed."""
CLOSEST = 8
"""Number of closest earlier texts that a text is compared with: texts in one frame are all alike."""

_ALONE = -1
_MIXING = np.uint64(0x9E3779B97F4A7C15)

Signatures = NDArray[np.uint32]
Buckets = NDArray[np.int32]
Same = Callable[[int, int], bool]
"""Whether a text that is similar to an earlier one has the same task; both by index."""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """The earlier text that a text duplicates.

    Attributes:
        index: of the earlier text.
        score: their similarity, at most 1.
    """

    index: int
    score: float


def near_duplicates(
    texts: Sequence[str], threshold: float, same: Same = lambda _text, _earlier: True
) -> dict[int, Duplicate]:
    """Find texts that duplicate an earlier text that is itself no duplicate.

    Every duplicate is within `threshold` of the text it names: chains (A like B, B like C, A unlike C) are not merged.
    Memory: 640 bytes for each text, and 4 to 12 for each band in which it meets another.

    Args:
        texts: those to be preferred first; each is read when it is needed, some several times.
        threshold: least Jaccard index of the sets of word 3-grams, in (0.5, 1].
        same: called for each similar pair, at most `CLOSEST` times per text.

    Returns:
        For the index of each duplicate, the first of its `CLOSEST` texts, in order, that it duplicates.
    """
    signatures = sketch(texts)
    buckets = _shared_buckets(signatures)
    leaders = _Leaders(buckets)

    @lru_cache(maxsize=4096)
    def grams(index: int) -> Hashes:
        return shingles(texts[index], SHINGLE)

    found: dict[int, Duplicate] = {}
    for row in np.flatnonzero((buckets != _ALONE).any(axis=1)).tolist():
        mine = buckets[row][buckets[row] != _ALONE]
        likely = _likely(signatures, row, leaders.of(mine), threshold)
        scores = {index: jaccard(grams(index), grams(row)) for index in likely}
        duplicate = next((one for one in closest(scores, threshold) if same(row, one.index)), None)
        if duplicate:
            found[row] = duplicate
        else:
            leaders.add(row, mine)
    return found


def closest(scores: Mapping[int, float], threshold: float) -> list[Duplicate]:
    """The `CLOSEST` texts at or above the threshold, in order of index."""
    alike = [Duplicate(index, score) for index, score in scores.items() if score >= threshold]
    return sorted(sorted(alike, key=lambda one: (-one.score, one.index))[:CLOSEST], key=lambda one: one.index)


def sketch(texts: Sequence[str]) -> Signatures:
    """MinHash signatures, shape ``(len(texts), PERMUTATIONS)``; a text without words has all ones, as no other has."""
    rng = np.random.default_rng(_SEED)
    factors = rng.integers(0, 2**63, PERMUTATIONS, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
    terms = rng.integers(0, 2**63, PERMUTATIONS, dtype=np.uint64)
    signatures = np.full((len(texts), PERMUTATIONS), np.iinfo(np.uint32).max, np.uint32)
    for begin in range(0, len(texts), _BLOCK):
        sets = [shingles(text, SHINGLE) for text in texts[begin : begin + _BLOCK]]
        filled = np.flatnonzero([len(grams) for grams in sets])
        if len(filled):
            signatures[begin + filled] = _minima([sets[index] for index in filled], factors, terms)
    return signatures


def _minima(sets: list[Hashes], factors: Hashes, terms: Hashes) -> Signatures:
    """Upper halves of each set's minima under ``x -> a x + b`` modulo 2^64, shape ``(len(sets), PERMUTATIONS)``."""
    joined = np.concatenate(sets)
    starts = np.concatenate([[0], np.cumsum([len(grams) for grams in sets])[:-1]])
    permuted = np.empty_like(joined)
    minima = np.empty((len(sets), PERMUTATIONS), np.uint32)
    for number, (factor, term) in enumerate(zip(factors, terms, strict=True)):
        np.multiply(joined, factor, out=permuted)
        permuted += term
        minima[:, number] = np.minimum.reduceat(permuted, starts) >> np.uint64(32)
    return minima


def _shared_buckets(signatures: Signatures) -> Buckets:
    """For each row and band the number of its bucket, from 0; `_ALONE` where no other row is in it."""
    buckets = np.full((len(signatures), BANDS), _ALONE, np.int32)
    worded = np.flatnonzero((signatures != np.iinfo(np.uint32).max).any(axis=1))
    count = 0
    for band in range(BANDS):
        _, bucket, sizes = np.unique(_band_keys(signatures, band)[worded], return_inverse=True, return_counts=True)
        numbers = np.where(sizes > 1, np.cumsum(sizes > 1) - 1 + count, _ALONE)
        buckets[worded, band] = numbers[bucket.ravel()]
        count += int(np.count_nonzero(sizes > 1))
    return buckets


def _band_keys(signatures: Signatures, band: int) -> Hashes:
    """One hash per row of a band's minima. Rows that meet by a collision of hashes are compared like others."""
    keys = np.zeros(len(signatures), np.uint64)
    for column in range(band * ROWS, (band + 1) * ROWS):
        keys = keys * _MIXING + signatures[:, column]
        keys ^= keys >> np.uint64(29)
    return keys


class _Leaders:
    """The rows that are no duplicates, by bucket: one array with a stretch for every bucket."""

    def __init__(self, buckets: Buckets) -> None:
        sizes = np.bincount(buckets[buckets != _ALONE])
        self._starts = np.cumsum(sizes) - sizes
        self._filled = np.zeros(len(sizes), np.int32)
        self._rows = np.empty(sizes.sum(), np.int32)

    def add(self, row: int, buckets: Buckets) -> None:
        """Add a row to its buckets, which are different ones."""
        self._rows[self._starts[buckets] + self._filled[buckets]] = row
        self._filled[buckets] += 1

    def of(self, buckets: Buckets) -> NDArray[np.int32]:
        """The rows in any of these buckets, in order."""
        starts, counts = self._starts[buckets], self._filled[buckets]
        stretches = [self._rows[start : start + count] for start, count in zip(starts, counts, strict=True) if count]
        return np.unique(np.concatenate(stretches)) if stretches else np.empty(0, np.int32)


def _likely(signatures: Signatures, row: int, met: NDArray[np.int32], threshold: float) -> list[int]:
    """The closest candidates whose signatures do not exclude the threshold."""
    share = (signatures[met] == signatures[row]).mean(axis=1)
    order = np.argsort(-share, kind="stable")[:_LIKELY]
    return [int(met[place]) for place in order if share[place] >= threshold - _MARGIN]
