"""Combine answers with starter code: those that continue it, and those that rely on its imports and helpers."""

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from tarot_bench.extraction.blocks import Block, plainly_spaced
from tarot_bench.extraction.names import borrowed, joined, lines_of
from tarot_bench.extraction.syntax import definition, has_effect, names_bound, parse
from tarot_bench.extraction.unfenced import looks_like_code, regions_of
from tarot_bench.problem import Problem

_RETURNS = re.compile(r"^[ \t]*(?:return|yield)\b", re.MULTILINE)
_DEF = re.compile(r"^([ \t]*)(?:async\s+)?def\s", re.MULTILINE)
_AT_MARGIN = re.compile(r"[^\s#]|\s*(?:```|~~~)")
_MOST_CUTS = 20
_LONGEST_BODY = 100_000


@dataclass(frozen=True, slots=True)
class Continuation:
    """The starter code with its body, and the dropped lines of code after the body."""

    code: str
    dropped: tuple[str, ...]


def continued(text: str, problem: Problem) -> Continuation | None:
    """The starter code with a text that continues it as the body of its entry point; None if it does not.

    Of what follows the body only definitions that it uses are kept: a base model runs on, into tests, other functions
    and a second version of the same one.
    """
    if not problem.starter_code or not problem.entry_point or not _like_a_body(text):
        return None
    begin = _line_count(problem.starter_code)
    for source, moved in _joints(problem.starter_code, text):
        end = _end_of_body(source, problem.starter_code, problem.entry_point)
        lines = source.split("\n")
        if end is not None and (not moved or _RETURNS.search("\n".join(lines[begin:end]))):
            body, after = "\n".join(lines[:end]).rstrip(), regions_of("\n".join(lines[end:]))
            lent = borrowed(body, after)
            return Continuation("\n".join([body, *lent]), _left_out(lines[end:], after, lent))
    return None


def _left_out(lines: Sequence[str], after: Iterable[Block], lent: Iterable[str]) -> tuple[str, ...]:
    """The lines of code after a body, except those that it uses."""
    kept = {line for text in lent for line in text.split("\n")}
    code = {number for block in after for number in range(block.start, block.end)}
    code |= {number for number, line in enumerate(lines) if line.startswith("assert ")}
    return tuple(lines[number] for number in sorted(code) if lines[number].strip() and lines[number] not in kept)


def goes_on_badly(text: str, problem: Problem) -> str | None:
    """The starter code with a text that is indented like a body but does not parse as one."""
    starter = problem.starter_code
    first = next((line for line in text.split("\n") if line.strip()), "")
    if not starter or not problem.entry_point or not first[:1].isspace() or not looks_like_code(first):
        return None
    return starter.rstrip() + "\n" + text.strip("\n")


def _like_a_body(text: str) -> bool:
    first = plainly_spaced(next((line for line in text.split("\n") if line.strip()), ""))
    return first[:1].isspace() or (len(text) < _LONGEST_BODY and bool(_RETURNS.search(text)) and parse(text) is None)


def _joints(starter: str, text: str) -> Iterator[tuple[str, bool]]:
    """The ways to join a body to its starter: unchanged, or re-indented where its indentation was lost or changed."""
    head, indent = starter.rstrip() + "\n", _body_indent(starter)
    for body in dict.fromkeys([text, plainly_spaced(text)]):
        yield starter + body, False
        yield head + body.lstrip("\n"), False
        yield head + _indented_alike(body, indent), False
        yield head + indent + body.lstrip(), True
        yield head + "\n".join(indent + line for line in body.split("\n")), True


def _indented_alike(body: str, indent: str) -> str:
    """The body with its first line's indentation replaced, down to the first line that is indented less."""
    lines = body.strip("\n").split("\n")
    own = lines[0][: len(lines[0]) - len(lines[0].lstrip())]
    end = next((n for n, line in enumerate(lines) if line.strip() and not line.startswith(own)), len(lines))
    moved = [indent + line.removeprefix(own) if line.strip() else line for line in lines[:end]]
    return "\n".join(moved + lines[end:]) if own else body


def _body_indent(starter: str) -> str:
    """The indentation of the body of the last function that a starter opens."""
    last = list(_DEF.finditer(starter))[-1:]
    return (last[0][1] if last else "") + "    "


def _line_count(starter: str) -> int:
    return starter.rstrip().count("\n") + 1


def _end_of_body(source: str, starter: str, entry_point: str) -> int | None:
    """The line where the entry point ends; None if its body is missing or broken."""
    lines = source.split("\n")
    margins = (n for n in range(_line_count(starter), len(lines)) if _AT_MARGIN.match(lines[n]))
    given = _starter_tree(starter)
    for end in [*islice(margins, _MOST_CUTS), len(lines)]:
        tree = parse("\n".join(lines[:end]))
        if tree:
            grown = _body_size(tree, entry_point) > (_body_size(given, entry_point) if given else 0)
            return end if grown and not _holds_itself(tree, entry_point) else None
    return None


def _body_size(tree: ast.Module, entry_point: str) -> int:
    node = definition(tree, entry_point)
    body = getattr(node, "body", [])
    return sum(not isinstance(inner, ast.Pass) for inner in body)


def _holds_itself(tree: ast.Module, entry_point: str) -> bool:
    """Whether the body ends in another definition of the entry point, so that the text is a program and not a body."""
    body = getattr(definition(tree, entry_point), "body", [None])
    return isinstance(body[-1], ast.FunctionDef) and body[-1].name == entry_point.rpartition(".")[2]


def _starter_tree(starter: str) -> ast.Module | None:
    return parse(starter) or parse(starter.rstrip() + "\n" + _body_indent(starter) + "pass")


def completed(code: str, problem: Problem) -> str:
    """The code with the starter's imports and helpers that it uses but does not define in front."""
    starter, name = problem.starter_code, (problem.entry_point or "").partition(".")[0]
    tree = _starter_tree(starter) if starter else None
    if not starter or not tree or not name or parse(code) is None:
        return code
    helpers = [lines_of(node, starter)[1] for node in tree.body if name not in names_bound(node)]
    effects = [text for text in helpers if _runs(text) and text not in code]
    wanted = {*effects, *borrowed("\n".join([*effects, code]), [Block("\n".join(helpers))])}
    return joined([text for text in helpers if text in wanted], code)


def _runs(text: str) -> bool:
    """Whether a statement has another effect than defining names, such as a recursion limit or a future import."""
    tree = parse(text)
    return tree is not None and any(
        (isinstance(node, ast.Expr) and has_effect(node))
        or (isinstance(node, ast.ImportFrom) and node.module == "__future__")
        for node in tree.body
    )
