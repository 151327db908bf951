"""Find code in strings of JSON, or of Python literals of that shape."""

import ast
import json
import re
from collections.abc import Iterator

from tarot_bench.extraction.syntax import parse

_BEGINS = re.compile(r"^[ \t]*[{\[](?=\s*(?:[\"'{\[]|$))", re.MULTILINE)
_THOUGHT = re.compile(
    r"think|thought|reason|analysis|plan|draft|scratch|explanation|alternative|wrong|brute", re.IGNORECASE
)
_LENIENT = json.JSONDecoder(strict=False)
_MOST_PLACES = 8
_MOST_TEXTS = 100
_DEEPEST = 20


def strings_in_json(text: str) -> list[str]:
    """The strings at any depth of JSON values that begin a line, except those under keys that name reasoning.

    Line breaks inside strings, which JSON forbids and models write, are understood. A list of texts is taken as lines.
    """
    found: list[str] = []
    at = 0
    for _ in range(_MOST_PLACES):
        begin = _BEGINS.search(text, at)
        if not begin:
            break
        try:
            value, at = _LENIENT.raw_decode(text, begin.end() - 1)
        except (ValueError, RecursionError):
            value, at = _literal(text) if not text[: begin.start()].strip() else None, begin.end()
        found += _texts(value)
    return found[:_MOST_TEXTS]


def _literal(text: str) -> object:
    """Parse a text as one Python literal; None if it is not."""
    tree = parse(text.strip())
    if tree is None or len(tree.body) != 1 or not isinstance(tree.body[0], ast.Expr):
        return None
    try:
        return ast.literal_eval(tree.body[0].value)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None


def _texts(value: object, depth: int = 0) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict) and depth < _DEEPEST:
        for key, inner in value.items():
            if not (isinstance(key, str) and _THOUGHT.search(key)):
                yield from _texts(inner, depth + 1)
    elif isinstance(value, list) and depth < _DEEPEST:
        if value and all(isinstance(inner, str) for inner in value):
            yield "\n".join(inner.rstrip("\n") for inner in value)
        else:
            for inner in value:
                yield from _texts(inner, depth + 1)
