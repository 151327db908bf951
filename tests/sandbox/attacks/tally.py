"""Bouts counted: contained of applicable, for each kind, level and route, as Markdown."""

from collections import defaultdict
from collections.abc import Iterable

from tests.sandbox.attacks.corpus import KINDS, ROUTES

Cell = tuple[str, str, str]
"""Kind, level and route."""


class Tally:
    """Counts, and what was not contained."""

    def __init__(self) -> None:
        self._of: dict[Cell, list[bool]] = defaultdict(list)
        self.failures: list[str] = []

    def add(self, kind: str, where: str, route: str, *, contained: bool, failure: str) -> None:
        """Count one bout; `where` is a level, or a peer."""
        self._of[kind, where, route].append(contained)
        if not contained:
            self.failures.append(failure)

    def table(self) -> str:
        """``contained/applicable`` per kind, with a column for each place and route that occurs."""
        places = list(dict.fromkeys(where for _, where, _ in self._of))
        columns = [(where, route) for where in places for route in ROUTES if self._any(where, route)]
        head = ["kind", *(f"{where} {route}" for where, route in columns), "all"]
        rows = [[kind, *(self._cell([kind], [column]) for column in columns), self._cell([kind], columns)] for kind in KINDS]
        rows.append(["all", *(self._cell(KINDS, [column]) for column in columns), self._cell(KINDS, columns)])
        return "\n".join(map(_row, [head, ["---"] * len(head), *rows]))

    def _any(self, where: str, route: str) -> bool:
        return any((kind, where, route) in self._of for kind in KINDS)

    def _cell(self, kinds: Iterable[str], columns: list[tuple[str, str]]) -> str:
        found = [one for kind in kinds for where, route in columns for one in self._of.get((kind, where, route), ())]
        return f"{sum(found)}/{len(found)}" if found else ""


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
