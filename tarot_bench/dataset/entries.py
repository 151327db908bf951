"""Entries in: problems with what is known of them, where their source says something."""

from pathlib import Path

from tarot_bench.dataset import published
from tarot_bench.dataset.entry import Entry
from tarot_bench.dataset.problem_set import EMBEDDED, load_problems, read_problems
from tarot_bench.dataset.sources import load_rows

_PUBLISHED = ("problem_id", "statement")
"""The columns by which a published row is known."""


def load_entries(
    source: str | Path, *, revision: str | None = None, split: str | None = None, config_name: str | None = None
) -> list[Entry]:
    """Load what `load_problems` loads, with everything that the source knows of each problem.

    Raises:
        DataError: one line about what is wrong, and where.
    """
    from tarot_bench.dataset import synthetic

    if str(source) == EMBEDDED:
        return [Entry(problem=problem) for problem in load_problems(source, revision=revision)]
    if wanted := synthetic.wanted(str(source)):
        if revision is not None:
            load_problems(source, revision=revision)  # refuses another one
        return list(synthetic.entries(*wanted))
    rows = load_rows(source, revision=revision, split=split, config_name=config_name)
    return [
        published.entry_from_row(row) if all(column in row for column in _PUBLISHED) else Entry(problem=problem)
        for row, problem in zip(rows, read_problems(rows), strict=True)
    ]
