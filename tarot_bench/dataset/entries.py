"""Load entries: problems with their measurements and flags."""

from pathlib import Path
from typing import NamedTuple

from tarot_bench.dataset.corrected import corrected_entries
from tarot_bench.dataset.entry import Entry
from tarot_bench.dataset.errata import check_version, read_errata
from tarot_bench.dataset.problem_set import EMBEDDED, load_problems, read_problems
from tarot_bench.dataset.shapes import to_entry
from tarot_bench.dataset.sources import load_rows, own_errata
from tarot_bench.problem import digest_of


class Stored(NamedTuple):
    """A dataset as it is stored.

    Attributes:
        entries: before the errata that belong to the dataset.
        revision: as of `ProblemSet`.
        errata: the file of these errata; None where there is none.
    """

    entries: list[Entry]
    revision: str
    errata: Path | None


def load_entries(
    source: str | Path,
    *,
    revision: str | None = None,
    split: str | None = None,
    config_name: str | None = None,
) -> list[Entry]:
    """Load problems like `load_problems`, with the measurements and flags of the source.

    Args:
        source: as for `load_problems`.
        revision: as for `load_problems`.
        split: as for `load_problems`.
        config_name: as for `load_problems`.

    Raises:
        DataError: the data are missing or malformed, or their errata are about others; one line.
    """
    stored = read_stored(source, revision, split, config_name)
    return with_errata(stored.entries, stored.errata, stored.revision)


def read_stored(
    source: str | Path, revision: str | None = None, split: str | None = None, config_name: str | None = None
) -> Stored:
    """Load entries as they are stored; arguments and errors as for `load_entries`."""
    from tarot_bench.dataset import synthetic

    wanted = synthetic.wanted(str(source))
    if wanted or str(source) == EMBEDDED:
        problems = load_problems(source, revision=revision)
        entries = synthetic.entries(*wanted) if wanted else (Entry(problem=problem) for problem in problems)
        return Stored(list(entries), problems.revision, None)
    rows = load_rows(source, revision=revision, split=split, config_name=config_name)
    entries = (to_entry(row) for row, _problem in zip(rows, read_problems(rows), strict=True))
    return Stored(list(entries), rows.revision, own_errata(source, rows.revision))


def with_errata(entries: list[Entry], path: Path | None, revision: str) -> list[Entry]:
    """The entries after the errata of a file; None changes nothing.

    Args:
        entries: as they are stored.
        path: the file.
        revision: of the stored entries.

    Raises:
        DataError: the errata are malformed, or about other entries.
    """
    if path is None:
        return entries
    errata = read_errata(path)
    check_version(errata, str(path.parent), revision, digest_of([entry.problem for entry in entries]))
    return corrected_entries(entries, errata.errata)
