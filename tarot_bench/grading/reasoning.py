"""What of a completion is thought, what is answer, and what wraps the answer."""

import ast
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from tarot_bench.grading.blocks import Block
from tarot_bench.grading.fences import blocks_of
from tarot_bench.grading.unfenced import regions_of

_NAMES = r"(?:seed:)?(?:think|thinking|thoughts?|reasoning)"
_OPENING = rf"<{_NAMES}(?:\s[^<>\n]*)?>|\[THINK\]|◁think▷|<\|begin_of_thought\|>|<\|channel\|>analysis<\|message\|>"
_CLOSING = rf"</{_NAMES}\s*>|\[/THINK\]|◁/think▷|<\|end_of_thought\|>|<\|channel\|>final<\|message\|>"
# A tag in back quotes is spoken of, not used.
_OPEN = re.compile(rf"(?<!`)(?:{_OPENING})|(?:{_OPENING})(?!`)", re.IGNORECASE)
_CLOSE = re.compile(rf"(?<!`)(?:{_CLOSING})|(?:{_CLOSING})(?!`)", re.IGNORECASE)
_WRAPPERS = r"(?:answer|solution|final_answer|code|python)"
_WRAPPED = re.compile(rf"<({_WRAPPERS})(?:\s[^<>\n]*)?>|\[(PYTHON)\]", re.IGNORECASE)
_UNWRAPPED = re.compile(rf"</{_WRAPPERS}\s*>|\[/PYTHON\]", re.IGNORECASE)
_MOST_WRAPPERS = 3
_NEAR = 80

Span = tuple[int, int]


def readings_of(text: str) -> list[str]:
    """The text without its reasoning, read in two ways; none if a section of reasoning is never closed.

    First what follows the last closing tag. Then, for models that think in several places, the text between the
    sections; a closing tag without an opening one (which a template wrote) ends reasoning that began with the text.
    """
    programs = _program_spans(text, _OPEN, _CLOSE)
    closes = _outside(programs, _CLOSE.finditer(text))
    opens = _outside(programs, _OPEN.finditer(text))
    after = closes[-1].end() if closes else 0
    if any(match.start() >= after and _at_edge_of_line(text, match) for match in opens):
        return []
    between, at = "", 0
    begins = [*(match.start() for match in opens), len(text)]
    for close in closes:
        begin = begins[bisect_left(begins, at)]
        between = between + text[at:begin] if begin < close.start() else ""
        at = close.end()
    return list(dict.fromkeys([text[after:], between + text[at:]]))


def wrapped_in(text: str) -> list[tuple[str, str]]:
    """What the last answer wrappers hold, the last first, and their names; an unclosed one goes to the end."""
    programs = _program_spans(text, _WRAPPED, _UNWRAPPED)
    opens = _outside(programs, _WRAPPED.finditer(text))[-_MOST_WRAPPERS:]
    closes = _outside(programs, _UNWRAPPED.finditer(text))
    found: list[tuple[str, str]] = []
    for match in reversed(opens):
        end = next((close.start() for close in closes if close.start() >= match.end()), len(text))
        found.append((text[match.end() : end], (match[1] or match[2]).lower()))
    return found


def _at_edge_of_line(text: str, match: re.Match[str]) -> bool:
    """Whether a tag begins or ends its line; one inside a sentence is spoken of, not used."""
    before = text[max(0, match.start() - _NEAR) : match.start()].rpartition("\n")[2]
    return not before.strip() or text[match.end() : match.end() + 1] in ("\n", "")


def _program_spans(text: str, *tags: re.Pattern[str]) -> list[Span]:
    """Where in a text programs stand that have a tag in them: there it is part of a string."""
    if not any(tag.search(text) for tag in tags):
        return []
    if _are_in_strings(tags, Block(text)):
        return [(0, len(text))]
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    blocks = blocks_of(text)
    code = [*(block for block in blocks if block.language in ("python", "")), *regions_of(text, blocks)]
    return sorted((starts[block.start], starts[block.end]) for block in code if _are_in_strings(tags, block))


def _are_in_strings(tags: Iterable[re.Pattern[str]], block: Block) -> bool:
    """Whether there are tags in a block, and all are inside strings of the program that it is."""
    said = sum(len(tag.findall(block.code)) for tag in tags)
    if not said or not block.tree:
        return False
    strings = [
        node.value for node in ast.walk(block.tree) if isinstance(node, ast.Constant) if isinstance(node.value, str)
    ]
    return said == sum(len(tag.findall(string)) for string in strings for tag in tags)


def _outside(spans: Sequence[Span], matches: Iterable[re.Match[str]]) -> list[re.Match[str]]:
    """The matches that begin in none of the spans; spans are in the order of the text."""
    firsts = [start for start, _ in spans]

    def inside(position: int) -> bool:
        number = bisect_right(firsts, position) - 1
        return number >= 0 and position < spans[number][1]

    return [match for match in matches if not inside(match.start())]
