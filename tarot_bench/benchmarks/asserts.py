"""Tests from ``assert`` statements, the form of MBPP: find the function under test, make suites or calls."""

import ast
from collections.abc import Iterable, Iterator

from tarot_bench.extraction.syntax import FILENAME
from tarot_bench.parsing import parse as parse_module
from tarot_bench.problem import TestCase
from tarot_bench.sandbox.values import EncodingError, encode

_SHOWN = 300


def nodes_of(asserts: Iterable[str]) -> Iterator[ast.AST]:
    """Yield all syntax nodes of the assertions.

    Raises:
        SyntaxError: an assertion is not Python.
    """
    for statement in _statements(asserts):
        yield from ast.walk(statement)


def entry_point_of(asserts: Iterable[str], solution: str) -> str:
    """Return the name of the solution's function that the assertions call.

    Raises:
        ValueError: they call none.
        SyntaxError: the solution or an assertion is not Python.
    """
    defined = {node.name for node in parse_module(solution, FILENAME).body if isinstance(node, ast.FunctionDef)}
    for node in nodes_of(asserts):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in defined:
            return node.func.id
    raise ValueError("no assertion calls a function that the solution defines")


def calls_of(asserts: Iterable[str], entry_point: str) -> list[TestCase] | None:
    """Convert assertions to tests of kind ``call``; None unless all have the form ``f(literals) == literal``."""
    calls = [_call_of(statement, entry_point) for statement in _statements(asserts)]
    known = [call for call in calls if call is not None]
    return known if known and len(known) == len(calls) else None


def _call_of(statement: ast.stmt, entry_point: str) -> TestCase | None:
    match statement:
        case ast.Assert(
            test=ast.Compare(
                left=ast.Call(func=ast.Name(id=called), args=arguments, keywords=[]),
                ops=[ast.Eq()],
                comparators=[expected],
            )
        ) if called == entry_point:
            try:
                given = encode([ast.literal_eval(argument) for argument in arguments]).decode()
                wanted = encode(ast.literal_eval(expected)).decode()
            except (ValueError, EncodingError):
                return None
            return TestCase(tier=None, kind="call", input=given, output=wanted)
    return None


def _statements(asserts: Iterable[str]) -> Iterator[ast.stmt]:
    for text in asserts:
        yield from parse_module(text.strip(), FILENAME).body


def suite_of(asserts: Iterable[str], entry_point: str, imports: str = "", setup: str = "") -> str:
    """Write a ``check(candidate)`` suite of assertions; the message of each is its own source.

    Assertions run in the tester's process, with the expected values. Only a call whose arguments contain names (a class
    of the program, an object that the set-up made) is evaluated in the program's process, after the set-up.

    Args:
        asserts: the statements, as in ``assert f(1) == 2``.
        entry_point: the function that they call.
        imports: code that they need beside them.
        setup: code that defines the objects that they name; may use the program's classes.
    """
    calls = _Calls(entry_point)
    lines = [_explained(calls.visit(node)) for node in _statements(asserts)]
    if setup.strip():
        lines.insert(0, f"candidate.evaluate({'exec(' + repr(setup) + ', globals())'!r})")
    body = "\n".join(f"    {line}" for line in lines)
    return f"{imports}\n\ndef check(candidate):\n{body}\n".lstrip("\n")


class _Calls(ast.NodeTransformer):
    """Rewrites each call of the entry point as a call of ``candidate``."""

    def __init__(self, entry_point: str) -> None:
        self._entry_point = entry_point

    def visit_Assert(self, node: ast.Assert) -> ast.Assert:
        said = ast.unparse(node)
        self.generic_visit(node)
        node.msg = node.msg or ast.Constant(said if len(said) <= _SHOWN else f"{said[:_SHOWN]}…")
        return node

    def visit_Call(self, node: ast.Call) -> ast.Call:
        if not (isinstance(node.func, ast.Name) and node.func.id == self._entry_point):
            self.generic_visit(node)
            return node
        arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
        if any(isinstance(inner, ast.Name) for argument in arguments for inner in ast.walk(argument)):
            evaluate = ast.Attribute(ast.Name("candidate", ast.Load()), "evaluate", ast.Load())
            return ast.Call(evaluate, [ast.Constant(ast.unparse(node))], [])
        return ast.Call(ast.Name("candidate", ast.Load()), node.args, node.keywords)


def _explained(node: ast.AST) -> str:
    return ast.unparse(ast.fix_missing_locations(node))
