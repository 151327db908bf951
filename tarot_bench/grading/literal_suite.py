"""Convert suites of literal assertions to calls, whose results are compared outside the sandbox.

A suite such as ``assert candidate(1, 2) == 3`` needs no process besides the program's. Its calls are
handed over as one batch, made in order in one process as the suite would have made them, and judged here; what is
expected never leaves this process. Anything that is not literal stays a suite.
"""

import ast
import operator
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from tarot_bench.errors import one_line
from tarot_bench.grading.claims import encoded_size, most_parts, too_large
from tarot_bench.grading.showing import shown_value
from tarot_bench.parsing import parse as parse_module
from tarot_bench.sandbox.values import EncodingError, Size, decode_untrusted, encode
from tarot_bench.verdict import Verdict

Judge = Callable[[Any], bool]
_ARITHMETIC = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}
_BOUNDS = {ast.Lt: operator.lt, ast.LtE: operator.le}


class _NotLiteral(Exception):  # noqa: N818 -- a signal between functions of this module
    pass


@dataclass(frozen=True, slots=True)
class Call:
    """One call that a suite makes, and the condition on its result.

    Attributes:
        arguments: positional.
        named: by keyword.
        holds: judges the answer, plain data from the sandbox.
        size: of the encoding of an answer that may be right; None for any.
        line: the assertion's message, or its condition, for display.
    """

    arguments: list[Any]
    named: dict[str, Any]
    holds: Judge
    size: Size | None
    line: str


def calls_of(suite: str, entry_point: str) -> tuple[Call, ...] | None:
    """The calls of a suite in order, or None if it does anything but literal assertions.

    Args:
        suite: source that defines ``check(candidate)``, and nothing else that matters.
        entry_point: the program's function; a suite may also call it by this name.
    """
    return _read(suite, entry_point)[0]


def flaw_of(suite: str, entry_point: str) -> str:
    """The reason why a suite does not parse; empty if it does."""
    return _read(suite, entry_point)[1]


@lru_cache(maxsize=4096)
def _read(suite: str, entry_point: str) -> tuple[tuple[Call, ...] | None, str]:
    """Parse a suite for `calls_of` and `flaw_of`; cached, because large suites take long to parse."""
    try:
        module = parse_module(suite)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return None, f"its suite does not parse: {one_line(error)}"
    try:
        calls = tuple(call for node in _check_body(module) if (call := _call_of(node, entry_point)))
        encode([[call.arguments, call.named] for call in calls])
    except (_NotLiteral, TypeError, ValueError, RecursionError, EncodingError, ArithmeticError):
        return None, ""
    return calls or None, ""


@lru_cache(maxsize=1024)
def batch_of(suite: str, entry_point: str) -> bytes | None:
    """The input of a job of mode ``calls`` that makes a suite's calls; None as for `calls_of`."""
    calls = calls_of(suite, entry_point)
    return encode([[call.arguments, call.named] for call in calls]) if calls else None


def judge(calls: tuple[Call, ...], result: bytes) -> tuple[Verdict, str]:
    """Check a program's answers against a suite's assertions; the first that fails decides.

    Args:
        calls: as handed over.
        result: the encoded answers, and no more than the program's claim.

    Raises:
        EncodingError: they cannot be read.
    """
    size = _total_size(calls)
    if why := too_large(result, size):
        return Verdict.WRONG_ANSWER, why
    answers = decode_untrusted(result, most_parts(size))
    if not isinstance(answers, list):
        return Verdict.RUNTIME_ERROR, "the program gave no answers"
    for call, answer in zip(calls, answers, strict=False):
        if failed := _failure(call, answer):
            return failed
    if len(answers) < len(calls):
        return Verdict.RUNTIME_ERROR, "the program gave too few answers"
    return Verdict.PASSED, ""


def _total_size(calls: tuple[Call, ...]) -> Size | None:
    """The maximal size of all correct answers; None where a call accepts any."""
    sizes = [call.size for call in calls]
    known = [size for size in sizes if size]
    return Size(*map(sum, zip(*known, strict=True))) if len(known) == len(sizes) else None


def _failure(call: Call, answer: object) -> tuple[Verdict, str] | None:
    """The reason why one call fails the suite; None if it passes. An assertion that raises fails."""
    if not (isinstance(answer, list) and len(answer) == 2):
        return Verdict.RUNTIME_ERROR, "the program gave no answers"
    kind, value = answer
    if kind != "value":
        return Verdict.RUNTIME_ERROR, value if isinstance(value, str) else shown_value(value)
    raised = ""
    try:
        if call.holds(value):
            return None
    except Exception as error:  # such as OverflowError: a difference between a float and an integer beyond any float
        raised = f" ({type(error).__name__})"
    return Verdict.WRONG_ANSWER, f"{call.line}: got {shown_value(value)}{raised}"


