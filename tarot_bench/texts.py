"""Escape text of models and datasets for a terminal and for Markdown."""

import re

# What a terminal obeys instead of showing (C0, DEL, C1), what changes the direction of the text around it, what no
# encoding can write.
_COMMANDS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_MARKUP = re.compile(r"[\\`*\[\]<>|~$&]|(?<![^\W_])_|_(?![^\W_])")
_BLOCK = re.compile(r"\A(?:[#+=>-]|[0-9]+(?=[.)](?:\s|\Z)))")


def printable(text: str) -> str:
    r"""Escape control characters and direction marks: an escape character becomes the four characters ``\x1b``.

    Line feeds and tabs stay.
    """
    return _COMMANDS.sub(lambda found: found[0].encode("unicode_escape", "surrogatepass").decode(), text)


def inline(text: str) -> str:
    r"""`printable` text on a single line: a line feed becomes the two characters ``\n``."""
    return printable(text).replace("\n", "\\n").replace("\t", " ")


def spreadsheet_cell(value: object) -> object:
    """A value for a cell of CSV: text is `inline`, and gets an apostrophe in front where it would be a formula."""
    if not isinstance(value, str):
        return value
    text = inline(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


def beginning(text: str, characters: int, lines: int) -> str:
    """The beginning of a text, with the size of the whole where that is longer."""
    split = text.split("\n")
    if len(text) <= characters and len(split) <= lines:
        return text
    return "\n".join(split[:lines])[:characters] + f"… ({len(text)} characters, {len(split)} lines)"


def indented(text: str, by: int = 4) -> str:
    """`printable` text, each line indented by some spaces."""
    return "\n".join(" " * by + line for line in printable(text).rstrip("\n").split("\n"))


class Verbatim(str):
    """Markdown that needs no escaping."""

    __slots__ = ()


def markdown(text: object) -> str:
    """Escape text for a sentence, a heading, a list or a table's cell of Markdown; on a single line."""
    if isinstance(text, Verbatim):
        return text
    line = _MARKUP.sub(lambda found: "&amp;" if found[0] == "&" else f"\\{found[0]}", _single_line(text))
    return Verbatim(_without_block(line))


def code_span(text: object) -> str:
    """Format text as inline code of Markdown, on a single line; also for a table's cell."""
    line = _single_line(text).replace("|", "\\|")
    fence = "`" * (1 + max(map(len, re.findall("`+", line)), default=0))
    space = " " if "`" in line else ""
    return Verbatim(f"{fence}{space}{line}{space}{fence}")


def words(text: object) -> str:
    """Restrict user-written Markdown to one paragraph without HTML; keep links and emphasis."""
    return Verbatim(_without_block(_single_line(text).replace("<", "&lt;")))


def _without_block(line: str) -> str:
    """Escape the start of a line so that it begins no heading, list or quotation."""
    return _BLOCK.sub(lambda found: f"{found[0]}\\" if found[0].isdigit() else f"\\{found[0]}", line)


def _single_line(text: object) -> str:
    return printable(" ".join(str(text).split()))
