"""Parse Markdown code fences, including the malformed ones that models write."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate, islice
from typing import Literal

from tarot_bench.extraction.blocks import Block, mended
from tarot_bench.extraction.lexing import Lexer
from tarot_bench.extraction.syntax import stops_in_a_string
from tarot_bench.extraction.unfenced import looks_like_code, regions_of, without_prose

_FENCE = re.compile(r"^(?P<before>.*?)(?P<mark>`{3,}|~{3,})(?P<info>.*)$")
_STRUCTURE = re.compile(r"[ \t]*(?:(?:[-*+]|\d{1,3}[.)])[ \t]+)*")
_QUOTED = re.compile(r"^[ \t]{0,3}>(?!>)[ \t]?", re.MULTILINE)
_QUOTED_FENCE = re.compile(r"^[ \t]{0,3}>[ \t]*(?:```|~~~)", re.MULTILINE)
_LABEL = re.compile(r"\s*\{?\s*\.?(?:language-|lang-)?(?P<name>[\w+#.-]*)(?P<rest>.*)")
_PYTHON = re.compile(r"(?:[ci]|micro)?py(?:thon|py)?(?:[-_]?[\d.]+)?|[\w-]*\.py")
_CODE = re.compile(r"(?:import|from|def|class|async|for|while|if|try|with|print|return)\b|@\w|[a-z_]\w* = |\w+\(")
_INLINE = re.compile(r"\s*```(?:(?:python3?|py)\s+)?([^`]+)```\s*", re.IGNORECASE)
_INTRODUCES = re.compile(r"(?::|</?\w+>)\s*$")
_TAG_LINE = re.compile(r"\s*</(?:answer|solution|think|thinking|reasoning)>\s*$", re.IGNORECASE)
_QUOTES = ('"""', "'''")
_MAY_QUOTE = re.compile(r"""["'\#].*(?:```|~~~)""")
_NESTING = ("markdown", "md", "mdx")
_MOST_TRIES = 12
_DEEPEST_QUOTATION = 3
_MOST_KNOWN = 1024
_MOST_CHARACTERS = 200_000


@dataclass(frozen=True, slots=True)
class _Page:
    """A text, its lines, and their start offsets."""

    text: str
    lines: list[str]
    starts: list[int]


@dataclass(frozen=True, slots=True)
class _Opening:
    """A line with an opening fence: indentation or list marker, fence, language, and code on the same line."""

    before: str
    mark: str
    language: str
    code: str


def unquoted(text: str) -> str:
    """The text without the ``>`` of quoted lines, nested ones included."""
    for _ in range(_DEEPEST_QUOTATION):
        if not (_QUOTED.search(text) and (plain := _QUOTED.sub("", text)) != text):
            break
        text = plain
    return text


def blocks_of(text: str) -> list[Block]:
    """Return all fenced blocks of a text, in order; the last may be unclosed.

    A fence inside a string or a comment does not end its block, a closing fence that is missing is understood where the
    next block opens, and one that is glued to the last line of code closes it.
    """
    if _QUOTED_FENCE.search(text):
        text = _QUOTED.sub("", text)
    lines = text.split("\n")
    marked = [
        number
        for number, line in enumerate(lines)
        if "```" in line or "~~~" in line or ("</" in line and _TAG_LINE.match(line))
    ]
    if not marked:
        return []
    marked = _outside_strings(lines, marked)
    page = _Page(text, lines, [0, *accumulate(len(line) + 1 for line in lines)])
    found: list[Block] = []
    done = 0
    for at, start in enumerate(marked):
        if start < done:
            continue
        if inline := _INLINE.fullmatch(lines[start]):
            found.append(Block(inline[1].strip(), start=start, end=start + 1))
        elif opening := _opening(lines[start]):
            block = _read(page, start, opening, marked, at + 1)
            found += _unnested(block, opening)
            done = block.end
    return found


def _outside_strings(lines: list[str], marked: list[int]) -> list[int]:
    """The fence lines that are not inside a string or comment of code that parses, fenced or not."""
    open_after = list(accumulate(sum(map(line.count, _QUOTES)) for line in lines))
    if not any(open_after[number] % 2 or _MAY_QUOTE.search(lines[number]) for number in marked):
        return marked
    inside = {
        number for region in regions_of("\n".join(lines)) if region.tree for number in range(region.start, region.end)
    }
    return [number for number in marked if number not in inside]


@lru_cache(_MOST_KNOWN)
def _opening(line: str) -> _Opening | None:
    match = _FENCE.match(line)
    if match is None or match["mark"][:3] in match["info"]:
        return None
    before, info = match["before"], match["info"]
    language, code = _label(info)
    if _STRUCTURE.fullmatch(before):
        return None if _is_remark(info) else _Opening(before, match["mark"], language, code)
    # "Here is the code: ```python" or "</think>```", but not "print(x)```".
    names_it = language == "python" and (code or len(info.split()) < 2 or any(mark in info for mark in "={:"))
    introduces = names_it or (not info.strip() and _INTRODUCES.search(before))
    return _Opening(before[len(before.rstrip()) :], match["mark"], language, code) if introduces else None


def _label(info: str) -> tuple[str, str]:
    """The language of a fence, and the code on the fence's own line."""
    match = _LABEL.match(info)
    name, rest = (match["name"].lower(), match["rest"].strip()) if match else ("", "")
    if _PYTHON.fullmatch(name):
        return "python", rest if _CODE.match(rest) else ""
    if _CODE.match(info.strip()):
        return "", info.strip()
    return ("" if rest.startswith("=") else name), ""


