"""Deduplicate: problems that say the same, and tests of one problem that ask the same."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import xxhash
from numpy.typing import NDArray
from pydantic import Field

from tarot_bench.curation.minhash import Twin, near_duplicates
from tarot_bench.curation.shingles import words
from tarot_bench.curation.stage import Outcome
from tarot_bench.dataset.entry import Entry
from tarot_bench.problem import Frozen, Problem

Embed = Callable[[Sequence[str]], NDArray[np.float32]]
"""Unit vectors of texts, shape ``(len(texts), dimension)``."""

_BLOCK = 1024
"""Vectors that are compared with all kept ones at once."""


class DedupSettings(Frozen):
    """The section ``deduplicate`` of a generation recipe."""

    jaccard: float = Field(default=0.7, gt=0.5, le=1)
    """Statements whose sets of word 3-grams are this much alike are one problem."""
    cosine: float = Field(default=0.95, gt=0, le=1)
    """With embeddings: statements whose vectors are this close are one problem."""


class Deduplicate:
    """Keeps one of every group of problems with the same statement: exactly, nearly, and (with `embed`) in meaning.

    Preferred is the entry with the fewest flags, then with the most tests, then with the smallest id; so the result
    does not depend on the order of the entries. Each one dropped names the one that was kept in its place, and is
    itself as close to that one as the settings ask.
    """

    name = "deduplicate"
    whole = True

    def __init__(self, settings: DedupSettings, embed: Embed | None = None) -> None:
        self._settings = settings
        self._embed = embed

    def run(self, entries: Sequence[Entry]) -> Iterator[Outcome]:
        """Answer each entry, in the order given."""
        ranked = sorted(entries, key=_preference)
        dropped: dict[str, Outcome] = {}
        for search in (self._exact, self._near, self._in_meaning):
            left = [entry for entry in ranked if entry.problem.id not in dropped]
            dropped |= {outcome.id: outcome for outcome in search(left)}
        for entry in entries:
            yield dropped.get(entry.problem.id) or Outcome.keep(entry)

    def _exact(self, entries: list[Entry]) -> Iterator[Outcome]:
        first: dict[bytes, Entry] = {}
        for entry in entries:
            said = words(entry.problem.statement)
            kept = first.setdefault(xxhash.xxh3_128_digest(" ".join(said).encode("utf-8", "surrogatepass")), entry)
            if said and kept is not entry:
                yield Outcome.drop(entry, "duplicate-exact", f"the same words as {kept.problem.id}, which is kept")

    def _near(self, entries: list[Entry]) -> Iterator[Outcome]:
        twins = near_duplicates([entry.problem.statement for entry in entries], self._settings.jaccard)
        yield from _drops(entries, twins, "duplicate-near", "of the word 3-grams shared with")

    def _in_meaning(self, entries: list[Entry]) -> Iterator[Outcome]:
        if self._embed is None or not entries:
            return
        vectors = self._embed([entry.problem.statement for entry in entries])
        twins = close_vectors(vectors, self._settings.cosine)
        yield from _drops(entries, twins, "duplicate-meaning", "cosine similarity to")


def close_vectors(vectors: NDArray[np.float32], threshold: float) -> dict[int, Twin]:
    """Which unit vectors are close to an earlier one that is itself close to none; all pairs, in blocks.

    Args:
        vectors: shape ``(count, dimension)``, those to be preferred first.
        threshold: least cosine similarity.
    """
    kept = np.zeros(len(vectors), bool)
    found: dict[int, Twin] = {}
    for begin in range(0, len(vectors), _BLOCK):
        block = vectors[begin : begin + _BLOCK]
        similar = block @ vectors[: begin + len(block)].T >= threshold
        for offset, row in enumerate(similar):
            index = begin + offset
            close = np.flatnonzero(row[:index] & kept[:index])
            if len(close):
                score = float(vectors[index] @ vectors[close[0]])
                found[index] = Twin(int(close[0]), min(score, 1.0))
            else:
                kept[index] = True
    return found


def repeated_inputs(problem: Problem) -> dict[int, int]:
    """Which tier tests ask what an earlier one asked, as ``{position in problem.tests: position of the earlier}``.

    Lower tiers come first: of two equal inputs the one in the lower tier stays. White space at the ends of lines and
    of the input makes no difference.
    """
    order = sorted(range(len(problem.tests)), key=lambda index: (_rank(problem, index), index))
    first: dict[tuple[str, ...], int] = {}
    repeated = {}
    for index in order:
        test = problem.tests[index]
        asked = (test.kind, *(line.rstrip() for line in test.input.rstrip().splitlines()))
        earlier = first.setdefault(asked, index)
        if earlier != index:
            repeated[index] = earlier
    return repeated


def _rank(problem: Problem, index: int) -> int:
    tier = problem.tests[index].tier
    return -1 if tier is None else tier.rank


def _preference(entry: Entry) -> tuple[int, int, str]:
    return len(entry.flags), -len(entry.problem.tests), entry.problem.id


def _drops(entries: list[Entry], twins: dict[int, Twin], reason: str, measure: str) -> Iterator[Outcome]:
    for index, twin in twins.items():
        kept = entries[twin.index].problem.id
        yield Outcome.drop(entries[index], reason, f"{twin.score:.2f} {measure} {kept}, which is kept")
