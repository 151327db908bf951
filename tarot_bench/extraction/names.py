"""Find undefined names in code, and definitions of them in earlier code."""

import ast
import builtins
import symtable
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from tarot_bench.extraction.blocks import Block
from tarot_bench.extraction.syntax import FILENAME, UNPARSEABLE, names_bound, parse, top_level

_GIVEN = frozenset(dir(builtins)) | {"__name__", "__file__", "__doc__", "__builtins__", "__spec__", "__package__"}
_MOST_LENDERS = 50


@lru_cache(maxsize=512)
def missing_names(source: str) -> frozenset[str]:
    """The global names that a module uses but neither it nor Python defines.

    Empty where that cannot be known: the text does not parse, or imports everything of a module.
    """
    try:
        table = symtable.symtable(source, FILENAME, "exec")
    except UNPARSEABLE:
        return frozenset()
    used: set[str] = set()
    bound: set[str] = set()
    scopes = [(table, True)]
    while scopes:
        scope, is_module = scopes.pop()
        scopes += [(inner, False) for inner in scope.get_children()]
        for symbol in scope.get_symbols():
            if not is_module and not symbol.is_global():
                continue
            if symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace():
                bound.add(symbol.get_name())
            elif symbol.is_referenced():
                used.add(symbol.get_name())
    missing = frozenset(used - bound - _GIVEN)
    return frozenset() if missing and _imports_everything(source) else missing


def _imports_everything(source: str) -> bool:
    tree = parse(source) if "*" in source else None
    return tree is not None and any("*" in names_bound(node) for node in top_level(tree.body))


@dataclass(frozen=True, slots=True, order=True)
class Statement:
    """A top-level statement of one of several sources; sorts by position in the text."""

    source: int
    line: int
    text: str = field(compare=False)


def borrowed(code: str, lenders: Sequence[Block]) -> list[str]:
    """The statements of other blocks that define the code's missing names, transitively.

    Args:
        code: a module.
        lenders: the blocks before it; of several that define a name, the last one is used.
    """
    found: set[Statement] = set()
    asked: set[str] = set()
    waiting = set(missing_names(code))
    while waiting:
        asked |= waiting
        new = {statement for name in waiting for statement in _definition_of(name, lenders)} - found
        found |= new
        waiting = {name for statement in new for name in missing_names(statement.text)} - asked
    return [statement.text for statement in sorted(found)]


def _definition_of(name: str, lenders: Sequence[Block]) -> list[Statement]:
    for number in range(len(lenders) - 1, max(-1, len(lenders) - 1 - _MOST_LENDERS), -1):
        lender = lenders[number]
        if name in lender.code or "*" in lender.code:
            nodes = lender.definitions.get(name) or lender.definitions.get("*")
            if nodes:
                return [Statement(number, *lines_of(node, lender.code)) for node in nodes]
    return []


def lines_of(node: ast.stmt, source: str) -> tuple[int, str]:
    """A statement's first line number, decorators included, and its lines."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
    return first, "\n".join(source.split("\n")[first - 1 : node.end_lineno])


def joined(before: Iterable[str], code: str) -> str:
    """The code with statements inserted before it; ``from __future__`` imports come first, as Python requires."""
    parts = [part for part in before if part.strip()]
    if not parts:
        return code
    lines = code.split("\n")
    futures: list[str] = []
    tree = parse(code)
    for node in tree.body if tree else []:
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            first, text = lines_of(node, code)
            futures.append(text)
            lines[first - 1 : node.end_lineno] = [""] * len(text.split("\n"))
    ahead = [part for part in parts if part.startswith("from __future__")]
    return "\n".join([*dict.fromkeys([*ahead, *futures]), *(part for part in parts if part not in ahead), *lines])
