"""Assemble a page of HTML that needs no other file and cannot reach the network."""

import base64
import hashlib
import html
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tarot_bench.charts.figure import Figure
from tarot_bench.pages.chunks import Chunk

ASSETS = Path(__file__).parent / "assets"
_LIBRARIES = (ASSETS / "vendor" / "tabulator.min.js", ASSETS / "vendor" / "diff.min.js")
_LIBRARY_STYLES = (ASSETS / "vendor" / "tabulator_simple.min.css",)
_LICENSES = (("Tabulator", "tabulator.LICENSE"), ("diff", "diff.LICENSE"))
_NOTE = "Made by tarot-bench."
_SOURCE_MAP = re.compile(r"^//# sourceMappingURL=.*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Markup:
    """HTML that is inserted as it is; all other text is escaped."""

    html: str


def escaped(text: object) -> str:
    """Text as HTML; `Markup` is left alone."""
    return text.html if isinstance(text, Markup) else html.escape(str(text))


def page(
    title: str,
    body: Iterable[Markup],
    *,
    data: Any = None,
    chunks: Iterable[Chunk] = (),
    scripts: Sequence[Path] = (),
    styles: Sequence[Path] = (),
    served: bool = False,
    libraries: bool = True,
) -> Iterable[str]:
    """Yield the page in pieces, so that a large one need not be in memory.

    Args:
        title: plain text.
        body: the contents of ``<main>``.
        data: what the scripts read, as JSON, when the page opens (``tarot.data()``).
        chunks: what they read later (``tarot.chunk(name)``).
        scripts: JavaScript files that run after those of every page.
        styles: CSS files that follow those of every page.
        served: let the scripts ask the server that the page comes from.
        libraries: embed Tabulator and diff, for tables that sort and for `difference`; 0.5 MiB.
    """
    code = [_read(path) for path in (*(_LIBRARIES if libraries else ()), ASSETS / "page.js", *scripts)]
    yield "<!doctype html>\n<html lang=en>\n<head>\n<meta charset=utf-8>\n"
    yield '<meta name=viewport content="width=device-width, initial-scale=1">\n'
    yield f'<meta http-equiv=Content-Security-Policy content="{_policy(code, served)}">\n'
    yield f"<title>{html.escape(title)}</title>\n<link rel=icon href=data:,>\n"
    for path in (*(_LIBRARY_STYLES if libraries else ()), ASSETS / "page.css", *styles):
        yield f"<style>\n{_read(path)}</style>\n"
    yield "</head>\n<body>\n<a class=skip href=#main>Skip to the contents</a>\n"
    yield f"<header><h1>{html.escape(title)}</h1><button type=button id=theme>Dark</button></header>\n<main id=main>\n"
    for part in body:
        yield part.html
    yield f"</main>\n<footer>{_licenses() if libraries else 'Made by tarot-bench.'}</footer>\n"
    yield f"<script type=application/json id=data>{_json(data)}</script>\n"
    for chunk in chunks:
        yield f'<script type=application/octet-stream data-chunk="{html.escape(chunk.name)}">{chunk.text}</script>\n'
    for text in code:
        yield f"<script>{text}</script>\n"
    yield "</body>\n</html>\n"


def figure(drawn: Figure) -> Markup:
    """A chart with its title, a text alternative, and its numbers as a table to unfold."""
    columns = list(dict.fromkeys(key for row in drawn.rows for key in row))
    table = _table(columns, [[_number(row.get(column, "")) for column in columns] for row in drawn.rows])
    return Markup(
        f'<figure id="{html.escape(drawn.name)}"><figcaption>{html.escape(drawn.title)}</figcaption>\n'
        f'<div class=chart role=img aria-label="{html.escape(drawn.summary)}">{_decorative(drawn.svg())}</div>\n'
        f"<details><summary>Numbers</summary>{table}</details></figure>\n"
    )


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Markup:
    """A plain table."""
    return Markup(_table(columns, rows) + "\n")


def section(title: str, *parts: Markup, name: str = "") -> Markup:
    """A section with a heading."""
    place = f' id="{html.escape(name)}"' if name else ""
    return Markup(f"<section{place}><h2>{html.escape(title)}</h2>\n{''.join(part.html for part in parts)}</section>\n")


def trail(links: Mapping[str, str]) -> Markup:
    """Links to other pages for the top of a page, by their names."""
    shown = "".join(f'<a href="{html.escape(place)}">{html.escape(name)}</a>\n' for name, place in links.items())
    return Markup(f"<nav class=trail aria-label=Pages>{shown}</nav>\n")


def paragraph(text: object) -> Markup:
    """A paragraph."""
    return Markup(f"<p>{escaped(text)}</p>\n")


def _table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    head = "".join(f"<th scope=col>{escaped(column)}</th>" for column in columns)
    lines = "".join("<tr>" + "".join(f"<td>{escaped(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<div class=scroll tabindex=0><table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table></div>"


def _number(value: object) -> object:
    return f"{value:.4g}" if isinstance(value, float) else value


def _decorative(svg: str) -> str:
    """An SVG that screen readers skip: the element around it has the text."""
    return svg.replace("<svg ", "<svg aria-hidden=true focusable=false ", 1)


def _read(path: Path) -> str:
    return _SOURCE_MAP.sub("", path.read_text(encoding="utf-8")).strip() + "\n"


def _policy(scripts: Iterable[str], served: bool) -> str:
    """Scripts of this page only, no request to anywhere, or only to the server of the page."""
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in scripts
    )
    asked = "; connect-src 'self'" if served else ""
    return f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src {hashes}{asked}"


def _json(data: Any) -> str:
    """JSON that ends no script element."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _licenses() -> str:
    texts = "".join(
        f"<h3>{name}</h3><pre tabindex=0>{html.escape((ASSETS / 'vendor' / file).read_text(encoding='utf-8'))}</pre>"
        for name, file in _LICENSES
    )
    return f"<details><summary>{_NOTE} Licences of the libraries in this file</summary>{texts}</details>"
