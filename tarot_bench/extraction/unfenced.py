"""Find code between prose that has no fences."""

import re
from collections.abc import Iterable, Sequence

from tarot_bench.extraction.blocks import Block
from tarot_bench.extraction.syntax import error_line, is_program, parse

_STARTS = re.compile(
    r"""(?:async\s+)?def\s+\w+\s*[(\[] | class\s+\w+\s*[:(] | import\s+\w+ | from\s+[\w.]+\s+import\b | @\w+ | \#!
    | (?:for|while|if|with|match)\b.*: | try\s*: | [A-Za-z_][\w.]*\(
    | [A-Za-z_(\[][\w.,()\[\]\s*:"'+-]*[\w\],)"'\s*+/%&|^@<>-]=(?!=)""",
    re.VERBOSE,
)
_GOES_ON = re.compile(
    r"""[)\]}\#"'(\[{*] | (?:else|elif|except|finally|case|return|pass|raise|assert|del|global|nonlocal|break|continue
    |yield|await|print|lambda|not|for|while|if|with|def|class|import|from|r"|f"|b")\b | \w+\s*(?:[\[(=]|\.\w)""",
    re.VERBOSE,
)
_DOCSTRING = re.compile(r'[rR]?(?:"""|\'\'\')')
_MOST_CUTS = 12
_BUDGET = 300_000


def regions_of(text: str, blocks: Sequence[Block] = ()) -> list[Block]:
    """The regions outside fenced blocks that are Python; one that only looks like Python has no tree.

    Bounded work: after about 300,000 characters of attempts the rest of the text is ignored.
    """
    lines = text.split("\n")
    found: list[Block] = []
    left = _BUDGET
    for first, end in _gaps(blocks, len(lines)):
        at = first
        while at < end and left > 0:
            if not lines[at] or not (_STARTS.match(lines[at].lstrip()) or _DOCSTRING.match(lines[at])):
                at += 1
                continue
            stop = _stop(lines, at, end)
            region, cost = _region(lines, at, stop)
            left -= cost
            if region:
                found.append(region)
            at = region.end if region and region.tree else (stop if region else at + 1)
    return found


def _gaps(blocks: Iterable[Block], length: int) -> list[tuple[int, int]]:
    """The line ranges between blocks."""
    edges = [0, *(edge for block in blocks for edge in (block.start, block.end)), length]
    return list(zip(edges[::2], edges[1::2], strict=True))


def _stop(lines: Sequence[str], start: int, end: int) -> int:
    """The line where code changes to prose: less indented, or unlike code."""
    indent = _indent(lines[start])
    in_string = False
    for number in range(start, end):
        line = lines[number]
        if number > start and line.strip() and not in_string:
            depth = _indent(line)
            if depth < indent or (depth == indent and not looks_like_code(line)):
                return number
        in_string ^= (line.count('"""') + line.count("'''")) % 2 == 1
    return end


def _region(lines: Sequence[str], start: int, stop: int) -> tuple[Block | None, int]:
    """The longest sequence of whole statements from a line on, and the number of characters parsed to find it.

    What begins like a definition but parses nowhere is a block too: broken code is an answer, prose is not.
    """
    indent = _indent(lines[start])
    body = [line[indent:] if not line[:indent].strip() else line.lstrip() for line in lines[start:stop]]
    end, cost = len(body), 0
    for _ in range(_MOST_CUTS):
        code = "\n".join(body[:end]).rstrip()
        cost += len(code) + 1
        tree = parse(code)
        if tree:
            closed = end == len(body) or stop < len(lines)
            block = Block(code, closed=closed, start=start, end=start + end, fenced=False)
            return (block if is_program(tree) else None), cost
        wrong = min(error_line(code) or end, end) - 1
        end = next((number for number in range(wrong, 0, -1) if body[number][:1].strip() and number < end), 0)
        if not end:
            break
    if not re.match(r"(?:async\s+)?def|class|import|from|@", body[0]):
        return None, cost
    code = "\n".join(body).rstrip()
    return Block(code, closed=stop < len(lines), start=start, end=stop, fenced=False), cost


def looks_like_code(line: str) -> bool:
    """Whether a line could be a statement, or part of one, but not the beginning of prose."""
    text = line.lstrip()
    if _STARTS.match(text) or _GOES_ON.match(text):
        return True
    tree = parse(text)
    return tree is not None and is_program(tree)


def without_prose(code: str) -> str:
    """The code of an unclosed fence up to the prose that follows it, if it parses and does something."""
    lines = code.split("\n")
    start = next((number for number, line in enumerate(lines) if _STARTS.match(line)), None)
    if start is None:
        return code
    shorter = "\n".join(lines[: _stop(lines, start, len(lines))]).rstrip()
    return shorter if parse(shorter) else code


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
