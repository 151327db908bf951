"""Load raw rows from files, folders and the Hub."""

from pathlib import Path

from tarot_bench.dataset.errata import ERRATA, OVERRIDES
from tarot_bench.dataset.files import known_suffix, read_file
from tarot_bench.dataset.hub import hub_file, read_folder, read_hub
from tarot_bench.dataset.rows import Rows
from tarot_bench.errors import DataError, did_you_mean
from tarot_bench.hub import is_repo
from tarot_bench.runs import RunDirectory
from tarot_bench.runs.generation import ENTRIES, KIND
from tarot_bench.runs.run import MANIFEST


def load_rows(
    source: str | Path,
    *,
    revision: str | None = None,
    split: str | None = None,
    config_name: str | None = None,
) -> Rows:
    """Read the raw rows of a dataset.

    Args:
        source: a ``.jsonl``, ``.jsonl.gz``, ``.json`` or ``.parquet`` file; a folder that
            ``datasets.load_dataset`` reads; a run of `generate`, for its dataset; or a Hub id ``org/name``. A path
            that exists takes precedence over the Hub.
        revision: on the Hub, a branch, tag or commit. On disk, the checksum that the content must have.
        split: which split of a folder or Hub dataset; may be left out where there is only one. A single file is one
            split and ignores this.
        config_name: which configuration of a folder or Hub dataset, None for its default. A single file ignores it.

    Raises:
        DataError: not found, unreadable, empty, an unknown split or configuration, or another revision. A malformed
            row is one when it is read.
    """
    text = str(source)
    path = Path(text).expanduser()
    if path.is_file():
        rows = read_file(path)
    elif text and (kind := _kind_of_run(path)):
        rows = _read_run(path, kind)
    elif text and path.is_dir():
        rows = read_folder(path, split, config_name)
    elif is_repo(text) and known_suffix(text) is None:
        return _not_empty(read_hub(text, revision, split, config_name))
    else:
        close = did_you_mean(text, ("embedded", "synthetic:N"))
        raise DataError(f"no such file or folder: {text} (a dataset of the Hub is written org/name){close}")
    if revision is not None and revision != rows.revision:
        raise DataError(f"{text} has revision {rows.revision}, not the requested {revision}")
    return _not_empty(rows)


def public_name(source: str) -> str:
    """A source as others may read it: of a file or folder of this machine, the name without the folders above it."""
    path = Path(source).expanduser()
    return path.name if path.exists() else source


def is_generation(folder: Path) -> bool:
    """Whether a folder is a run of `generate`."""
    return _kind_of_run(folder) == KIND


def _kind_of_run(folder: Path) -> str | None:
    """The command that a folder is a run of; None for other folders."""
    return RunDirectory.open(folder).manifest.kind if (folder / MANIFEST).is_file() else None


def _read_run(run: Path, kind: str) -> Rows:
    """Read the dataset of a run of `generate`.

    Raises:
        DataError: it is not finished, or a run of another kind.
    """
    if kind != KIND:
        raise DataError(f"{run} is a run of `{kind}`, which holds no problems: name the dataset that it was made from")
    if not (run / ENTRIES).is_file():
        raise DataError(f"{run} has no {ENTRIES}: this run of `generate` is not finished; finish it with --resume")
    return read_file(run / ENTRIES)


def own_errata(source: str | Path, revision: str | None = None) -> Path | None:
    """The errata that belong to a folder or a dataset of the Hub; None if it has none.

    Args:
        source: as for `load_rows`.
        revision: the commit of the Hub that was loaded; None is the present one.

    Raises:
        DataError: the Hub cannot be reached.
    """
    path = Path(str(source)).expanduser()
    if path.exists():
        own = path / (OVERRIDES if is_generation(path) else ERRATA)
        return own if own.is_file() else None
    is_hub = is_repo(str(source)) and known_suffix(str(source)) is None
    return hub_file(str(source), revision, ERRATA) if is_hub else None


def _not_empty(rows: Rows) -> Rows:
    if not rows.rows:
        raise DataError(f"{rows.source} has no rows")
    return rows
