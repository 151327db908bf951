"""Load entries: problems with their measurements and flags."""

from pathlib import Path

from tarot_bench.dataset.corrected import corrected_entries
from tarot_bench.dataset.entry import Entry
from tarot_bench.dataset.errata import check_version, read_errata
from tarot_bench.dataset.problem_set import EMBEDDED, load_problems, read_problems
from tarot_bench.dataset.shapes import to_entry
from tarot_bench.dataset.sources import load_rows, own_errata
from tarot_bench.problem import digest_of


def load_entries(
    source: str | Path,
    *,
    revision: str | None = None,
    split: str | None = None,
    config_name: str | None = None,
    apply_errata: bool = True,
) -> list[Entry]:
    """Load problems like `load_problems`, with the measurements and flags of the source.

    Args:
        source: as for `load_problems`.
        revision: as for `load_problems`.
        split: as for `load_problems`.
        config_name: as for `load_problems`.
        apply_errata: apply the errata that belong to the folder or repository.

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
    entries = [to_entry(row) for row, _problem in zip(rows, read_problems(rows), strict=True)]
    return with_errata(entries, own_errata(source, rows.revision)) if apply_errata else entries


def with_errata(entries: list[Entry], path: Path | None) -> list[Entry]:
    """The entries after the errata of a file; None changes nothing.

    Raises:
        DataError: the errata are malformed, or about other entries.
    """
    if path is None:
        return entries
    errata, digest = read_errata(path), digest_of([entry.problem for entry in entries])
    check_version(errata, str(path.parent), digest, digest)
    return corrected_entries(entries, errata.errata)
