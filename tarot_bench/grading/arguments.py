"""Read the arguments and results of function tests, written as JSON or as Python literals.

JSON is read with the tags of `tarot_bench.sandbox.values`, as in ``[{"!": ["tuple", [1, 2]]}]``. Other text is read as
a Python literal, as in ``[(1, 2), {3, 4}, b"x", 1+2j, None]``, which may also hold ``inf`` and ``nan``, and calls of
``set``, ``frozenset``, ``tuple``, ``list``, ``dict``, ``float``, ``complex``, ``Decimal`` and ``Fraction``. Nothing of
it is executed. Models and programs write such text, too, so the cost of reading it is bounded.
"""

import ast
import json
import math
import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from tarot_bench.errors import one_line
from tarot_bench.parsing import parse
from tarot_bench.problem import Problem
from tarot_bench.sandbox.values import EncodingError, decode_untrusted, encode
from tarot_bench.sandbox.values.collisions import Collisions

_LONGEST = 2 * 1024 * 1024
"""Characters of a Python literal: its syntax tree takes a hundred times as much memory."""
_LARGE = re.compile(r'\{"!":\s*\["int",\s*"(-?0x[0-9a-f]+)"\]\}')
_NAMES = {"inf": math.inf, "nan": math.nan, "Infinity": math.inf, "NaN": math.nan}
_IMAGINARY = {"infj": math.inf, "nanj": math.nan}
"""As in the ``repr`` of complex numbers."""


def _fraction(numerator: object, denominator: object = 1) -> Fraction:
    """Only of integers: ``Fraction("1e999999999")`` would compute that number."""
    if not isinstance(numerator, int) or not isinstance(denominator, int):
        raise ValueError("a Fraction is written with integers, as in Fraction(1, 3)")
    return Fraction(numerator, denominator)


_DISPLAYS: dict[type, Callable[[Iterable[object]], object]] = {ast.List: list, ast.Tuple: tuple, ast.Set: set}
_CALLS: dict[str, Callable[..., object]] = {
    "set": set,
    "frozenset": frozenset,
    "tuple": tuple,
    "list": list,
    "dict": dict,
    "float": float,
    "complex": complex,
    "Decimal": Decimal,
    "Fraction": _fraction,
}


def arguments(text: str) -> str:
    """Return the encoding of a call's positional arguments: ASCII, and the same for the same arguments.

    Args:
        text: a list, in JSON or as a Python literal.

    Raises:
        EncodingError: it is neither, or no list.
    """
    values = value_of(text)
    if not isinstance(values, list):
        raise EncodingError(f"a {type(values).__name__}, not a list of arguments such as [1, [2, 3]]")
    return encode(values).decode()


def value_of(text: str) -> object:
    """Read a value, given in JSON or as a Python literal.

    Raises:
        EncodingError: it is neither, too large or too deep, or has too many items of equal hash.
    """
    try:
        return decode_untrusted(text.encode("utf-8", "surrogatepass"))
    except EncodingError as error:
        if _is_json(text):
            raise
        no_json = one_line(error, 100)
    try:
        return _literal_in(text)
    except (SyntaxError, ValueError, TypeError, ArithmeticError, RecursionError, MemoryError) as error:
        raise EncodingError(f"neither JSON ({no_json}) nor a Python literal ({one_line(error, 100)})") from None


@lru_cache(maxsize=256)
def as_json(text: str) -> str:
    """Return text that `decode` reads: JSON as it is, a Python literal as its encoding.

    Raises:
        EncodingError: it is neither.
    """
    return text if _is_json(text) else encode(value_of(text)).decode()


def plain_form(problem: Problem) -> Callable[[str], str]:
    """What turns an input or output of a problem into the text that validators and authors read."""
    return with_plain_integers if problem.style == "function" else str


def with_plain_integers(text: str) -> str:
    """Return an encoding in which large integers are numbers of JSON, as other programs write and read them."""
    return _LARGE.sub(lambda found: _digits(found[1]) or found[0], text)


def _digits(hexadecimal: str) -> str:
    """The decimal digits of an integer; empty where Python refuses to write so many."""
    try:
        return str(int(hexadecimal, 16))
    except ValueError:
        return ""


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _literal_in(text: str) -> object:
    if len(text) > _LONGEST:
        raise ValueError(f"{len(text)} characters; write values of more than {_LONGEST} as JSON")
    match parse(text.strip()).body:
        case [ast.Expr(value)]:
            return _literal(value, Collisions())
    raise ValueError("not one expression")


def _literal(node: ast.expr, collisions: Collisions) -> object:
    if (number := _number(node)) is not None:
        return number
    match node:
        case ast.List(items) | ast.Tuple(items) | ast.Set(items):
            return _DISPLAYS[type(node)](_items(items, collisions))
        case ast.Dict(keys, values):
            known = _items(map(_no_unpacking, keys), collisions)
            return dict(zip(known, _items(values, collisions), strict=True))
        case ast.Call(ast.Name(name), given, []) if name in _CALLS:
            return _called(name, _items(given, collisions), collisions)
    try:
        return ast.literal_eval(node)
    except ValueError:
        raise ValueError(f"`{ast.unparse(node)[:60]}` is not a literal") from None


def _items(nodes: Iterable[ast.expr], collisions: Collisions) -> list[object]:
    """The values of a container, which do not take long to compare."""
    items = [_literal(node, collisions) for node in nodes]
    collisions.count(items)
    return items


def _called(name: str, given: list[object], collisions: Collisions) -> object:
    match name, given:
        case "dict", [list() | tuple() as pairs]:
            collisions.count([pair[0] for pair in pairs if isinstance(pair, list | tuple) and pair])
        case "Decimal" | "Fraction", _:
            collisions.note(name.lower(), None)
    return _CALLS[name](*given)


def _number(node: ast.expr) -> float | complex | None:
    """A number that `ast.literal_eval` does not read, or not with the sign of every zero; None for all others."""
    match node:
        case ast.Name(name) if name in _NAMES:
            return _NAMES[name]
        case ast.UnaryOp(ast.USub(), ast.Name(name)) if name in _NAMES:
            return -_NAMES[name]
        case ast.BinOp(real, ast.Add() | ast.Sub() as sign, imaginary) if (size := _imaginary(imaginary)) is not None:
            return complex(_real(real), size if isinstance(sign, ast.Add) else -size)
        case ast.UnaryOp(ast.USub(), imaginary) if (size := _imaginary(imaginary)) is not None:
            return complex(0.0, -size)
    size = _imaginary(node)
    return None if size is None else complex(0.0, size)


def _imaginary(node: ast.expr) -> float | None:
    """The size of an imaginary number without a sign; None for everything else."""
    match node:
        case ast.Constant(complex() as number):
            return number.imag
        case ast.Name(name) if name in _IMAGINARY:
            return _IMAGINARY[name]
    return None


def _real(node: ast.expr) -> float:
    """The real part of a complex number, with the sign of zero."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_real(node.operand)
    number = _literal(node, Collisions())
    if not isinstance(number, int | float):
        raise TypeError(f"`{ast.unparse(node)[:60]}` is not the real part of a number")
    return float(number)


def _no_unpacking(key: ast.expr | None) -> ast.expr:
    if key is None:
        raise ValueError("`**` in a dictionary")
    return key
