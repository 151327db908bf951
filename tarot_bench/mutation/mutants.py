"""Seeded AST mutation: insert small, plausible faults into a program, one at a time.

`tarot_bench.mutation.operators` describes the operators. Mutants are written by `ast.unparse`, so comments and layout
are lost; a mutant always parses and its AST always differs from the source's. Behaviour may still be the same (an
equivalent mutant): only running it tells.
"""

import ast
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tarot_bench.mutation.operators import OPERATORS
from tarot_bench.parsing import parse as parse_module

# Fields that do not affect the result of a program, or break it at once when changed.
_UNTOUCHED_FIELDS = {"annotation", "returns", "decorator_list", "format_spec", "type_params"}
_UNTOUCHED_NODES = (ast.Import, ast.ImportFrom, ast.Global, ast.Nonlocal)


@dataclass(frozen=True, slots=True)
class Mutant:
    """A program with one fault.

    Attributes:
        operator: name of the mutation operator.
        line: 1-based line of the original source where the fault is.
        source: the whole mutated program.
    """

    operator: str
    line: int
    source: str


@dataclass(frozen=True, slots=True)
class _Site:
    """A node and its place in the tree: ``getattr(parent, field)``, or that list's element ``position``."""

    node: ast.AST
    parent: ast.AST
    field: str
    position: int | None

    def put(self, node: ast.AST) -> None:
        if self.position is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.position] = node

    @contextmanager
    def holding(self, node: ast.AST) -> Iterator[None]:
        self.put(node)
        try:
            yield
        finally:
            self.put(self.node)


@dataclass(frozen=True, slots=True)
class _Candidate:
    operator: str
    site: _Site
    replacement: ast.AST


def mutants(source: str) -> Iterator[Mutant]:
    """Yield all distinct mutants of a program, in source order and then operator order.

    Raises:
        SyntaxError: the source does not parse.
    """
    tree = parse_module(source)
    original = ast.dump(tree)
    seen: set[str] = set()
    for candidate in _candidates(tree):
        mutant = _apply(tree, original, candidate)
        if mutant and mutant.source not in seen:
            seen.add(mutant.source)
            yield mutant


def mutate(source: str, rng: random.Random) -> Mutant | None:
    """Draw one mutant by choosing first an operator and then a place, so that rare operators occur, too.

    Args:
        source: the program.
        rng: the only source of randomness; the same state gives the same mutant.

    Returns:
        The mutant, or None if the program offers no place to mutate.

    Raises:
        SyntaxError: the source does not parse.
    """
    tree = parse_module(source)
    original = ast.dump(tree)
    by_operator: dict[str, list[_Candidate]] = {}
    for candidate in _candidates(tree):
        by_operator.setdefault(candidate.operator, []).append(candidate)
    while by_operator:
        operator = rng.choice(sorted(by_operator))
        places = by_operator[operator]
        mutant = _apply(tree, original, places.pop(rng.randrange(len(places))))
        if mutant:
            return mutant
        if not places:
            del by_operator[operator]
    return None


def _candidates(tree: ast.Module) -> Iterator[_Candidate]:
    for site in _sites(tree):
        for name, operator in OPERATORS.items():
            for replacement in operator(site.node):
                yield _Candidate(name, site, replacement)


def _sites(parent: ast.AST) -> Iterator[_Site]:
    """Yield every node that may be mutated, parents before children, in source order."""
    for field, value in ast.iter_fields(parent):
        if field in _UNTOUCHED_FIELDS:
            continue
        for position, node in _nodes(value):
            if _is_docstring(node, field) or isinstance(node, _UNTOUCHED_NODES):
                continue
            if _is_main_guard(parent) and field == "test":
                continue
            if not _is_main_guard(node):
                yield _Site(node, parent, field, position)
            yield from _sites(node)


def _nodes(value: Any) -> Iterator[tuple[int | None, ast.AST]]:
    if isinstance(value, ast.AST):
        yield None, value
    elif isinstance(value, list):
        yield from ((position, node) for position, node in enumerate(value) if isinstance(node, ast.AST))


def _is_docstring(node: ast.AST, field: str) -> bool:
    return field == "body" and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_main_guard(node: ast.AST) -> bool:
    """Whether this is ``if __name__ == "__main__":``, whose mutation would only disable the whole program."""
    return isinstance(node, ast.If) and any(
        isinstance(inner, ast.Name) and inner.id == "__name__" for inner in ast.walk(node.test)
    )


def _apply(tree: ast.Module, original: str, candidate: _Candidate) -> Mutant | None:
    """Apply one replacement; None if the result is not a program, or is unchanged.

    Args:
        tree: the program; as it was when this returns.
        original: its `ast.dump`.
        candidate: what to replace by what.
    """
    try:
        with candidate.site.holding(candidate.replacement):
            source = ast.unparse(tree) + "\n"
        if ast.dump(parse_module(source)) == original:
            return None
    except (SyntaxError, ValueError):  # unparse cannot write some nested f-strings before Python 3.12
        return None
    return Mutant(candidate.operator, _line(candidate.site), source)


def _line(site: _Site) -> int:
    for node in (site.node, site.parent):
        line = getattr(node, "lineno", None)
        if line is not None:
            return int(line)
    return 1
