"""Recognise generator programs that draw random numbers without a seed: two runs of them may agree by chance."""

import ast

from tarot_bench.extraction.syntax import parse

_MODULES = {"random", "numpy.random"}
_SEEDING = {"seed", "Random", "default_rng", "RandomState"}


def draws_unseeded(source: str) -> bool:
    """Whether a program uses `random` or ``numpy.random`` and no call in it takes a seed."""
    nodes = list(ast.walk(parse(source) or ast.Module([], [])))
    names, seeding = _names(nodes), _seeding(nodes)
    return any(_draws(node, names) for node in nodes) and not any(_seeds(node, seeding) for node in nodes)


def _names(nodes: list[ast.AST]) -> set[str]:
    """The names that stand for a module of random numbers, or for something of it."""
    whole = (alias for node in nodes if isinstance(node, ast.Import) for alias in node.names)
    parts = (
        alias for node in nodes if isinstance(node, ast.ImportFrom) and node.module in _MODULES for alias in node.names
    )
    found = [*(alias for alias in whole if alias.name in _MODULES), *parts]
    return {(alias.asname or alias.name).partition(".")[0] for alias in found}


def _seeding(nodes: list[ast.AST]) -> set[str]:
    """The names of what takes a seed: those of the modules, and those that the program gives them."""
    parts = (alias for node in nodes if isinstance(node, ast.ImportFrom) for alias in node.names)
    imported = {alias.asname for alias in parts if alias.asname and alias.name in _SEEDING}
    assigned = {
        target.id
        for node in nodes
        if isinstance(node, ast.Assign) and _name(node.value) in _SEEDING
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return _SEEDING | imported | assigned


def _name(node: ast.expr) -> str:
    """The last name of ``a.b.c``; empty for other expressions."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _draws(node: ast.AST, names: set[str]) -> bool:
    if isinstance(node, ast.Attribute):  # np.random
        return node.attr == "random" and isinstance(node.value, ast.Name) and node.value.id in {"np", "numpy"}
    return isinstance(node, ast.Name) and node.id in names


def _seeds(node: ast.AST, seeding: set[str]) -> bool:
    return isinstance(node, ast.Call) and bool(node.args or node.keywords) and _name(node.func) in seeding
