"""Overlap of a statement with a benchmark's prose: containment of word n-grams, and the Jaccard index.

Containment is the share of the prompt's n-grams that the statement has: a long statement that quotes a short prompt
is found, which the Jaccard index alone would miss. A single shared 8-gram is no evidence: 96 % of real contest
statements share one with some other problem ("the first line of the input contains a single integer").
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tarot_bench.dataset.entry import Contamination
from tarot_bench.generation.decontaminate.references import Reference
from tarot_bench.generation.shingles import Hashes, ngrams, without_examples, word_hashes, words

LONGEST, SHORTEST = 8, 4
"""Words per n-gram: 8, and fewer for short prompts (`gram_length`)."""
_DIFFERENT = 4
"""Different alphabetic words that an n-gram needs to count, so that ``0 0 0 1 1 2 3 4`` does not."""
_COMMON = 3
"""An n-gram of more prompts than this is a common phrase (``write a function to``) and does not count."""
_FEWEST = 4
"""A prompt with fewer distinctive n-grams only matches as a whole: half of it is an ordinary phrase."""
_SHINGLE = 3
"""Words per shingle of the Jaccard index."""


def gram_length(count: int) -> int:
    """Words per n-gram for a prompt of `count` words: 8, and for prompts below 19 words fewer, at least 4.

    It is the longest n for which half a prompt still holds a fifth of its n-grams: the half has ``count / 2 - n + 1``
    of them and the whole ``count - n + 1``, so that ``0.3 count >= 0.8 (n - 1)``.
    """
    return max(SHORTEST, min(LONGEST, 1 + int(0.375 * count)))


class Overlap:
    """An index of benchmark prompts; `nearest` compares a statement with all of them at once."""

    def __init__(self, references: Sequence[Reference]) -> None:
        self._ids = [reference.id for reference in references]
        said = [words(reference.prose) for reference in references]
        chosen = telling_grams(said)
        lengths, grams = np.array([length for length, _ in chosen]), [found for _, found in chosen]
        self._sizes = np.array([len(found) for found in grams])
        self._by_length = {
            int(length): _Postings(grams, np.flatnonzero(lengths == length)) for length in np.unique(lengths)
        }
        shingles = [np.unique(ngrams(word_hashes(prompt), _SHINGLE)) for prompt in said]
        self._shingles = _Postings(shingles, np.arange(len(said)))
        self._shingle_sizes = np.array([len(found) for found in shingles])

    def nearest(self, statement: str) -> Contamination:
        """Return the benchmark problem with the largest overlap, by the greater of the two measures."""
        if not self._ids:
            return Contamination(score=0)
        hashes = word_hashes(words(statement))
        shared = sum(
            (found.count(np.unique(ngrams(hashes, length))) for length, found in self._by_length.items()),
            start=np.zeros(len(self._ids), np.int64),
        )
        containment = shared / np.maximum(self._sizes, 1)
        jaccard = self._jaccard(statement)
        best = int(np.argmax(np.maximum(containment, jaccard)))
        score, alike = float(containment[best]), float(jaccard[best])
        return Contamination(score=score, jaccard=alike, match=self._ids[best] if score or alike else None)

    def _jaccard(self, statement: str) -> NDArray[np.float64]:
        mine = np.unique(ngrams(word_hashes(words(without_examples(statement))), _SHINGLE))
        shared = self._shingles.count(mine)
        return shared / np.maximum(self._shingle_sizes + len(mine) - shared, 1)


class _Postings:
    """An inverted index, from an n-gram to the prompts that contain it, as arrays."""

    def __init__(self, grams: Sequence[Hashes], owners: NDArray[np.int64]) -> None:
        """Index the n-grams (sets) of the prompts `owners`."""
        joined = np.concatenate([np.empty(0, np.uint64), *(grams[owner] for owner in owners)])
        order = np.argsort(joined, kind="stable")
        self._owners = np.repeat(owners, [len(grams[owner]) for owner in owners])[order]
        self._keys, self._starts, self._counts = np.unique(joined[order], return_index=True, return_counts=True)
        self._prompts = len(grams)

    def count(self, grams: Hashes) -> NDArray[np.int64]:
        """Count how many of these n-grams (a set) each prompt contains; shape ``(number of prompts,)``."""
        _, found, _ = np.intersect1d(self._keys, grams, assume_unique=True, return_indices=True)
        counts, starts = self._counts[found], self._starts[found]
        first = np.cumsum(counts) - counts
        places = np.arange(counts.sum()) - np.repeat(first, counts) + np.repeat(starts, counts)
        return np.bincount(self._owners[places], minlength=self._prompts)


def telling_grams(prompts: Sequence[list[str]]) -> list[tuple[int, Hashes]]:
    """Return for each prompt (as words) the length of its n-grams, and the set of its distinctive n-grams.

    A prompt with fewer than `_FEWEST` of them is one single n-gram, which only a full copy contains.
    """
    hashes = [word_hashes(prompt) for prompt in prompts]
    common = {length: _common([ngrams(said, length) for said in hashes]) for length in range(SHORTEST, LONGEST + 1)}
    chosen = []
    for prompt, said in zip(prompts, hashes, strict=True):
        length = gram_length(len(prompt))
        grams = ngrams(said, length)
        different = [len({word for word in prompt[at : at + length] if word.isalpha()}) for at in range(len(grams))]
        telling = np.unique(grams[(np.array(different) >= _DIFFERENT) & ~np.isin(grams, common[length])])
        enough = len(telling) >= _FEWEST
        chosen.append((length, telling) if enough else (len(prompt), ngrams(said, len(prompt))))
    return chosen


def _common(grams: list[Hashes]) -> Hashes:
    """The n-grams of more than `_COMMON` prompts."""
    joined = np.concatenate([np.empty(0, np.uint64), *(np.unique(found) for found in grams)])
    found, counts = np.unique(joined, return_counts=True)
    return found[counts > _COMMON]
