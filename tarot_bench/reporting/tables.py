"""Tables that never truncate: columns that do not fit the terminal move to another table below."""

from collections.abc import Iterator, Sequence

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from tarot_bench.texts import printable

Cell = str | Text
_GAP = 2
"""Blanks between two columns."""


class Columns:
    """A column of labels, and further columns, as many side by side as fit the terminal."""

    def __init__(self, first: str, *headings: str, texts: Sequence[str] = (), least: int = 0) -> None:
        """Start without rows.

        Args:
            first: heading of the labels, which every part repeats.
            headings: of the columns, which hold numbers and are aligned to the right.
            texts: those of the headings whose columns are aligned to the left.
            least: characters that every column of numbers is wide at least.
        """
        self._first = first
        self._headings = headings
        self._texts = frozenset(texts)
        self._least = least
        self._rows: list[tuple[Text, ...]] = []

    def add_row(self, label: Cell, *cells: Cell) -> None:
        """Add a row, with a cell for every heading; a cell may have several lines."""
        self._rows.append(tuple(Text(printable(cell)) if isinstance(cell, str) else cell for cell in (label, *cells)))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for number, part in enumerate(self._parts(options.max_width)):
            if number:
                yield Text()
            yield self._table(part)

    def _parts(self, width: int) -> Iterator[list[int]]:
        """The groups of columns that are shown side by side."""
        label = _wide([self._first, *(row[0] for row in self._rows)])
        part: list[int] = []
        used = label
        for number, heading in enumerate(self._headings, 1):
            needed = _GAP + max(self._least_of(heading), _wide([heading, *(row[number] for row in self._rows)]))
            if part and used + needed > width:
                yield part
                part, used = [], label
            part.append(number)
            used += needed
        if part:
            yield part

    def _table(self, part: list[int]) -> Table:
        table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
        table.add_column(self._first, overflow="fold")
        for number in part:
            heading = self._headings[number - 1]
            table.add_column(
                Text(printable(heading)),
                justify="left" if heading in self._texts else "right",
                min_width=self._least_of(heading),
                overflow="fold",
            )
        for label, *cells in self._rows:
            table.add_row(label, *(cells[number - 1] for number in part))
        return table

    def _least_of(self, heading: str) -> int:
        return 0 if heading in self._texts else self._least


def _wide(cells: Sequence[Cell]) -> int:
    """The number of characters of the longest line."""
    return max(cell_len(line) for cell in cells for line in str(cell).split("\n"))
