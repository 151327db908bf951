"""Parse untrusted input: Python source, safely from several threads, and the text of an answer."""

import ast
import threading
from collections.abc import Mapping
from typing import Any

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


def answer_text(content: Any) -> str:
    """The text of an answer, in any of the shapes that chat services, logs and trainers write.

    Args:
        content: a text; a message, whose ``content`` counts; a list of parts, of which those of text count (not those
            of thinking); a number; or null, which is an empty answer, as is everything else.
    """
    if isinstance(content, str):
        return content
    if isinstance(content, Mapping):
        return answer_text(content.get("content", content.get("text"))) if _is_text(content) else ""
    if isinstance(content, (list, tuple)):
        return "".join(map(answer_text, content))
    return str(content) if isinstance(content, (int, float)) and not isinstance(content, bool) else ""


def _is_text(part: Mapping[Any, Any]) -> bool:
    """Whether a part of a message is text; a message itself has no type, or that of a message."""
    return part.get("type") in (None, "text", "output_text", "input_text", "message")
