"""Load raw rows from files, folders and the Hub."""

import re
from pathlib import Path

from tarot_bench.dataset.files import known_suffix, read_file
from tarot_bench.dataset.hub import read_folder, read_hub
from tarot_bench.dataset.rows import Rows
from tarot_bench.errors import DataError, did_you_mean

_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+")


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
            ``datasets.load_dataset`` reads; or a Hub id ``org/name``. A path that exists takes precedence over the Hub.
        revision: on the Hub, a branch, tag or commit. On disk, the checksum that the content must have.
        split: which split of a folder or Hub dataset; may be left out where there is only one. A single file is one
            split and ignores this.
        config_name: which configuration of a folder or Hub dataset, None for its default. A single file ignores it.

    Raises:
        DataError: not found, unreadable, empty, an unknown split or configuration, or another revision.
    """
    text = str(source)
    path = Path(text).expanduser()
    if path.is_file():
        rows = read_file(path)
    elif text and path.is_dir():
        rows = read_folder(path, split, config_name)
    elif _HUB_ID.fullmatch(text) and known_suffix(text) is None:
        return _not_empty(read_hub(text, revision, split, config_name))
    else:
        close = did_you_mean(text, ("embedded", "synthetic:N"))
        raise DataError(f"no such file or folder: {text} (a dataset of the Hub is written org/name){close}")
    if revision is not None and revision != rows.revision:
        raise DataError(f"{text} has revision {rows.revision}, not the requested {revision}")
    return _not_empty(rows)


def _not_empty(rows: Rows) -> Rows:
    if not rows.rows:
        raise DataError(f"{rows.source} has no rows")
    return rows
