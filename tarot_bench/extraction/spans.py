"""Find marks that belong to programs in a text: inside a string, or as a name that they define."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import accumulate, takewhile

from tarot_bench.extraction.blocks import Block
from tarot_bench.extraction.fences import blocks_of
from tarot_bench.extraction.lexing import quoted
from tarot_bench.extraction.markers import CHANNEL_WORDS
from tarot_bench.extraction.names import missing_names
from tarot_bench.extraction.unfenced import regions_of

_LIKE_A_MARK = re.compile(r"<(?:[/|｜]|[A-Za-z]{2}|s>)|\[/?(?:[A-Z]{3}|\|)|◁")
_WORD = re.compile(r"\[/?([A-Z]+)\]")

_OURS = ("python", "", "json")

Span = tuple[int, int]


def program_spans(text: str, *marks: re.Pattern[str]) -> list[Span]:
    """The spans where marks belong to a program: its strings, or all of it if it defines those names.

    Empty where nothing is marked. Programs are the text, its blocks and the code between prose, as far as they parse.
    """
    if not any(mark.search(text) for mark in marks):
        return []
    lines = text.split("\n")
    starts = [0, *accumulate(len(line) + 1 for line in lines)]
    whole = Block(text, end=len(lines), closed=False, fenced=False)
    if whole.tree:
        return _own(whole, text, starts, marks)
    blocks = blocks_of(text)
    code = [*(block for block in blocks if block.language in _OURS), *regions_of(text, blocks)]
    return sorted(span for block in code if block.tree for span in _own(block, text, starts, marks))


def _own(block: Block, text: str, starts: Sequence[int], marks: Sequence[re.Pattern[str]]) -> list[Span]:
    """The spans of one program where marks belong to it."""
    said = [match[0] for mark in marks for match in mark.finditer(block.code)]
    if not said:
        return []
    first, end = starts[block.start + block.fenced], starts[block.end]
    names = {word[1] for one in said if (word := _WORD.fullmatch(one.strip()))}
    if names and not names & missing_names(block.code):
        return [(first, end)]
    # A thought may end in the last comment of a draft.
    keeps_comments = block.fenced and block.closed
    strings = takewhile(lambda found: found.start() < end, quoted(text, first))
    return [found.span() for found in strings if found["comment"] is None or keeps_comments]


def outside(spans: Sequence[Span], matches: Iterable[re.Match[str]]) -> list[re.Match[str]]:
    """The matches that begin outside all spans; spans are in text order."""
    firsts = [start for start, _ in spans]

    def inside(position: int) -> bool:
        number = bisect_right(firsts, position) - 1
        return number >= 0 and position < spans[number][1]

    return [match for match in matches if not inside(match.start())]


def found_outside(text: str, *marks: re.Pattern[str]) -> tuple[list[re.Match[str]], ...]:
    """For each pattern, its matches that do not belong to a program."""
    if not _may_be_marked(text):
        return tuple([] for _ in marks)
    spans = program_spans(text, *marks)
    return tuple(outside(spans, mark.finditer(text)) for mark in marks)


@lru_cache(maxsize=4)
def _may_be_marked(text: str) -> bool:
    """Whether a text may contain a mark of `markers`; a fast check, since most texts have none."""
    return bool(_LIKE_A_MARK.search(text)) or any(word in text for word in CHANNEL_WORDS)


def without(text: str, matches: Iterable[re.Match[str]]) -> str:
    """The text without the matches, which are in text order and do not overlap."""
    kept, at = [], 0
    for match in matches:
        kept.append(text[at : match.start()])
        at = match.end()
    return "".join([*kept, text[at:]])
