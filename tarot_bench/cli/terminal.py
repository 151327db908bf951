"""Print untrusted text of models, data sets and files, without terminal control characters or markup."""

from typing import TYPE_CHECKING

import typer

from tarot_bench.texts import inline, printable

if TYPE_CHECKING:
    from rich.console import Console


def say(text: str, *, err: bool = False) -> None:
    """Print text that may have several lines."""
    typer.echo(printable(text), err=err)


def say_line(text: str, *, err: bool = False) -> None:
    """Print text as a single line, without the line breaks of an id or a message."""
    typer.echo(inline(text), err=err)


def plain_console(*, soft_wrap: bool = False) -> "Console":
    """Make a console for tables and panels that shows text literally: no markup, emoji codes or highlighting."""
    from rich.console import Console

    return Console(highlight=False, markup=False, emoji=False, soft_wrap=soft_wrap)
