"""Read rows with the `datasets` library: local folders, and datasets of the Hugging Face Hub."""

import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tarot_bench.dataset.arrow import let_threads_start
from tarot_bench.dataset.files import known_suffix, read_file
from tarot_bench.dataset.rows import ROWS_AT_ONCE, Rows, file_checksum, numbered
from tarot_bench.errors import DataError, boundary, one_line
from tarot_bench.views import Streamed

if TYPE_CHECKING:
    from datasets import Dataset, DatasetBuilder

_RESOLVE_TIMEOUT_S = 20.0


def read_folder(folder: Path, split: str | None, config_name: str | None) -> Rows:
    """Read the files of a local folder that ``datasets.load_dataset`` would read; the revision is their checksum.

    JSON and Parquet are read as they are: `datasets` would give all files the types that it guesses from the first
    one, in which a column may be null and a text may look like a date.

    Raises:
        DataError: no data files, an unknown split or configuration, or files that do not parse (of JSON Lines: while
            the rows are read).
    """
    from datasets import load_dataset_builder

    with boundary(DataError, f"reading the folder {folder}"), quiet():
        builder = load_dataset_builder(str(folder.resolve()), name=config_name)
        if _readable(builder):
            split = _chosen(list(builder.config.data_files), str(folder), split)
            parts = [read_file(Path(file)) for file in builder.config.data_files[split]]
            revision = file_checksum(*sorted(Path(part.source) for part in parts))
            return _joined(str(folder), revision, parts)
        # `datasets` names what it prepared after the folder's last name alone: without a cache of their own, other
        # files in this folder, or in another one of that name, would be answered with what was prepared before.
        builder = load_dataset_builder(str(folder.resolve()), name=config_name, cache_dir=_cache_for(builder))
        rows, split = _prepare(builder, str(folder), split)
        files = sorted(Path(file) for file in builder.config.data_files[split])
        revision = file_checksum(*files)
    return Rows(str(folder), revision, rows, numbered(str(folder), len(rows)))


def _readable(builder: "DatasetBuilder") -> bool:
    """Whether `read_file` can read all files of a dataset, with no options."""
    files = [str(file) for split in (builder.config.data_files or {}).values() for file in split]
    return bool(files) and all(map(known_suffix, files)) and getattr(builder.config, "field", None) is None


def _joined(source: str, revision: str, parts: Sequence[Rows]) -> Rows:
    """The rows of several files, one after the other, with their places in their files."""
    count = sum(map(len, parts))
    rows = Streamed(count, partial(chain.from_iterable, [part.rows for part in parts]))
    places = Streamed(count, partial(chain.from_iterable, [part.places for part in parts]))
    return Rows(source, revision, rows, places)


def _cache_for(builder: "DatasetBuilder") -> str:
    """A cache directory by the content of a local dataset's files."""
    from datasets import config

    files = sorted(Path(file) for split in builder.config.data_files.values() for file in split)
    content = file_checksum(*files)
    return str(Path(config.HF_DATASETS_CACHE) / "tarot-bench" / content.removeprefix("sha256:")[:16])


def read_hub(repo: str, revision: str | None, split: str | None, config_name: str | None) -> Rows:
    """Read a dataset of the Hub at the present commit of `revision`.

    Raises:
        DataError: no such dataset, revision, configuration or split, no access, or the Hub cannot be reached.
    """
    from datasets import load_dataset_builder
    from huggingface_hub import is_offline_mode

    # Resolved here, because `datasets` would retry an unreachable Hub for half a minute and then take whatever commit
    # is in its cache, whichever was requested.
    commit = revision if is_offline_mode() else _commit(repo, revision)
    with boundary(DataError, f"loading {repo} from the Hub"), quiet():
        builder = load_dataset_builder(repo, name=config_name, revision=commit)
        if commit is not None and builder.hash != commit:
            raise DataError(f"{repo}: the cached copy is revision {builder.hash}, not {commit}; go online to fetch it")
        if builder.name == "json" and _readable(builder):
            return _read_json_of_hub(builder, repo, split)
        rows, _ = _prepare(builder, repo, split)
    return Rows(repo, str(builder.hash), rows, numbered(repo, len(rows)))


def _read_json_of_hub(builder: "DatasetBuilder", repo: str, split: str | None) -> Rows:
    """Read JSON files of the Hub as they are, for the reason that `read_folder` gives.

    They are also prepared, if that succeeds: offline, `datasets` needs it.
    """
    with suppress(DataError):
        _prepare(builder, repo, split)
    chosen = _chosen(list(builder.config.data_files), repo, split)
    names = [str(file).partition(f"@{builder.hash}/")[2] for file in builder.config.data_files[chosen]]
    return _joined(repo, str(builder.hash), read_hub_files(repo, str(builder.hash), names))


