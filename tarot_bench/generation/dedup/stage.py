"""The stage `dedup`: drop duplicate problems; find duplicate inputs of one problem."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np
import xxhash
from numpy.typing import NDArray
from pydantic import Field

from tarot_bench.dataset.entry import Entry, Flag
from tarot_bench.generation.dedup.minhash import Duplicate, Same, closest, near_duplicates
from tarot_bench.generation.dedup.same_task import SameTask
from tarot_bench.generation.shingles import unframed, words
from tarot_bench.generation.stage import StageOutcome
from tarot_bench.problem import Frozen, Problem, TestCase
from tarot_bench.sandbox.base import Sandbox
from tarot_bench.views import Mapped, Selected

Embed = Callable[[Sequence[str]], NDArray[np.float32]]
"""Unit vectors of texts, shape ``(len(texts), dimension)``."""

Digests = NDArray[np.uint64]
"""128-bit digests, shape ``(count, 2)``."""
_Drop = tuple[str, str]
"""Why an entry is dropped: reason and detail."""
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
        """Answer each entry, in the order given. Entries are read several times and not held.

        Raises:
            SandboxError: a gold could not be run on another problem's tests.
        """
        same_task = SameTask(self._sandbox)
        order, digests = _ranked(entries)
        dropped: dict[int, _Drop] = {}
        for search in (partial(self._exact, digests), self._near, self._in_meaning):
            left = Selected(entries, order)
            found = search(left, same_task)
            dropped |= {int(order[index]): drop for index, drop in found.items()}
            order = np.delete(order, list(found))
        for place, entry in enumerate(entries):
            drop = dropped.get(place)
            yield StageOutcome.drop(entry, *drop) if drop else StageOutcome.keep(self._flagged(entry, same_task))

    def _flagged(self, entry: Entry, same_task: SameTask) -> Entry:
        why = same_task.contradictions.get(entry.problem.id)
        if why is None:
            return entry
        return entry.model_copy(update={"flags": (*entry.flags, Flag(stage=self.name, reason=DIFFERENT, detail=why))})

    def _exact(self, digests: Digests, entries: Selected[Entry], same_task: SameTask) -> dict[int, _Drop]:
        found: dict[int, _Drop] = {}
        for group in _repeated(digests[entries.places]):
            firsts: list[int] = []
            for index in group:
                entry = entries[index]
                kept = next(
                    (kept for kept in map(entries.__getitem__, firsts) if _is_copy(entry, kept, same_task)), None
                )
                if kept:
                    found[index] = ("duplicate-exact", f"the same words as {kept.problem.id}, which is kept")
                else:
                    firsts.append(index)
        return found

    def _near(self, entries: Selected[Entry], same_task: SameTask) -> dict[int, _Drop]:
        duplicates = near_duplicates(_statements(entries), self._settings.jaccard, _by_index(entries, same_task))
        return _drops(entries, duplicates, "duplicate-near", "of the word 3-grams shared with")

    def _in_meaning(self, entries: Selected[Entry], same_task: SameTask) -> dict[int, _Drop]:
        if self._embed is None or not entries:
            return {}
        vectors = self._embed(_statements(entries))
        duplicates = close_vectors(vectors, self._settings.cosine, _by_index(entries, same_task))
        return _drops(entries, duplicates, "duplicate-meaning", "cosine similarity to")


def _statements(entries: Selected[Entry]) -> Sequence[str]:
    """The statements of entries, each read when it is asked for."""
    return Mapped(entries, lambda entry: entry.problem.statement)


def _ranked(entries: Sequence[Entry]) -> tuple[NDArray[np.int64], Digests]:
    """The positions of entries, those to be preferred first, and a digest of each one's words.

    A digest is two 64-bit numbers; statements without words have zeros.
    """
    digests = np.zeros((len(entries), 2), np.uint64)
    preferences = []
    for place, entry in enumerate(entries):
        preferences.append(_preference(entry))
        if text := words(entry.problem.statement):
            digest = xxhash.xxh3_128_digest(" ".join(text).encode("utf-8", "surrogatepass"))
            digests[place] = np.frombuffer(digest, np.uint64)
    return np.array(sorted(range(len(entries)), key=preferences.__getitem__), np.int64), digests


def _repeated(digests: Digests) -> list[list[int]]:
    """The indices of equal digests, in order; digests of no words are left out."""
    if not len(digests):
        return []
    order = np.lexsort(digests.T)
    first = np.concatenate([[True], (digests[order][1:] != digests[order][:-1]).any(axis=1)])
    starts = np.flatnonzero(first)
    sizes = np.diff(np.append(starts, len(order)))
    groups = (
        sorted(order[start : start + size].tolist()) for start, size in zip(starts, sizes, strict=True) if size > 1
    )
    return [group for group in groups if digests[group[0]].any()]


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
    of the input is ignored where the outputs are equal, too.
    """
    order = sorted(range(len(problem.tests)), key=lambda index: (_rank(problem, index), index))
    first: dict[tuple[str, ...], int] = {}
    repeated = {}
    for index in order:
        found = [first.setdefault(form, index) for form in _forms(problem.tests[index])]
        earlier = [place for place in found if place != index]
        if earlier:
            repeated[index] = earlier[0]
    return repeated


def _forms(test: TestCase) -> Iterator[tuple[str, ...]]:
    """What an equal test has in common: the exact input, or the input without white space at ends and the output."""
    if test.generated and not test.stored:
        yield test.kind, test.generated.digest
        return
    yield test.kind, test.input
    yield test.kind, test.output.rstrip(), *(line.rstrip() for line in test.input.rstrip().splitlines())


def _rank(problem: Problem, index: int) -> int:
    tier = problem.tests[index].tier
    return -1 if tier is None else tier.rank


def _preference(entry: Entry) -> tuple[int, int, str]:
    return len(entry.flags), -len(entry.problem.tests), entry.problem.id


def _is_copy(one: Entry, other: Entry, same_task: SameTask) -> bool:
    """Whether two statements of the same words are one task.

    Where only white space and the frame differ it is one task, independent of the golds' answers.
    """
    first, second = (unframed(entry.problem.statement).split() for entry in (one, other))
    return first == second or same_task(one, other)


def _by_index(entries: Sequence[Entry], same_task: SameTask) -> Same:
    return lambda index, earlier: same_task(entries[index], entries[earlier])


def _drops(entries: Sequence[Entry], duplicates: dict[int, Duplicate], reason: str, measure: str) -> dict[int, _Drop]:
    return {
        index: (reason, f"{found.score:.2f} {measure} {entries[found.index].problem.id}, which is kept")
        for index, found in duplicates.items()
    }
