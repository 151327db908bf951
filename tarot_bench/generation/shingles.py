"""Words and hashed word n-grams of statements, for near duplicates and contamination."""

import re
import unicodedata

import numpy as np
import xxhash
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]

_WORD = re.compile(r"\w+")
_FRAME = re.compile(
    r"solve the following coding problem using the programming language \w+:?"
    r"|the input will be (?:given via )?stdin and (?:you should print your solution to stdout"
    r"|the output should be printed to stdout by your code)\.?"
    r"|now solve the problem (?:by providing|and return) the code\.?",
    re.IGNORECASE,
)
"""The frame of text around every statement in published TAROT rows."""
_HEADING = re.compile(r"[\s#*-]*(?P<name>[A-Za-z][A-Za-z ]*?)\s*(?:\(s\))?\s*\d*\s*:?[\s#*:-]*")
_EXAMPLES = {"example", "examples", "sample", "samples", "sample input", "sample output", "sample inputs"}
_AFTER_EXAMPLES = {"note", "notes", "constraints", "hint", "hints", "limits", "scoring", "subtasks", "task"}
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_REMEMBERED_WORDS = 1 << 17


class _WordHashes(dict[str, int]):
    """XXH3 hashes of words, cached."""

    def __missing__(self, word: str) -> int:
        if len(self) >= _REMEMBERED_WORDS:
            self.clear()
        self[word] = value = xxhash.xxh3_64_intdigest(word.encode("utf-8", "surrogatepass"))
        return value


_hashes = _WordHashes()


def unframed(text: str) -> str:
    """A statement without the TAROT frame."""
    return _FRAME.sub(" ", text)


def words(text: str) -> list[str]:
    """The alphanumeric words of a statement, NFKC-normalised and case-folded, without the TAROT frame."""
    plain = unicodedata.normalize("NFKC", unframed(text)).casefold()
    return _WORD.findall(plain)


def word_hashes(found: list[str]) -> Hashes:
    """One 64-bit hash per word, the same in every process."""
    return np.fromiter(map(_hashes.__getitem__, found), np.uint64, len(found))


def ngrams(hashes: Hashes, n: int) -> Hashes:
    """Hashes of all word n-grams, in order; of the whole text if it has fewer words.

    A polynomial in the words' hashes modulo 2^64, so that the order of words counts.
    """
    n = min(n, len(hashes))
    if n == 0:
        return hashes
    grams = hashes[: len(hashes) - n + 1].copy()
    for offset in range(1, n):
        grams *= _MULTIPLIER
        grams += hashes[offset : len(hashes) - n + 1 + offset]
    return grams


def shingles(text: str, n: int = 3) -> Hashes:
    """The set of a statement's word n-gram hashes, sorted."""
    return np.unique(ngrams(word_hashes(words(text)), n))


def jaccard(first: Hashes, second: Hashes) -> float:
    """Jaccard index: size of the intersection over size of the union; 0 for two empty sets."""
    shared = len(np.intersect1d(first, second, assume_unique=True))
    union = len(first) + len(second) - shared
    return shared / union if union else 0.0


def without_examples(text: str) -> str:
    """A statement without its sections of sample input and output."""
    kept: list[str] = []
    inside = False
    for line in text.splitlines():
        heading = _HEADING.fullmatch(line)
        name = heading["name"].lower() if heading else ""
        inside = name in _EXAMPLES or (inside and name not in _AFTER_EXAMPLES)
        if not inside:
            kept.append(line)
    return "\n".join(kept)
