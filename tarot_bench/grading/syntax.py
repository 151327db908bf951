"""Questions about source text that extraction asks: does it parse, what does it define, where does it stop parsing."""

import ast

_UNPARSEABLE = (SyntaxError, ValueError, RecursionError, MemoryError)
_MAX_SOURCE = 2 * 1024 * 1024
_MAX_CUTS = 60
_READS_INPUT = ("input(", "stdin", "open(0", "os.read(0", "fileinput", "/dev/fd/0")


def parse(source: str) -> ast.Module | None:
    """The syntax tree, or None if the text is no Python module (or longer than 2 MiB)."""
    if len(source) > _MAX_SOURCE:
        return None
    try:
        return ast.parse(source)
    except _UNPARSEABLE:
        return None


def is_program(tree: ast.Module) -> bool:
    """Whether a module does anything: one word of prose, or a printed sample, also parses as Python."""
    return any(not isinstance(node, ast.Expr) or _has_effect(node.value) for node in tree.body)


def _has_effect(expression: ast.expr) -> bool:
    return any(isinstance(node, ast.Call | ast.Await | ast.NamedExpr) for node in ast.walk(expression))


def defines(tree: ast.Module, entry_point: str) -> bool:
    """Whether a module binds the entry point at top level (also below a top-level ``if``, ``try`` or ``with``)."""
    owner, _, method = entry_point.rpartition(".")
    for node in _top_level(tree.body):
        if owner and isinstance(node, ast.ClassDef) and node.name == owner:
            return any(_binds(member, method) for member in _top_level(node.body))
        if not owner and _binds(node, entry_point):
            return True
    return False


def _top_level(body: list[ast.stmt]) -> list[ast.stmt]:
    found: list[ast.stmt] = []
    for node in body:
        found.append(node)
        if isinstance(node, ast.If | ast.Try | ast.With):
            inner = [*node.body, *getattr(node, "orelse", []), *getattr(node, "finalbody", [])]
            found += _top_level(inner)
    return found


def _binds(node: ast.stmt, name: str) -> bool:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return node.name == name
    if isinstance(node, ast.Assign):
        return any(isinstance(target, ast.Name) and target.id == name for target in node.targets)
    if isinstance(node, ast.AnnAssign):
        return isinstance(node.target, ast.Name) and node.target.id == name and node.value is not None
    if isinstance(node, ast.ImportFrom | ast.Import):
        return any((alias.asname or alias.name) == name for alias in node.names)
    return False


def reads_input(source: str) -> bool:
    """Whether a program seems to read standard input; used only to choose between blocks."""
    return any(mark in source for mark in _READS_INPUT)


def parsing_prefix(source: str) -> str:
    """The text up to where it stops being Python; empty if not even the first statement parses.

    Cuts at the line of the syntax error and tries again, so a long tail of prose costs few parses.
    """
    lines = source.split("\n")
    for _ in range(_MAX_CUTS):
        text = "\n".join(lines)
        try:
            ast.parse(text)
        except SyntaxError as error:
            cut = min(error.lineno or len(lines), len(lines)) - 1
            lines = lines[: max(cut, 0)]
        except (ValueError, RecursionError, MemoryError):
            return ""
        else:
            return text
        if not lines:
            return ""
    return ""


def preamble(starter: str, entry_point: str) -> str:
    """What a starter says before its entry point: imports and helpers that an answer may rely on."""
    name = entry_point.split(".", maxsplit=1)[0]
    source = starter if parse(starter) else parsing_prefix(starter)
    kept: list[str] = []
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.name == name:
            break
        kept.append(ast.get_source_segment(source, node, padded=True) or "")
    return "\n".join(kept)


def join_modules(*sources: str) -> str:
    """Concatenate modules into one, with every ``from __future__`` import moved to the top where Python wants it."""
    futures: list[str] = []
    bodies: list[str] = []
    for source in sources:
        if not source.strip():
            continue
        tree = parse(source)
        lines = source.split("\n")
        for node in tree.body if tree else []:
            if isinstance(node, ast.ImportFrom) and node.module == "__future__":
                futures.append(ast.unparse(node))
                for number in range(node.lineno - 1, node.end_lineno or node.lineno):
                    lines[number] = ""
        bodies.append("\n".join(lines))
    return "\n".join([*dict.fromkeys(futures), *bodies])
