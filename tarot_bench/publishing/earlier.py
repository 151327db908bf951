"""Errata of the version that is replaced: without them, retracted tests would come back."""

from collections.abc import Collection
from pathlib import Path

from tarot_bench.dataset import load_problems
from tarot_bench.dataset.errata import ERRATA, Errata, Erratum, read_errata
from tarot_bench.errors import DataError
from tarot_bench.publishing.source import Source


def kept_errata(folder: Path, found: Source) -> Errata | None:
    """The errata of the dataset in a folder that the version which replaces it needs, too.

    Raises:
        DataError: the data changed, and lack errata of the folder; or the errata do not fit the folder.
    """
    path = folder / ERRATA
    if not path.is_file():
        return None
    loaded, errata = load_problems(folder), read_errata(path)
    if (loaded.uncorrected or loaded).digest == found.making.digest:
        return errata
    if lost := lost_errata(errata.errata, found.applied):
        raise DataError(
            f"{path} is about other data than this version, which lacks {lost}: pass those that still hold with "
            "--errata, or delete the file if none does"
        )
    return None


def lost_errata(earlier: Collection[Erratum], known: Collection[Erratum]) -> str:
    """Say which errata of an earlier version are not among the known ones; empty if all are."""
    lost = [erratum for erratum in earlier if erratum not in known]
    return f"{len(lost)} of its errata, such as `{lost[0].action}` of problem {lost[0].problem!r}" if lost else ""
