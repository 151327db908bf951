"""Render untrusted Jinja templates without running their code.

Jinja's sandbox refuses what leads from a value to the interpreter. On top of it a template has a budget, so that one
that loops or grows without end is an error and not a hanging run.
"""

import re
import time
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import jinja2
from jinja2 import Environment, Template, nodes
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from tarot_bench.errors import RecipeError, one_line

__all__ = ["Environment", "Template", "environment", "parsed", "rendered"]

_LONGEST_S = 5.0
_MOST_CHARACTERS = 16 * 1024 * 1024
_WIDE = re.compile(r"\d{6}|\*")  # widths of the % operator
_end: ContextVar[float] = ContextVar("_end", default=float("inf"))


class _Counted(NodeTransformer):
    """Checks the time limit in every loop."""

    def visit_For(self, node: nodes.For) -> nodes.For:  # noqa: N802 -- the visitor's name for it
        self.generic_visit(node)
        node.iter = nodes.Filter(node.iter, "_within_time", [], [], None, None, lineno=node.lineno)
        return node


class _Templates(ImmutableSandboxedEnvironment):
    intercepted_binops = frozenset({"*", "**", "%"})

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        parsed: nodes.Template = _Counted().visit(super()._parse(source, name, filename))
        return parsed

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Evaluate arithmetic with a bounded result."""
        if _is_huge(operator, left, right):
            raise SecurityError(f"the result of {operator!r} would be too large")
        return super().call_binop(context, operator, left, right)

    def call(self, context: Context, function: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call a macro, or a function or method that the sandbox allows."""
        _check_time()
        if any(isinstance(value, int) and abs(value) > _MOST_CHARACTERS for value in (*args, *kwargs.values())):
            raise SecurityError("an argument of a call is too large")
        return super().call(context, function, *args, **kwargs)


def _is_huge(operator: str, left: Any, right: Any) -> bool:
    if operator == "%":
        return isinstance(left, str) and _WIDE.search(left) is not None
    sizes = [abs(side) if isinstance(side, (int, float)) else len(side) for side in (left, right)]
    if operator == "**":
        return sizes[0] > 1e6 or sizes[1] > 64
    return sizes[0] * sizes[1] > _MOST_CHARACTERS


def environment(folder: Path | None = None, **settings: Any) -> Environment:
    """Create the Jinja environment of all templates: sandboxed, strict about names, without escaping.

    Args:
        folder: where templates are looked up by name, ``include`` among it; None for self-contained templates.
        **settings: further settings of `jinja2.Environment`, such as ``trim_blocks``.
    """
    loader = jinja2.FileSystemLoader(folder) if folder else None
    made = _Templates(loader=loader, undefined=jinja2.StrictUndefined, autoescape=False, **settings)
    made.filters["_within_time"] = _within_time
    return made


def parsed(opened: Environment, source: str, where: object) -> Template:
    """Compile a template's text.

    Raises:
        RecipeError: it is not valid Jinja; names `where` and the line.
    """
    try:
        return opened.from_string(source)
    except jinja2.TemplateSyntaxError as error:
        raise RecipeError(f"{where}:{error.lineno}: {error.message}") from None
    except RecursionError:
        raise RecipeError(f"{where}: nested too deeply") from None


def rendered(template: Template, where: object, values: dict[str, Any], sees: Iterable[str] = ()) -> str:
    """Render a template.

    Args:
        template: compiled.
        where: its file, for messages.
        values: by name.
        sees: what messages say that a template may name; by default the names of the values.

    Raises:
        RecipeError: it names what it is not given, does what a template may not, or takes more than 5 s or 16 million
            characters.
    """
    _end.set(time.monotonic() + _LONGEST_S)
    try:
        pieces, left = [], _MOST_CHARACTERS
        for piece in _within_time(template.generate(values)):
            pieces.append(piece)
            left -= len(piece)
            if left < 0:
                raise OverflowError(f"makes more than {_MOST_CHARACTERS} characters")
        return "".join(pieces)
    except jinja2.UndefinedError as error:
        raise RecipeError(f"{where}: {error.message}; a template sees {', '.join(sees or values)}") from None
    except Exception as error:  # a template can raise any exception of its expressions
        raise RecipeError(f"{where}: {one_line(error)}") from None


def _within_time(values: Iterable[Any]) -> Iterator[Any]:
    for value in values:
        _check_time()
        yield value


def _check_time() -> None:
    if time.monotonic() > _end.get():
        raise TimeoutError(f"takes more than {_LONGEST_S:g} s")
