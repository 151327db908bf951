"""Markdown code fences as models really write them."""

import re
from dataclasses import dataclass

from tarot_bench.grading.syntax import parse

_OPEN = re.compile(r"^(?P<before>.*?)(?P<fence>`{3,}|~{3,})[ \t]*(?P<lang>[\w+#.:/-]*)[^`]*$")
_INLINE = re.compile(r"^[ \t]*`{3}(?P<lang>python3?|py)?[ \t]+(?P<code>[^`]+)`{3}[ \t]*$", re.IGNORECASE)
_PYTHON = {"python", "py", "python3", "py3", "pypy", "pypy3", "cpython"}
_MAX_CLOSERS = 12


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block.

    Attributes:
        code: what stands between the fences, with the fence's own indentation removed.
        language: ``python``, ``""`` for a bare fence, or what else the fence says, in lower case.
        closed: whether a closing fence was found.
    """

    code: str
    language: str
    closed: bool


def blocks_of(text: str) -> list[Block]:
    """All fenced blocks of a text, in order; the last may be unclosed.

    A fence inside a docstring does not end its block: of several possible closing lines the first that leaves
    parseable Python wins, else the first.
    """
    lines = text.split("\n")
    found: list[Block] = []
    at = 0
    while at < len(lines):
        inline = _INLINE.match(lines[at])
        opening = None if inline else _opening(lines[at])
        if inline:
            found.append(Block(inline["code"].strip(), "python" if inline["lang"] else "", closed=True))
        if opening is None:
            at += 1
            continue
        block, at = _read_block(lines, at, opening)
        found.append(block)
    return found


def _opening(line: str) -> re.Match[str] | None:
    match = _OPEN.match(line)
    if match is None or (match["before"].strip(" \t>*-0123456789.") and not match["lang"]):
        return None
    return match


def _read_block(lines: list[str], at: int, opening: re.Match[str]) -> tuple[Block, int]:
    """The block that opens at line ``at``, and the line after its end."""
    language = _language(opening["lang"])
    indent = opening["before"] if not opening["before"].strip() else ""
    closers = _closers(lines, at, opening["fence"])
    if not closers:
        return Block(_content(lines[at + 1 :], indent), language, closed=False), len(lines)
    if language in ("python", ""):
        for end in closers[:_MAX_CLOSERS]:
            code = _content(lines[at + 1 : end], indent, lines[end])
            if parse(code):
                return Block(code, language, closed=True), end + 1
    end = closers[0]
    return Block(_content(lines[at + 1 : end], indent, lines[end]), language, closed=True), end + 1


def _closers(lines: list[str], at: int, fence: str) -> list[int]:
    """Lines that may close a fence: a fence of their own, or else one glued to the last line of code."""
    after = range(at + 1, len(lines))
    alone = [n for n in after if lines[n].strip().startswith(fence) and not lines[n].strip().strip(fence[0])]
    return alone or [n for n in after if lines[n].rstrip().endswith(fence)][:1]


def _content(body: list[str], indent: str, last: str = "") -> str:
    glued = last.rstrip().rstrip("`~") if last.strip().strip("`~") else None
    taken = [*body, glued] if glued is not None else body
    return "\n".join(line.removeprefix(indent) for line in taken)


def _language(label: str) -> str:
    name = label.lower().split(":")[0].split("{")[0]
    return "python" if name in _PYTHON else name
