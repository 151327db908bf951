"""Parts that several pages of the site have."""

import html
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tarot_bench.leaderboard.bundle import is_web_address
from tarot_bench.metrics.intervals import Estimate
from tarot_bench.metrics.tiers import Metrics
from tarot_bench.pages.page import Markup, escaped
from tarot_bench.problem import TIERS
from tarot_bench.texts import inline, printable

ASSETS = Path(__file__).parent / "assets"
SCOPES = ("strict", *(tier.value for tier in TIERS), "original")
"""What rates are given for, in the order of columns: all tiers, each tier, the tests without a tier."""


def rates_of(metrics: Metrics) -> dict[str, Estimate]:
    """pass@1 by scope, in the order of `SCOPES`; scopes without a rate have no key."""
    named = metrics.named()
    return {scope: rate for scope in SCOPES if (rate := named.get(scope))}


def percent(rate: Estimate | None) -> str:
    """A rate with its interval."""
    return f"{100 * rate.value:.1f} % [{100 * rate.low:.1f}, {100 * rate.high:.1f}]" if rate else ""


def points(difference: Estimate) -> str:
    """A difference in percentage points with its interval."""
    value, low, high = (100 * each for each in (difference.value, difference.low, difference.high))
    return f"{value:+.1f} pp [{low:+.1f}, {high:+.1f}]"


def places(range_: tuple[int, int]) -> str:
    """A range of places."""
    best, worst = range_
    return str(best) if best == worst else f"{best} to {worst}"


def link(text: str, address: str) -> Markup:
    """A link to another page of the site."""
    return Markup(f'<a href="{html.escape(address)}">{html.escape(text)}</a>')


def outside(text: str, address: str | None) -> Markup:
    """A link that a submitter wrote; only to addresses of the web, otherwise it is plain text."""
    shown = html.escape(inline(text))
    if address is None or not is_web_address(address):
        return Markup(shown)
    return Markup(f'<a rel="nofollow noreferrer" href="{html.escape(address)}">{shown}</a>')


def copyable(text: str) -> Markup:
    """A block of text that the page's script gives a button to copy it."""
    return Markup(f"<pre class=copyable tabindex=0>{html.escape(printable(text))}</pre>\n")


def terms(known: Mapping[str, object] | Iterable[tuple[str, object]]) -> Markup:
    """Names with their values; those without a value are left out."""
    pairs = known.items() if isinstance(known, Mapping) else known
    lines = [
        f"<dt>{html.escape(name)}</dt><dd>{escaped(value if isinstance(value, Markup) else inline(_text(value)))}</dd>"
        for name, value in pairs
        if value not in (None, "", {}, [], ())
    ]
    return Markup(f"<dl>{''.join(lines)}</dl>\n")


def unfolded(title: str, *parts: Markup) -> Markup:
    """Parts to unfold."""
    return Markup(f"<details><summary>{html.escape(title)}</summary>{''.join(part.html for part in parts)}</details>\n")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