def read_hub_files(repo: str, revision: str | None, names: Sequence[str]) -> list[Rows]:
    """Read single files of a dataset repository as they are, for datasets that `datasets` cannot load.

    All come from the present commit of `revision`, which is their revision. Offline, earlier downloads are used.

    Raises:
        DataError: no such dataset, revision or file, no access, or the Hub cannot be reached.
    """
    from huggingface_hub import hf_hub_download, is_offline_mode

    commit = None if is_offline_mode() else _commit(repo, revision)
    found = []
    for name in names:
        with boundary(DataError, f"loading {name} of {repo} from the Hub"):
            # By the name that was requested, not the commit: so the cache remembers the name for when it is offline.
            path = Path(hf_hub_download(repo, name, repo_type="dataset", revision=revision))
        snapshot = path.parents[len(Path(name).parts) - 1].name  # the folder that is named after the commit
        commit = commit or snapshot
        if snapshot != commit:
            raise DataError(f"{repo} changed on the Hub while it was read; run it again")
        found.append(replace(read_file(path), source=repo, revision=commit))
    return found


def hub_file(repo: str, commit: str | None, name: str) -> Path | None:
    """Download one file of a dataset repository; None if it has no such file.

    Raises:
        DataError: the Hub cannot be reached. Offline, only earlier downloads exist.
    """
    from huggingface_hub import hf_hub_download, is_offline_mode
    from huggingface_hub.errors import EntryNotFoundError, LocalEntryNotFoundError

    with boundary(DataError, f"loading {name} of {repo} from the Hub"):
        try:
            return Path(hf_hub_download(repo, name, repo_type="dataset", revision=commit))
        except LocalEntryNotFoundError:
            if is_offline_mode():
                return None
            raise
        except EntryNotFoundError:
            return None


def _commit(repo: str, revision: str | None) -> str:
    """The commit of a branch, a tag or the default branch; one request, no retries."""
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError, RepositoryNotFoundError, RevisionNotFoundError

    try:
        commit = HfApi().dataset_info(repo, revision=revision, timeout=_RESOLVE_TIMEOUT_S).sha
    except RepositoryNotFoundError:
        raise DataError(
            f"no file or folder {repo}, and no dataset {repo} on the Hub that this machine may read "
            "(if it is private or gated, set HF_TOKEN)"
        ) from None
    except RevisionNotFoundError:
        raise DataError(f"dataset {repo} on the Hub has no revision {revision}") from None
    except HfHubHTTPError as error:
        raise DataError(f"the Hub refused to describe dataset {repo}: status {error.response.status_code}") from None
    except Exception as error:
        raise DataError(
            f"no file or folder {repo}, and the Hub cannot be reached ({type(error).__name__}); "
            "HF_HUB_OFFLINE=1 uses a copy that was loaded before"
        ) from error
    if commit is None:
        raise DataError(f"the Hub names no commit for dataset {repo}")
    return commit


def _prepare(builder: "DatasetBuilder", source: str, split: str | None) -> tuple[Sequence[dict[str, Any]], str]:
    """Download and convert all splits, which `datasets` requires, then read the requested one."""
    from datasets.exceptions import DatasetGenerationError

    try:
        builder.download_and_prepare()
    except DatasetGenerationError as error:
        # The reason is in the cause; the error's own text is generic.
        raise DataError(f"{source}: {one_line(error.__cause__ or error)}") from error
    chosen = _chosen(list(builder.info.splits), source, split)
    dataset = builder.as_dataset(split=chosen)
    return Streamed(len(dataset), partial(_rows_of, dataset, source)), chosen


def _rows_of(dataset: "Dataset", source: str) -> Iterator[dict[str, Any]]:
    """The rows as Arrow has them; iterating over the dataset would decode images and sounds."""
    with boundary(DataError, f"reading {source}"):
        for start in range(0, len(dataset), ROWS_AT_ONCE):
            yield from dataset.select(range(start, min(start + ROWS_AT_ONCE, len(dataset)))).to_list()


def _chosen(splits: Sequence[str], source: str, split: str | None) -> str:
    """The requested split, or the only one.

    Raises:
        DataError: several splits and none requested, or no split of that name.
    """
    names = [str(name) for name in splits]
    if split is None and len(names) > 1:
        raise DataError(f"{source} has several splits; choose one of {', '.join(names)}")
    if split is not None and split not in names:
        raise DataError(f"{source} has no split {split!r}; choose one of {', '.join(names)}")
    return names[0] if split is None else split


@contextmanager
def quiet() -> Iterator[None]:
    """Silence the logging and the progress bars of `datasets`."""
    import datasets

    let_threads_start()
    verbosity, bars = datasets.logging.get_verbosity(), datasets.is_progress_bar_enabled()
    datasets.logging.set_verbosity(logging.CRITICAL)
    if not sys.stderr.isatty():
        datasets.disable_progress_bars()
    try:
        yield
    finally:
        datasets.logging.set_verbosity(verbosity)
        if bars:
            datasets.enable_progress_bars()
