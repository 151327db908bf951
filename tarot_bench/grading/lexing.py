"""Where strings and comments of Python text are, found without parsing it: the text may be unfinished, or not Python."""

import re
from collections.abc import Iterator

_QUOTED = re.compile(
    r"""(?P<triple>\"{3}|'{3})(?:[^\\"']|\\.|(?!(?P=triple))["'])*(?:(?P=triple)|\\?\Z)
    | "(?:[^"\\\n]|\\.)*"? | '(?:[^'\\\n]|\\.)*'? | (?P<comment>\#[^\n]*)""",
    re.VERBOSE | re.DOTALL,
)


def quoted(text: str, at: int = 0) -> Iterator[re.Match[str]]:
    """The strings and comments of a text from a place on, in order; the groups `triple` and `comment` tell which.

    A triple-quoted string without an end goes to the end of the text, any other to the end of its line.
    """
    return _QUOTED.finditer(text, at)
