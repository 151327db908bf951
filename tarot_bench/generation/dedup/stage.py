"""The stage `dedup`: drop duplicate problems; find duplicate inputs of one problem."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import xxhash
from numpy.typing import NDArray
from pydantic import Field

from tarot_bench.dataset.entry import Entry, Flag
from tarot_bench.generation.dedup.minhash import Duplicate, Same, closest, near_duplicates
from tarot_bench.generation.dedup.same_task import SameTask
from tarot_bench.generation.shingles import unframed, words
from tarot_bench.generation.stage import StageOutcome
from tarot_bench.problem import Frozen, Problem
from tarot_bench.sandbox.base import Sandbox

Embed = Callable[[Sequence[str]], NDArray[np.float32]]
"""Unit vectors of texts, shape ``(len(texts), dimension)``."""

DIFFERENT = "different-task"
"""Flag of an entry that is kept although its statement is similar to another's."""
_BLOCK = 1024
"""Number of vectors that are compared with all kept ones at once."""


class DedupSettings(Frozen):
    """The section ``dedup`` of a generation recipe."""

    jaccard: float = Field(default=0.7, gt=0.5, le=1)
    """Least Jaccard index of word 3-grams of duplicates."""
    cosine: float = Field(default=0.95, gt=0, le=1)
    """With embeddings: least cosine similarity of duplicates."""


class DedupStage:
    """Keeps one of every group of problems with the same statement: exactly, nearly, and (with `embed`) in meaning.

    The entry with the fewest flags is kept, then with the most tests, then with the smallest id, so that the result
    does not depend on the order of entries. Each dropped entry names the kept one, and is itself similar enough to it.

    Statements that are similar but not equal may be different tasks in one frame of words: an entry is dropped only for
    another of the same task (`SameTask`). An entry that is kept because a gold fails the other's tests gets the flag
    ``different-task``.
    """

    name = "dedup"
    whole = True

    def __init__(self, settings: DedupSettings, sandbox: Sandbox, embed: Embed | None = None) -> None:
        self._settings = settings
        self._sandbox = sandbox
        self._embed = embed

    def run(self, entries: Sequence[Entry]) -> Iterator[StageOutcome]:
        """Answer each entry, in the order given.

        Raises:
            SandboxError: a gold could not be run on another problem's tests.
        """
        same_task = SameTask(self._sandbox)
        ranked = sorted(entries, key=_preference)
        dropped: dict[str, StageOutcome] = {}
        for search in (self._exact, self._near, self._in_meaning):
            left = [entry for entry in ranked if entry.problem.id not in dropped]
            dropped |= {outcome.id: outcome for outcome in search(left, same_task)}
        for entry in entries:
            yield dropped.get(entry.problem.id) or StageOutcome.keep(self._flagged(entry, same_task))

    def _flagged(self, entry: Entry, same_task: SameTask) -> Entry:
        why = same_task.contradictions.get(entry.problem.id)
        if why is None:
            return entry
        return entry.model_copy(update={"flags": (*entry.flags, Flag(stage=self.name, reason=DIFFERENT, detail=why))})

    def _exact(self, entries: list[Entry], same_task: SameTask) -> Iterator[StageOutcome]:
        firsts: dict[bytes, list[Entry]] = defaultdict(list)
        for entry in entries:
            text = words(entry.problem.statement)
            if not text:
                continue
            alike = firsts[xxhash.xxh3_128_digest(" ".join(text).encode("utf-8", "surrogatepass"))]
            kept = next((kept for kept in alike if _same_text(entry, kept) or same_task(entry, kept)), None)
            if kept:
                yield StageOutcome.drop(entry, "duplicate-exact", f"the same words as {kept.problem.id}, which is kept")
            else:
                alike.append(entry)

    def _near(self, entries: list[Entry], same_task: SameTask) -> Iterator[StageOutcome]:
        texts = [entry.problem.statement for entry in entries]
        duplicates = near_duplicates(texts, self._settings.jaccard, _by_index(entries, same_task))
        yield from _drops(entries, duplicates, "duplicate-near", "of the word 3-grams shared with")

    def _in_meaning(self, entries: list[Entry], same_task: SameTask) -> Iterator[StageOutcome]:
        if self._embed is None or not entries:
            return
        vectors = self._embed([entry.problem.statement for entry in entries])
        duplicates = close_vectors(vectors, self._settings.cosine, _by_index(entries, same_task))
        yield from _drops(entries, duplicates, "duplicate-meaning", "cosine similarity to")


def close_vectors(
    vectors: NDArray[np.float32], threshold: float, same: Same = lambda _vector, _earlier: True
) -> dict[int, Duplicate]:
    """Find unit vectors that duplicate an earlier one that is itself no duplicate; all pairs, in blocks.

    Args:
        vectors: shape ``(count, dimension)``, those to be preferred first.
        threshold: least cosine similarity.
        same: called for each similar pair, as in `near_duplicates`.
    """
    kept = np.zeros(len(vectors), bool)
    found: dict[int, Duplicate] = {}
    for begin in range(0, len(vectors), _BLOCK):
        block = vectors[begin : begin + _BLOCK]
        similar = block @ vectors[: begin + len(block)].T
        for offset, row in enumerate(similar):
            index = begin + offset
            close = np.flatnonzero((row[:index] >= threshold) & kept[:index])
            duplicates = closest({int(earlier): min(float(row[earlier]), 1.0) for earlier in close}, threshold)
            duplicate = next((one for one in duplicates if same(index, one.index)), None)
            if duplicate:
                found[index] = duplicate
            else:
                kept[index] = True
    return found


def repeated_inputs(problem: Problem) -> dict[int, int]:
    """Find tier tests with the input of an earlier one, as ``{position in problem.tests: position of the earlier}``.

    Lower tiers come first: of two equal inputs the one in the lower tier is kept. White space at the ends of lines and
    of the input is ignored.
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


def _same_text(one: Entry, other: Entry) -> bool:
    """Whether only white space and the frame differ, so that it is one task independent of the golds' answers."""
    return unframed(one.problem.statement).split() == unframed(other.problem.statement).split()


def _by_index(entries: list[Entry], same_task: SameTask) -> Same:
    return lambda index, earlier: same_task(entries[index], entries[earlier])


def _drops(entries: list[Entry], duplicates: dict[int, Duplicate], reason: str, measure: str) -> Iterator[StageOutcome]:
    for index, duplicate in duplicates.items():
        kept = entries[duplicate.index].problem.id
        yield StageOutcome.drop(entries[index], reason, f"{duplicate.score:.2f} {measure} {kept}, which is kept")
