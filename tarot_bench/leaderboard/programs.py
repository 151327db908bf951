"""Read submitted programs for attacks on the grader, and for answers that are keyed by test inputs.

Both look at the syntax tree only. A program that hides what it does is not recognised; the sandbox holds it all the
same, and its verdicts are those of the sandbox.
"""

import ast
import json
import re
from collections.abc import Iterator

from tarot_bench.grading.arguments import value_of
from tarot_bench.parsing import parse
from tarot_bench.problem import Problem

_ATTRIBUTES = {
    **dict.fromkeys(("_getframe", "_current_frames", "f_back", "f_locals", "f_globals", "tb_frame"), "reads frames"),
    **dict.fromkeys(("currentframe", "getouterframes"), "reads frames of its callers"),
    **dict.fromkeys(("get_objects", "get_referrers"), "searches the memory of its process"),
    **dict.fromkeys(("CDLL", "PyDLL", "pythonapi", "memmove", "string_at", "from_address"), "reaches native memory"),
    **dict.fromkeys(("killpg", "ptrace", "process_vm_readv", "pidfd_open"), "reaches for other processes"),
}
_MODULES = {"tarot_bench": "imports the grader", "_ctypes": "reaches native memory"}
_PATHS = re.compile(r"/proc/(self|\d+|\{)|/sys/kernel|/dev/(mem|kmem|fd/(?![012]\b))")
_VARYING = {"random", "secrets", "uuid", "time", "datetime", "threading", "multiprocessing", "asyncio"}
_FEWEST_INPUTS = 2
_MOST_OPEN = 2**31
"""No file descriptor is larger; Python refuses to write a number of many digits in decimal."""
_SHORTEST = 4
"""Characters of an input; shorter ones are in many programs."""
_LONGEST = 1 << 20
"""Characters of a program; the syntax tree takes a hundred times as much memory."""


def attack(code: str) -> str | None:
    """What a program does to find or change its own verdict; None where nothing is recognised.

    Recognised are: reading frames or objects of the process, native memory, other processes, ``/proc``, the grader's
    package, open files other than the standard ones, results that equal everything, and replaced built-ins.
    """
    tree = _tree(code)
    found = (_act(node) for node in ast.walk(tree)) if tree else iter(())
    return next((told for told in found if told), None)


def _act(node: ast.AST) -> str | None:
    line = f" (line {getattr(node, 'lineno', 0)})"
    told: str | None = None
    if isinstance(node, ast.Attribute):
        told = _attribute(node)
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        told = _import(node)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _PATHS.search(node.value):
        told = "opens files of the system"
    elif isinstance(node, ast.FunctionDef) and node.name == "__eq__" and _always_true(node):
        told = "makes a result that equals everything"
    elif isinstance(node, ast.Call):
        told = _call(node)
    return told + line if told else None


def _attribute(node: ast.Attribute) -> str | None:
    owner = node.value.id if isinstance(node.value, ast.Name) else ""
    if isinstance(node.ctx, ast.Store) and owner in ("builtins", "__builtins__", "sys") and node.attr != "stdin":
        return None if owner == "sys" and node.attr in ("stdout", "stderr") else f"replaces {owner}.{node.attr}"
    if node.attr == "kill":
        return "reaches for other processes" if owner == "os" else None
    return _ATTRIBUTES.get(node.attr)


def _import(node: ast.Import | ast.ImportFrom) -> str | None:
    modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
    told = next((_MODULES[name.split(".")[0]] for name in modules if _MODULES.get(name.split(".")[0])), None)
    named = next((_ATTRIBUTES[alias.name] for alias in node.names if alias.name in _ATTRIBUTES), None)
    return told or (named if isinstance(node, ast.ImportFrom) else None)


def _call(node: ast.Call) -> str | None:
    """Writing to or opening a file descriptor beyond the standard ones."""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    first = node.args[0] if node.args else None
    if name in ("open", "fdopen", "write", "read", "dup2") and isinstance(first, ast.Constant):
        descriptor = first.value
        if isinstance(descriptor, int) and not isinstance(descriptor, bool) and descriptor > 2 and _of_os(node.func):
            return f"uses the open file {descriptor if descriptor < _MOST_OPEN else hex(descriptor)}"
    return None


def _of_os(function: ast.expr) -> bool:
    if isinstance(function, ast.Name):
        return function.id in ("open", "fdopen")
    return isinstance(function, ast.Attribute) and getattr(function.value, "id", "") == "os"


def _always_true(function: ast.FunctionDef) -> bool:
    returned = [node.value for node in ast.walk(function) if isinstance(node, ast.Return)]
    return bool(returned) and all(isinstance(value, ast.Constant) and value.value is True for value in returned)


def varies(code: str) -> bool:
    """Whether a program may behave otherwise each time: it draws random numbers, reads the clock or has threads."""
    tree = _tree(code)
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.Import) and any(alias.name.split(".")[0] in _VARYING for alias in node.names):
            return True
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in _VARYING:
            return True
        if isinstance(node, ast.Attribute) and node.attr in ("random", "urandom"):
            return True
    return False


def memorised(code: str, problem: Problem) -> int:
    """How many test inputs a program compares with, or has as keys; 0 where they are fewer than 2.

    Inputs that the statement shows, and those of fewer than 4 characters, are not counted.
    """
    tree = _tree(code)
    if tree is None:
        return 0
    literals = set(_keys(tree))
    inputs = {shown for test in problem.all_tests if test.stored for shown in _forms(test.kind, test.input)}
    told = _plain(problem.statement)
    found = [text for text in inputs & literals if len(text) >= _SHORTEST and text not in told]
    return len(found) if len(found) >= _FEWEST_INPUTS else 0


def _forms(kind: str, text: str) -> Iterator[str]:
    """The input as a program may write it: the text, or the only argument or all of them as a literal."""
    if kind == "stdin":
        yield _plain(text)
    elif kind == "call":
        try:
            values = value_of(text)
        except ValueError:
            return
        if isinstance(values, list):
            yield _written(values[0] if len(values) == 1 else values)


def _keys(tree: ast.AST) -> Iterator[str]:
    """The literals that a program compares with, looks up, or matches."""
    for node in ast.walk(tree):
        compared: list[ast.expr | None] = []
        if isinstance(node, ast.Compare):
            compared = [node.left, *node.comparators]
        elif isinstance(node, ast.Dict):
            compared = list(node.keys)
        elif isinstance(node, ast.MatchValue):
            compared = [node.value]
        for expression in compared:
            yield from _literals(expression)


def _literals(expression: ast.expr | None) -> Iterator[str]:
    if expression is None:
        return
    try:
        value = ast.literal_eval(expression)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return
    yield _plain(value) if isinstance(value, str) and "\n" in value else _written(value)
    if isinstance(value, str):
        yield _plain(value)


def _written(value: object) -> str:
    """A literal as text; tuples and lists look alike, and white space does not count."""
    try:
        return json.dumps(value, sort_keys=True, default=repr)
    except (TypeError, ValueError, RecursionError):
        return ""


def _plain(text: str) -> str:
    return " ".join(text.split())


def _tree(code: str) -> ast.Module | None:
    try:
        return parse(code) if len(code) <= _LONGEST else None
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
