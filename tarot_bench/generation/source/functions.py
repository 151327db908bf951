"""Rows of function benchmarks: HumanEval (a prompt, a body and a suite) and MBPP (a task, code and assertions)."""

import ast
from collections.abc import Iterator, Mapping
from typing import Any

from tarot_bench.dataset.native import build_problem
from tarot_bench.generation.source.unusable import UnusableError, text_of
from tarot_bench.parsing import parse
from tarot_bench.problem import Problem
from tarot_bench.sandbox.values import EncodingError, encode

HUMANEVAL_MARKS = ("prompt", "canonical_solution", "test", "entry_point")
MBPP_MARKS = ("code", "test_list")


def from_humaneval(row: Mapping[str, Any]) -> Problem:
    """Read a row like HumanEval's; the suite is kept as one original test.

    Raises:
        DataError: a missing or mistyped value.
    """
    fields = {
        "id": str(row["task_id"]),
        "statement": text_of(row, "prompt"),
        "solution": row["prompt"] + row["canonical_solution"],
        "style": "function",
        "entry_point": row["entry_point"],
        "starter_code": row["prompt"],
        "original_tests": [{"tier": None, "kind": "suite", "input": row["test"]}],
        "origin": {"source": "humaneval", "id": str(row["task_id"])},
    }
    return build_problem(fields)


def from_mbpp(row: Mapping[str, Any]) -> Problem:
    """Read a row like MBPP's. Assertions of the form ``f(literals) == literal`` become calls; the rest stay a suite.

    Raises:
        UnusableError: no assertions, or none that calls a function of the code.
        DataError: a missing or mistyped value.
    """
    code = str(row["code"]).replace("\r\n", "\n")
    lines = [str(line).strip() for line in row["test_list"]]
    if not lines:
        raise UnusableError("no-tests")
    try:
        asserts = [node for line in lines for node in parse(line).body]
        name = _called(asserts, code)
    except SyntaxError as error:
        raise UnusableError("unreadable", str(error)) from None
    setup = str(row.get("test_setup_code") or "")
    calls = [] if setup.strip() else [_call(node, name) for node in asserts]
    tests = [call for call in calls if call] if all(calls) and calls else [_suite(lines, setup)]
    fields = {
        "id": f"mbpp-{row['task_id']}",
        "statement": "\n".join([text_of(row, "text", "prompt"), "", *lines]),
        "solution": code,
        "style": "function",
        "entry_point": name,
        "original_tests": tests,
        "origin": {"source": "mbpp", "id": str(row["task_id"])},
    }
    return build_problem(fields)


def _called(asserts: list[ast.stmt], code: str) -> str:
    """The function of the code that the assertions call."""
    defined = {node.name for node in parse(code).body if isinstance(node, ast.FunctionDef)}
    for name in _names_called(asserts):
        if name in defined:
            return name
    raise UnusableError("no-entry-point", "no assertion calls a function of the code")


def _names_called(asserts: list[ast.stmt]) -> Iterator[str]:
    for statement in asserts:
        for node in ast.walk(statement):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                yield node.func.id


def _call(node: ast.stmt, name: str) -> dict[str, Any] | None:
    """A test that calls the function with literals and expects a literal; None for any other assertion."""
    match node:
        case ast.Assert(
            test=ast.Compare(
                left=ast.Call(func=ast.Name(id=called), args=arguments, keywords=[]),
                ops=[ast.Eq()],
                comparators=[expected],
            )
        ) if called == name:
            try:
                given = encode([ast.literal_eval(argument) for argument in arguments]).decode()
                wanted = encode(ast.literal_eval(expected)).decode()
            except (ValueError, EncodingError):
                return None
            return {"tier": None, "kind": "call", "input": given, "output": wanted}
    return None


def _suite(lines: list[str], setup: str) -> dict[str, Any]:
    if setup.strip():
        # What a set-up makes of the solution's own classes cannot be made on the other side of the sandbox's wall.
        raise UnusableError("needs-set-up", "the assertions need code that runs beside the solution")
    body = "\n".join(f"    {line}" for line in lines)
    return {"tier": None, "kind": "suite", "input": f"def check(candidate):\n{body}\n"}
