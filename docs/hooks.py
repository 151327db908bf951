"""Hook of the site builder: lists every public name of the package on the API page."""

from typing import Any

import tarot_bench

MARK = "<!-- every public name -->"


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Replace the mark of the API page with one mkdocstrings block per name of ``tarot_bench.__all__``."""
    return markdown.replace(MARK, api_blocks()) if MARK in markdown else markdown


def api_blocks() -> str:
    """Functions first, then classes; each group in alphabetical order."""
    names = sorted(name for name in tarot_bench.__all__ if not name.startswith("__"))
    functions = [name for name in names if name.islower()]
    classes = [name for name in names if not name.islower()]
    groups = {"Functions": functions, "Classes": classes}
    return "\n\n".join(
        f"## {title}\n\n" + "\n\n".join(f"::: tarot_bench.{name}" for name in names)
        for title, names in groups.items()
        if names
    )
