"""Recognise generator programs that draw random numbers without a seed: two runs of them may agree by chance."""

import ast

from tarot_bench.extraction.syntax import parse

_MODULES = {"random", "numpy.random"}
_SEEDING = {"seed", "Random", "default_rng", "RandomState"}


def draws_unseeded(source: str) -> bool:
    """Whether a program uses `random` or ``numpy.random`` and no call in it takes a seed."""
    nodes = list(ast.walk(parse(source) or ast.Module([], [])))
    names = _names(nodes)
    return any(_draws(node, names) for node in nodes) and not any(map(_seeds, nodes))


def _names(nodes: list[ast.AST]) -> set[str]:
    """The names that stand for a module of random numbers, or for something of it."""
    whole = (alias for node in nodes if isinstance(node, ast.Import) for alias in node.names)
    parts = (
        alias for node in nodes if isinstance(node, ast.ImportFrom) and node.module in _MODULES for alias in node.names
    )
    found = [*(alias for alias in whole if alias.name in _MODULES), *parts]
    return {(alias.asname or alias.name).partition(".")[0] for alias in found}


def _draws(node: ast.AST, names: set[str]) -> bool:
    if isinstance(node, ast.Attribute):  # np.random
        return node.attr == "random" and isinstance(node.value, ast.Name) and node.value.id in {"np", "numpy"}
    return isinstance(node, ast.Name) and node.id in names


def _seeds(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call) or not (node.args or node.keywords):
        return False
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return called in _SEEDING
