"""Locate strings and comments in text that may be unfinished Python, without parsing it."""

import re
from collections.abc import Iterator

_QUOTED = re.compile(
    r"""(?P<triple>\"{3}|'{3})(?:[^\\"']|\\.|(?!(?P=triple))["'])*(?:(?P=triple)|\\?\Z)
    | "(?:[^"\\\n]|\\.)*"? | '(?:[^'\\\n]|\\.)*'? | (?P<comment>\#[^\n]*)""",
    re.VERBOSE | re.DOTALL,
)


def quoted(text: str, at: int = 0) -> Iterator[re.Match[str]]:
    """Match the strings and comments of a text from an offset on; the groups `triple` and `comment` tell the kind.

    A triple-quoted string without an end goes to the end of the text, any other to the end of its line.
    """
    return _QUOTED.finditer(text, at)


class Lexer:
    """Tells whether offsets, queried in ascending order, are inside a string or a comment; reads lazily."""

    def __init__(self, text: str, at: int) -> None:
        self._text = text
        self._at = at

    def is_quoted(self, place: int) -> bool:
        """Whether an offset is inside a string or comment."""
        while self._at < place:
            found = _QUOTED.search(self._text, self._at, place)
            if not found:
                self._at = place
            elif found.end() < place:
                self._at = found.end()
            else:
                whole = _QUOTED.match(self._text, found.start())
                self._at = whole.end() if whole else place
        return self._at > place