def _check_body(module: ast.Module) -> list[ast.stmt]:
    """The body of ``check``; otherwise the module may have only constants and imports, which literals do not use."""
    found = None
    for node in module.body:
        if isinstance(node, ast.FunctionDef) and node.name == "check" and found is None:
            found = node
        elif isinstance(node, ast.Assign):
            _literal(node.value)
        elif not isinstance(node, ast.Import | ast.ImportFrom) and not _is_constant(node):
            raise _NotLiteral
    if found is None or found.decorator_list or len(found.args.args) != 1:
        raise _NotLiteral
    return found.body


def _is_constant(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _call_of(node: ast.stmt, entry_point: str) -> Call | None:
    """The call of one assertion; None for a statement without effect."""
    if isinstance(node, ast.Pass) or _is_constant(node):
        return None
    if not isinstance(node, ast.Assert):
        raise _NotLiteral
    if isinstance(node.test, ast.Constant) and node.test.value:
        return None
    call, holds, size = _claim(node.test)
    if not isinstance(call.func, ast.Name) or call.func.id not in ("candidate", entry_point):
        raise _NotLiteral
    named = {word.arg: _literal(word.value) for word in call.keywords if word.arg}
    if len(named) != len(call.keywords):
        raise _NotLiteral
    said = node.msg.value if isinstance(node.msg, ast.Constant) and isinstance(node.msg.value, str) else None
    line = (said or ast.unparse(node.test))[:200]
    return Call([_literal(argument) for argument in call.args], named, holds, size, line)


_Claim = tuple[ast.Call, Judge, Size | None]
"""The call in an assertion's condition, the condition as a function of its answer, and the size of a right one."""


def _claim(test: ast.expr) -> _Claim:
    if isinstance(test, ast.Call):
        return test, bool, None
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not) and isinstance(test.operand, ast.Call):
        return test.operand, operator.not_, None
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        return _comparison(test.left, test.ops[0], test.comparators[0])
    raise _NotLiteral


def _comparison(left: ast.expr, relation: ast.cmpop, right: ast.expr) -> _Claim:
    if type(relation) in _BOUNDS:
        return _closeness(left, _BOUNDS[type(relation)], _literal(right))
    if not isinstance(left, ast.Call):
        left, right = right, left
    expected = _literal(right)
    if not isinstance(left, ast.Call):
        raise _NotLiteral
    if isinstance(relation, ast.Eq):
        return left, lambda value: bool(value == expected), encoded_size(expected)
    if isinstance(relation, ast.Is) and (expected is None or isinstance(expected, bool)):
        return left, lambda value: value is expected, encoded_size(expected)
    raise _NotLiteral


def _closeness(left: ast.expr, within: Callable[[Any, Any], bool], bound: Any) -> _Claim:
    """``abs(candidate(…) - expected) < bound``."""
    if not (isinstance(left, ast.Call) and isinstance(left.func, ast.Name) and left.func.id == "abs"):
        raise _NotLiteral
    difference = left.args[0] if len(left.args) == 1 else None
    if not (isinstance(difference, ast.BinOp) and isinstance(difference.op, ast.Sub)):
        raise _NotLiteral
    call, other = difference.left, difference.right
    if not isinstance(call, ast.Call):
        call, other = other, call
    expected = _literal(other)
    if not isinstance(call, ast.Call) or not isinstance(expected, int | float):
        raise _NotLiteral

    def holds(value: Any) -> bool:
        is_number = isinstance(value, int | float | complex | Decimal | Fraction)
        return is_number and within(abs(value - expected), bound)

    return call, holds, encoded_size(expected)


def _literal(node: ast.expr) -> Any:
    """The value of a literal expression, which may compute with numbers and join sequences."""
    match node:
        case ast.List(elements):
            return [_literal(element) for element in elements]
        case ast.Tuple(elements):
            return tuple(_literal(element) for element in elements)
        case ast.BinOp(left, sign, right) if type(sign) in _ARITHMETIC:
            one, other = _literal(left), _literal(right)
            numbers = isinstance(one, int | float | complex) and isinstance(other, int | float | complex)
            if not numbers and not (type(one) is type(other) and isinstance(sign, ast.Add)):
                raise _NotLiteral
            return _ARITHMETIC[type(sign)](one, other)
    return ast.literal_eval(node)
