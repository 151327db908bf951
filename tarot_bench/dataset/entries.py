"""Load entries: problems with their measurements and flags."""

from pathlib import Path

from tarot_bench.dataset.entry import Entry
from tarot_bench.dataset.problem_set import EMBEDDED, load_problems, read_problems
from tarot_bench.dataset.shapes import to_entry
from tarot_bench.dataset.sources import load_rows


def load_entries(
    source: str | Path, *, revision: str | None = None, split: str | None = None, config_name: str | None = None
) -> list[Entry]:
    """Load problems like `load_problems`, with the measurements and flags of the source.

    Raises:
        DataError: the data are missing or malformed; one line.
    """
    from tarot_bench.dataset import synthetic

    if str(source) == EMBEDDED:
        return [Entry(problem=problem) for problem in load_problems(source, revision=revision)]
    if wanted := synthetic.wanted(str(source)):
        if revision is not None:
            load_problems(source, revision=revision)  # refuses another one
        return list(synthetic.entries(*wanted))
    rows = load_rows(source, revision=revision, split=split, config_name=config_name)
    return [to_entry(row) for row, _problem in zip(rows, read_problems(rows), strict=True)]
