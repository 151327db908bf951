"""``tarot-bench inspect``."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tarot_bench.generation.history.history import Listed


def inspect(
    run: Annotated[Path, typer.Argument(help="A run directory of `generate`.")],
    entry: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="A problem's id, or its last part; without it, all are listed.")
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="Show prompts, replies and tests without cutting them.")] = False,
    format_: Annotated[Literal["text", "json"], typer.Option("--format", help="Print text, or JSON.")] = "text",
) -> None:
    """Show how a run of `generate` made an entry: prompts, replies, accepted and rejected tests, votes, cost."""
    from tarot_bench.generation.history.history import history, listed

    if entry is None:
        rows = listed(run)
        _show(_as_json(rows) if format_ == "json" else _table(rows))
        return
    made = history(run, entry)
    if format_ == "json":
        typer.echo(json.dumps(made.model_dump(mode="json"), indent=2))  # ASCII: harmless to a terminal
        return
    from tarot_bench.generation.history.text import lines_of

    _show(lines_of(made, full))


def _show(lines: "Iterator[str]") -> None:
    """Print lines, through a pager in a terminal."""
    from click import echo_via_pager

    echo_via_pager(f"{line}\n" for line in lines)


def _as_json(rows: "Iterator[Listed]") -> "Iterator[str]":
    for number, row in enumerate(rows):
        yield ("," if number else "[") + json.dumps(row.model_dump(mode="json"))
    yield "]"


def _table(rows: "Iterator[Listed]") -> "Iterator[str]":
    """One line per entry, and the sum of all."""
    from tarot_bench.generation.history.spent import Spent
    from tarot_bench.generation.history.text import cost, tests_of, what_became
    from tarot_bench.texts import inline

    total, states = Spent(), dict.fromkeys(("kept", "dropped", "pending"), 0)
    for row in rows:
        states[row.entry.state] += 1
        total += row.spent
        paid = f"; {cost(row.spent)}" if row.spent.requests else ""
        yield inline(f"{row.entry.id}: {what_became(row.entry)}; {tests_of(row.entry.tests)}{paid}")
    counts = ", ".join(f"{count} {state}" for state, count in states.items() if count)
    yield f"{counts}; {cost(total)}"
