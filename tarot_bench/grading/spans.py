"""Where in a text programs stand that hold a mark of their own: in a string, or as a name that they define."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import lru_cache

from tarot_bench.grading.blocks import Block
from tarot_bench.grading.fences import blocks_of
from tarot_bench.grading.lexing import quoted
from tarot_bench.grading.markers import CHANNEL_WORDS
from tarot_bench.grading.names import missing_names
from tarot_bench.grading.syntax import is_program
from tarot_bench.grading.unfenced import regions_of

_LIKE_A_MARK = re.compile(r"<(?:[/|｜]|[A-Za-z]{2}|s>)|\[/?(?:[A-Z]{3}|\|)|◁")
_WORD = re.compile(r"\[/?([A-Z]+)\]")

Span = tuple[int, int]


def program_spans(text: str, *marks: re.Pattern[str]) -> list[Span]:
    """The places of programs whose marks are their own, in the order of the text; none where nothing is marked."""
    if not any(mark.search(text) for mark in marks):
        return []
    if _owns(Block(text), marks):
        return [(0, len(text))]
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    blocks = blocks_of(text)
    code = [*(block for block in blocks if block.language in ("python", "")), *regions_of(text, blocks)]
    return sorted((starts[block.start], starts[block.end]) for block in code if _owns(block, marks))


def outside(spans: Sequence[Span], matches: Iterable[re.Match[str]]) -> list[re.Match[str]]:
    """The matches that begin in none of the spans; spans are in the order of the text."""
    firsts = [start for start, _ in spans]

    def inside(position: int) -> bool:
        number = bisect_right(firsts, position) - 1
        return number >= 0 and position < spans[number][1]

    return [match for match in matches if not inside(match.start())]


def found_outside(text: str, *marks: re.Pattern[str]) -> tuple[list[re.Match[str]], ...]:
    """For each pattern its matches that are not a program's own."""
    if not _may_be_marked(text):
        return tuple([] for _ in marks)
    spans = program_spans(text, *marks)
    return tuple(outside(spans, mark.finditer(text)) for mark in marks)


@lru_cache(maxsize=4)
def _may_be_marked(text: str) -> bool:
    """Whether there can be any mark of `markers` in a text, which most have not: a quick look."""
    return bool(_LIKE_A_MARK.search(text)) or any(word in text for word in CHANNEL_WORDS)


def without(text: str, matches: Iterable[re.Match[str]]) -> str:
    """The text without what was matched; the matches are in its order and do not overlap."""
    kept, at = [], 0
    for match in matches:
        kept.append(text[at : match.start()])
        at = match.end()
    return "".join([*kept, text[at:]])


def _owns(block: Block, marks: Iterable[re.Pattern[str]]) -> bool:
    """Whether there are marks in a block, and all are inside strings of the program that it is, or names it defines."""
    said = [match for mark in marks for match in mark.finditer(block.code)]
    if not said or not block.tree or not is_program(block.tree):
        return False
    strings = [match.span() for match in quoted(block.code) if _keeps(match, block)]
    words = [match[0].strip() for match in outside(strings, said)]
    names = {name[1] for word in words if (name := _WORD.fullmatch(word))}
    return all(map(_WORD.fullmatch, words)) and not names & missing_names(block.code)


def _keeps(match: re.Match[str], block: Block) -> bool:
    """Whether a mark in this string or comment is the program's; a thought may end in the last comment of a draft."""
    return match["comment"] is None or (block.fenced and block.closed)
