"""Rows through the `datasets` library: local folders, and datasets of the Hugging Face Hub."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from tarot_bench.dataset.rows import Rows, checksum, numbered
from tarot_bench.errors import DataError, boundary

if TYPE_CHECKING:
    from datasets import DatasetBuilder

_RESOLVE_TIMEOUT_S = 20.0


def read_folder(folder: Path, split: str | None, config_name: str | None) -> Rows:
    """Read a local folder as ``datasets.load_dataset`` does; its revision is a checksum of the split's data files.

    Raises:
        DataError: no data files, an unknown split or configuration, or files that do not parse.
    """
    from datasets import load_dataset_builder

    with boundary(DataError, f"reading the folder {folder}"):
        builder = load_dataset_builder(str(folder.resolve()), name=config_name)
        values, split = _prepare(builder, split)
        files = sorted(Path(file) for file in builder.config.data_files[split])
        revision = checksum(*(file.read_bytes() for file in files))
    return Rows(str(folder), revision, tuple(values), numbered(str(folder), len(values)))


def read_hub(repo: str, revision: str | None, split: str | None, config_name: str | None) -> Rows:
    """Read a dataset of the Hub at the commit that `revision` names now.

    Raises:
        DataError: no such dataset, revision, configuration or split, no access, or the Hub cannot be reached.
    """
    from datasets import load_dataset_builder
    from huggingface_hub import is_offline_mode

    # Without this, `datasets` would retry an unreachable Hub for half a minute and then take whatever commit is in
    # its cache, whichever was asked for.
    commit = revision if is_offline_mode() else _commit(repo, revision)
    with boundary(DataError, f"loading {repo} from the Hub"):
        builder = load_dataset_builder(repo, name=config_name, revision=commit)
        if commit is not None and builder.hash != commit:
            raise DataError(f"{repo}: the cached copy is revision {builder.hash}, not {commit}; go online to fetch it")
        values, _ = _prepare(builder, split)
    return Rows(repo, str(builder.hash), tuple(values), numbered(repo, len(values)))


def _commit(repo: str, revision: str | None) -> str:
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


def _prepare(builder: "DatasetBuilder", split: str | None) -> tuple[list[dict[str, Any]], str]:
    """Download and convert all splits (`datasets` knows no less), then read the one that is wanted."""
    builder.download_and_prepare()
    splits = list(builder.info.splits)
    if split is None and len(splits) > 1:
        raise DataError(f"{builder.dataset_name} has several splits; choose one of {', '.join(splits)}")
    chosen = splits[0] if split is None else split
    if chosen not in splits:
        raise DataError(f"{builder.dataset_name} has no split {chosen!r}; choose one of {', '.join(splits)}")
    return builder.as_dataset(split=chosen).to_list(), chosen
