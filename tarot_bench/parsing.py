"""Parsing Python source, safely from several threads."""

import ast
import threading

_ONE_AT_A_TIME = threading.Lock()
"""CPython up to at least 3.11.7 keeps the depth of the tree it builds per interpreter, not per thread: two threads that
parse at once get "SystemError: AST constructor recursion depth mismatch" now and then."""


def parse(source: str, filename: str = "<unknown>") -> ast.Module:
    """`ast.parse`, one thread at a time.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: as `ast.parse`.
    """
    with _ONE_AT_A_TIME:
        return ast.parse(source, filename)
