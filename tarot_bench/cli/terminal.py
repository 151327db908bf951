"""The one way to print what a model, a data set or a file says: as text, which commands neither terminal nor markup."""

from typing import TYPE_CHECKING

import typer

from tarot_bench.texts import inline, printable

if TYPE_CHECKING:
    from rich.console import Console


def say(text: str, *, err: bool = False) -> None:
    """Print text, which may have several lines."""
    typer.echo(printable(text), err=err)


def say_line(text: str, *, err: bool = False) -> None:
    """Print text as a single line, whatever an id or a message in it holds."""
    typer.echo(inline(text), err=err)


def plain_console(*, soft_wrap: bool = False) -> "Console":
    """A console for tables and panels: text in them is text, and never markup, an emoji code or a highlight."""
    from rich.console import Console

    return Console(highlight=False, markup=False, emoji=False, soft_wrap=soft_wrap)
