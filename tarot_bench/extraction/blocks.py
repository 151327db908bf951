"""A piece of a completion that may be its program."""

import ast
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from textwrap import dedent

from tarot_bench.extraction.syntax import names_bound, parse, top_level

_ODD_SPACE = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_DEFINING = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign,
    ast.If, ast.Try,
)  # fmt: skip
_INVISIBLE = re.compile("[\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\u00ad]")


@dataclass(frozen=True)
class Block:
    """A candidate for the program of a completion.

    Attributes:
        code: its text, without fences.
        language: ``python``, ``""`` where the fence names none, or another name, in lower case.
        closed: False where the text ends before the block does.
        start: line of the text, from 0, where the block begins, its fence included.
        end: the line after its last.
        fenced: False for code between prose without any fence.
    """

    code: str
    language: str = ""
    closed: bool = True
    start: int = 0
    end: int = 0
    fenced: bool = True

    @cached_property
    def tree(self) -> ast.Module | None:
        """The syntax tree of the code; None if it does not parse."""
        return parse(self.code)

    @cached_property
    def definitions(self) -> dict[str, list[ast.stmt]]:
        """The top-level definitions by the names that they bind; ``*`` for a star import."""
        found: defaultdict[str, list[ast.stmt]] = defaultdict(list)
        for node in self.tree.body if self.tree else []:
            if isinstance(node, _DEFINING):
                for name in {name for inner in top_level([node]) for name in names_bound(inner)}:
                    found[name].append(node)
        return found


def mended(code: str, *, pull: bool = True) -> str:
    """The code, with damage by chat interfaces repaired if it parses only then.

    Damage: no-break and typographic spaces, characters of zero width and, with ``pull``, an indentation that all lines
    share.
    """
    plain = plainly_spaced(code)
    attempts = [plain, *((dedent(plain), _pulled_left(plain)) if pull else ())]
    return next((attempt for attempt in attempts if attempt != code and parse(attempt)), code)


def plainly_spaced(code: str) -> str:
    """The code with ordinary spaces for no-break and typographic ones, and without zero-width characters."""
    return code if code.isascii() else _ODD_SPACE.sub(" ", _INVISIBLE.sub("", code))


def _pulled_left(code: str) -> str:
    """Remove the first line's indentation from every line that has it; keep others, such as those in long strings."""
    first = next((line for line in code.split("\n") if line.strip()), "")
    indent = first[: len(first) - len(first.lstrip())]
    return "\n".join(line.removeprefix(indent) for line in code.split("\n"))
