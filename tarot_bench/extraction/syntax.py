"""Syntax checks of source text: whether it parses, whether it does anything, and what it defines."""

import ast
import builtins
import sys
import warnings
from collections.abc import Iterable, Iterator
from functools import lru_cache

from tarot_bench.parsing import parse as parse_module

FILENAME = "<answer>"
UNPARSEABLE = (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError)

# Python warns while it parses (an invalid escape, `is` with a literal); here that would be noise about a model's text.
warnings.filterwarnings("ignore", module=FILENAME)

_MAX_SOURCE = 512 * 1024
_MAX_REMEMBERED = 64 * 1024
_HEAD = 4096
_CLOSED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_IDLE = (ast.Pass, ast.Break, ast.Continue, ast.Global, ast.Nonlocal)
_BUILTINS = frozenset(dir(builtins))
_KNOWN_MODULES = sys.stdlib_module_names | {
    "gmpy2", "more_itertools", "networkx", "numba", "numpy", "pandas", "scipy", "sortedcontainers", "sympy", "torch",
}  # fmt: skip


def parse(source: str) -> ast.Module | None:
    """Parse a text; None if it is not a Python module or longer than 512 KiB.

    A ``return`` outside any function makes a text the body of a function, not a module.
    """
    return _remembered(source) if len(source) < _MAX_REMEMBERED else _parsed(source)


def canonical(source: str) -> str:
    """A text that programs share if they differ in comments and layout only; what is no program is left as it is."""
    tree = parse(source)
    return ast.dump(tree) if tree else source


def _parsed(source: str) -> ast.Module | None:
    if len(source) > _MAX_SOURCE or _early_error(source):
        return None
    try:
        tree = parse_module(source, FILENAME)
    except UNPARSEABLE:
        return None
    return None if any(isinstance(node, ast.Return) for node in top_level(tree.body)) else tree


# One answer is parsed by several checks; none changes the trees.
_remembered = lru_cache(maxsize=32)(_parsed)


def error_line(source: str) -> int | None:
    """The 1-based number of the line with the syntax error; None if unknown."""
    error = _early_error(source) or (_error(source) if len(source) <= _MAX_SOURCE else None)
    return error.lineno if error else None


def stops_in_a_string(source: str) -> bool:
    """Whether a text does not parse because a triple-quoted string is unclosed at its end."""
    has_string = '"""' in source or "'''" in source
    error = _error(source) if has_string and len(source) <= _MAX_SOURCE else None
    return error is not None and "unterminated triple-quoted" in error.msg


def _error(source: str) -> SyntaxError | None:
    try:
        parse_module(source, FILENAME)
    except SyntaxError as error:
        return error
    except UNPARSEABLE:
        return None
    return None


def _early_error(source: str) -> SyntaxError | None:
    """Find an error in the beginning of a long text that no continuation can fix, without parsing all of it."""
    if len(source) < 4 * _HEAD:
        return None
    head = source[:_HEAD].rpartition("\n")[0]
    error = _error(head)
    if error is None or "never closed" in error.msg or "triple-quoted" in error.msg:
        return None
    return error if (error.lineno or 0) < head.rstrip().count("\n") else None


def top_level(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that run when a module runs, including those inside ``if``, ``try`` and loops."""
    waiting = list(body)[::-1]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, _CLOSED):
            parts: list[ast.AST] = [node, *getattr(node, "handlers", []), *getattr(node, "cases", [])]
            inner = [
                stmt for part in parts for name in ("body", "orelse", "finalbody") for stmt in getattr(part, name, [])
            ]
            waiting += inner[::-1]


def own_nodes(statement: ast.stmt) -> Iterator[ast.AST]:
    """The expression nodes of one statement without those of the statements inside it."""
    for child in ast.iter_child_nodes(statement):
        if not isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case):
            yield from ast.walk(child)


def is_program(tree: ast.Module) -> bool:
    """Whether a module does anything; a single word of prose also parses as Python."""
    return any(does_something(node) for node in top_level(tree.body))


def does_something(node: ast.stmt) -> bool:
    """Whether a statement is more than an unused value or a placeholder."""
    if isinstance(node, ast.Expr):
        return has_effect(node)
    if isinstance(node, ast.AnnAssign):
        return node.value is not None or _is_type(node.annotation)
    return not isinstance(node, _IDLE)


def _is_type(annotation: ast.expr) -> bool:
    """Whether a bare annotation is a declaration ("n: int", "ns: List[int]") and not prose ("Answer: yes")."""
    is_known = isinstance(annotation, ast.Name) and annotation.id in _BUILTINS
    return is_known or isinstance(annotation, ast.Subscript)


def has_effect(statement: ast.stmt) -> bool:
    """Whether the statement itself calls or awaits something, or assigns within an expression."""
    return any(isinstance(node, ast.Call | ast.Await | ast.NamedExpr) for node in own_nodes(statement))


def acts(tree: ast.Module) -> bool:
    """Whether running the module does more than define things."""
    return any(
        has_effect(node)
        for node in top_level(tree.body)
        if not isinstance(node, (*_CLOSED, ast.Import, ast.ImportFrom))
    )


def defines(tree: ast.Module, entry_point: str) -> bool:
    """Whether a module binds the entry point (``name``, or ``Class.name``) when it runs."""
    return definition(tree, entry_point) is not None


def is_sketch(tree: ast.Module, entry_point: str) -> bool:
    """Whether the entry point is only declared: an empty body, or an import from a file that does not exist."""
    node = definition(tree, entry_point)
    if isinstance(node, ast.ImportFrom | ast.Import):
        return not _from_known_module(node)
    if isinstance(node, _CLOSED):
        body = node.body if ast.get_docstring(node, clean=False) is None else node.body[1:]
        return any(map(_is_ellipsis, body)) or all(isinstance(inner, ast.Pass) or _is_refusal(inner) for inner in body)
    return False


def definition(tree: ast.Module, entry_point: str) -> ast.stmt | None:
    """The last statement that binds ``name`` or ``Class.name``, which is the one Python calls."""
    owner, _, name = entry_point.rpartition(".")
    body = tree.body
    if owner:
        classes = [node for node in top_level(body) if isinstance(node, ast.ClassDef) and node.name == owner]
        body = classes[-1].body if classes else []
    found = [node for node in top_level(body) if name in names_bound(node)]
    return found[-1] if found else None


def names_bound(node: ast.stmt) -> set[str]:
    """The names that a statement binds, without those of the statements inside it."""
    if isinstance(node, _CLOSED):
        return {node.name}
    if isinstance(node, ast.ImportFrom | ast.Import):
        return {alias.asname or alias.name.partition(".")[0] for alias in node.names}
    if isinstance(node, ast.AnnAssign) and node.value is None:
        return set()
    return {inner.id for inner in own_nodes(node) if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store)}


def _from_known_module(node: ast.Import | ast.ImportFrom) -> bool:
    modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
    return all(module.partition(".")[0] in _KNOWN_MODULES for module in modules)


def is_constant(node: ast.stmt) -> bool:
    """Whether a statement is only a literal, such as a docstring."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_ellipsis(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and node.value.value is ...


def _is_refusal(node: ast.stmt) -> bool:
    return isinstance(node, ast.Raise) and any(
        isinstance(inner, ast.Name) and inner.id == "NotImplementedError" for inner in own_nodes(node)
    )
