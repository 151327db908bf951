"""Detect from its text whether a program reads standard input and writes standard output.

Used only to choose between blocks of one answer, never to judge.
"""

import ast

INPUT_MARKS = ("input", "stdin", "open", "read")
"""One of these words is in every program that reads its input."""

_STDIN_FILES = ("/dev/stdin", "/dev/fd/0", "/proc/self/fd/0")
_OPENERS = ("open", "fdopen", "read")
_WRITERS = {"write", "writelines", "stdout"}


def reads_input(tree: ast.Module) -> bool:
    """Whether a module reads its standard input, unless it has replaced that by a sample."""
    nodes = list(ast.walk(tree))
    if any(isinstance(node, ast.Assign) and _feeds_itself(node) for node in nodes):
        return False
    # A parameter or function that is called `input` hides the built-in.
    hidden = any(_binds_input(node) for node in nodes)
    return any(_mentions_stdin(node) or (not hidden and _is_name(node, "input", "raw_input")) for node in nodes)


def writes_output(tree: ast.Module) -> bool:
    """Whether a module writes to standard output."""
    return any(
        _is_name(node, "print", "pprint", "stdout") or (isinstance(node, ast.Attribute) and node.attr in _WRITERS)
        for node in ast.walk(tree)
    )


def _is_name(node: ast.AST, *names: str) -> bool:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in names


def _mentions_stdin(node: ast.AST) -> bool:
    match node:
        case ast.Attribute(attr="stdin" | "__stdin__", ctx=ast.Load()) | ast.Name(id="stdin", ctx=ast.Load()):
            return True
        case ast.Constant(value=str(path)):
            return path in _STDIN_FILES
        case ast.Import(names=names):
            return any(alias.name == "fileinput" for alias in names)
        case ast.ImportFrom(module=module, names=names):
            return module == "fileinput" or any(alias.name == "stdin" and alias.asname for alias in names)
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=[ast.Constant(value=0), *_]):
            return name in _OPENERS
    return False


def _binds_input(node: ast.AST) -> bool:
    match node:
        case ast.arg(arg="input") | ast.FunctionDef(name="input"):
            return True
        case ast.Assign(targets=[ast.Name(id="input")], value=ast.Lambda()):
            return True
    return False


def _feeds_itself(node: ast.Assign) -> bool:
    """Whether a module replaces its input by a sample, as in ``sys.stdin = io.StringIO("3")``."""
    to_stdin = any(isinstance(target, ast.Attribute) and target.attr == "stdin" for target in node.targets)
    inner = list(ast.walk(node.value))
    made_up = any(isinstance(part, ast.Name | ast.Attribute) and _name_of(part).endswith("IO") for part in inner)
    return to_stdin and made_up and not any(_mentions_stdin(part) or _is_name(part, "input") for part in inner)


def _name_of(node: ast.Name | ast.Attribute) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr
