"""Show the comparison of runs: tables for the terminal and for a page, and limits on what may become worse."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from tarot_bench.errors import UserError
from tarot_bench.metrics.comparison import Comparison, Difference
from tarot_bench.metrics.ranking import Ranked
from tarot_bench.reporting.tables import Columns

_LIMIT = re.compile(r"\s*(?P<scope>[\w.]+)\s*=\s*(?P<points>\d+(?:\.\d+)?)\s*pp\s*")
_SHOWN = 10
COLUMNS = (
    *("rate", "first", "second", "difference", "95 % interval", "p (Holm)"),
    *("wins", "losses", "detectable", "problems"),
)
"""Headings of a comparison's rows: the name of the rate, then `cells`."""


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How much worse a rate may become.

    Attributes:
        scope: ``strict``, a tier, or ``original``.
        points: percentage points, 0 or more.
    """

    scope: str
    points: float

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``edge=2pp``.

        Raises:
            UserError: not of this form.
        """
        match = _LIMIT.fullmatch(text)
        if not match:
            raise UserError(
                f"cannot read {text!r}; write SCOPE=NUMBERpp, as in edge=2pp: the absolute change in percentage points"
            )
        return cls(match["scope"], float(match["points"]))


def worse(comparison: Comparison, tolerances: Sequence[Tolerance]) -> list[str]:
    """Return one line for every rate that certainly became worse by more than is tolerated.

    The 95 % interval of the difference must lie below the tolerance: a change that may be chance fails nothing.

    Raises:
        UserError: a scope that the runs do not have.
    """
    lines = []
    for tolerance in tolerances:
        found = comparison.differences.get(tolerance.scope)
        if found is None:
            raise UserError(f"there is no {tolerance.scope!r} here; compared are {', '.join(comparison.differences)}")
        if 100 * found.difference.high < -tolerance.points:
            lines.append(
                f"{tolerance.scope} is worse by {-100 * found.difference.value:.1f} pp; "
                f"the interval {interval(found)} lies below -{tolerance.points:g} pp"
            )
    return lines


def table(comparison: Comparison) -> Columns:
    """The comparison as a table for the terminal, one row for each rate."""
    made = Columns(*COLUMNS)
    for name, found in comparison.differences.items():
        made.add_row(name, *cells(found))
    return made


def cells(found: Difference) -> list[str]:
    """The cells of one rate: rates in per cent, differences in percentage points."""
    detectable = f"{100 * found.detectable:.1f} pp" if found.detectable is not None else ""
    return [
        f"{100 * found.first:.1f} %",
        f"{100 * found.second:.1f} %",
        points(found.difference.value),
        interval(found),
        f"{found.p_holm:.3f}" if found.p_holm >= 0.001 else "< 0.001",
        str(len(found.wins)),
        str(len(found.losses)),
        detectable,
        str(found.difference.problems),
    ]


def points(difference: float) -> str:
    """An absolute difference in percentage points, with its sign."""
    return f"{100 * difference:+.1f} pp"


def interval(found: Difference) -> str:
    """The interval of a difference, in percentage points."""
    return f"[{100 * found.difference.low:+.1f}, {100 * found.difference.high:+.1f}]"


def named(comparison: Comparison) -> list[str]:
    """The problems that only one of both solves better, for all tests, on one line each."""
    found = comparison.differences.get("strict") or next(iter(comparison.differences.values()))
    sides: Mapping[str, Sequence[str]] = {"second better": found.wins, "first better": found.losses}
    return [f"{side}: {_listed(problems)}" for side, problems in sides.items() if problems]


def _listed(problems: Sequence[str]) -> str:
    more = f" and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
    return ", ".join(problems[:_SHOWN]) + more


def ranking(ranked: Sequence[Ranked]) -> Columns:
    """The bands as a table for the terminal."""
    made = Columns("run", "band", "rate", "ranks")
    for each in ranked:
        low, high = each.ranks
        made.add_row(
            each.name, str(each.band), f"{100 * each.rate:.1f} %", str(low) if low == high else f"{low} to {high}"
        )
    return made