def _is_remark(info: str) -> bool:
    """Whether prose follows a fence, as in "``` This works because"; such a fence only closes."""
    words = info.split()
    language, code = _label(info)
    return bool(words) and language != "python" and not code and (len(words) > 1 or words[0][-1] in ".,:;!?")


@lru_cache(_MOST_KNOWN)
def _ending(line: str, mark: str) -> Literal["closes", "reopens"] | None:
    """How a line ends an open block: as its closing fence, or as the start of something else."""
    if _TAG_LINE.match(line):
        return "reopens"
    match = _FENCE.match(line)
    if match is None or not match["mark"].startswith(mark):
        return None
    if _STRUCTURE.fullmatch(match["before"]) and (not match["info"].strip() or _is_remark(match["info"])):
        return "closes"
    return "reopens" if match["info"].strip() and _opening(line) else None


def _read(page: _Page, start: int, opening: _Opening, marked: list[int], at: int) -> Block:
    """Read the block that opens at line ``start``; ``marked[at:]`` are the later fence lines."""
    lines = page.lines
    ends = _ends(page, start, opening, marked, at)
    end, _ = next(ends, (len(lines), False))
    if end == len(lines) and len(opening.mark) > 3:
        return _read(page, start, replace(opening, mark=opening.mark[:3]), marked, at)
    first = _until(lines, start, end, opening)
    if opening.language not in ("python", ""):
        return first
    return (
        _longer(lines, start, opening, ends, first)
        or _glued(lines, start, opening, marked[at : bisect_left(marked, end)], first)
        or _repaired(first, opening)
    )


def _ends(page: _Page, start: int, opening: _Opening, marked: list[int], at: int) -> Iterator[tuple[int, bool]]:
    """The lines that may end a block, and whether each is in a triple-quoted string if the block extends that far.

    A fence behind code on a line is no end where it is in a string or comment of that code.
    """
    is_python = opening.language in ("python", "")
    begin = page.starts[start + 1] - 1 - len(opening.code) if start + 1 < len(page.lines) else len(page.text)
    reader = Lexer(page.text, begin)
    for number in (marked[index] for index in range(at, len(marked))):
        line = page.lines[number]
        if not _ending(line, opening.mark):
            continue
        column = max(line.find(opening.mark), 0)
        place = page.starts[number] + column
        is_inside = is_python and reader.is_quoted(place)
        if not (is_inside and line[:column].strip() and looks_like_code(line)):
            yield number, is_inside


def _until(lines: list[str], start: int, end: int, opening: _Opening) -> Block:
    """The block from the fence at line ``start`` to the one at line ``end``, or to the end of the text."""
    closed = end < len(lines) and _ending(lines[end], opening.mark) == "closes"
    body = [*filter(None, [opening.code]), *lines[start + 1 : end]]
    labelled = not opening.language and body[:1] and _PYTHON.fullmatch(body[0].strip().lower())
    code = _content(body[1:] if labelled else body, opening.before)
    return Block(code, "python" if labelled else opening.language, closed, start, end + closed)


def _longer(
    lines: list[str], start: int, opening: _Opening, ends: Iterator[tuple[int, bool]], block: Block
) -> Block | None:
    """The block extended to a later fence, if the earlier ones are inside a docstring."""
    if block.end >= len(lines) or not stops_in_a_string(block.code):
        return None
    for end in islice((number for number, is_inside in ends if not is_inside), _MOST_TRIES):
        longer = _until(lines, start, end, opening)
        if longer.tree:
            return longer
        if len(longer.code) > _MOST_CHARACTERS or not stops_in_a_string(longer.code):
            return None
    longer = _until(lines, start, len(lines), opening)
    return longer if longer.tree else None


def _glued(lines: list[str], start: int, opening: _Opening, inside: list[int], block: Block) -> Block | None:
    """The block up to a fence at the end of a line of code, as in "print(x)```", if it parses only so."""
    glued = [number for number in inside if lines[number].rstrip().endswith(opening.mark)][:_MOST_TRIES]
    for end in glued if not (glued and block.tree) else ():
        last = lines[end].rstrip().removesuffix(opening.mark)
        shorter = Block(
            _content([*lines[start + 1 : end], last], opening.before), opening.language, True, start, end + 1
        )
        if shorter.tree:
            return shorter
    return None


def _repaired(block: Block, opening: _Opening) -> Block:
    """The block with damage by chat interfaces repaired, and without prose after a missing fence."""
    if (block.closed and block.code.isascii() and not opening.before) or block.tree:
        return block
    code = mended(block.code, pull=bool(opening.before))
    return replace(block, code=code if block.closed else without_prose(code))


def _content(body: list[str], before: str) -> str:
    """The lines without the indentation of a surrounding list item."""
    first = next((line for line in body if line.strip()), "")
    indent = first[: len(first) - len(first.lstrip())][: len(before)]
    return "\n".join(line.removeprefix(indent) for line in body)


def _unnested(block: Block, opening: _Opening) -> list[Block]:
    """The block, or the blocks inside it if it contains a whole Markdown page."""
    nests = block.language in _NESTING or (not block.language and len(opening.mark) > 3)
    inner = blocks_of(block.code) if nests and block.tree is None else []
    shift = block.start + 1
    return [replace(one, start=one.start + shift, end=one.end + shift) for one in inner] or [block]
