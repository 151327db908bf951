"""Trouble of the surroundings: processes with different data, a full disk, a server that refuses a request."""

import errno
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tarot_bench.errors import DataError, ModelError, RunError, one_line
from tarot_bench.problem import sha256

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FULL_WORDS = ("No space left", "File too large", "Disk quota", "PytorchStreamWriter", "inline_container")
"""What safetensors' and torch's own exceptions say, which are no `OSError`."""


def check_same_data(data: Iterable[Any], rank: int, gather: Callable[[list[str]], list[str]]) -> None:
    """Check that all training processes read the same data; every process calls this.

    Args:
        data: what was read, as JSON can write it.
        rank: of this process.
        gather: gives the lists of all processes, one after the other.

    Raises:
        DataError: in every process, if any two differ.
    """
    own = sha256(json.dumps(list(data), sort_keys=True))[:8]
    digests = gather([own])
    if len(set(digests)) > 1:
        differing = next(other for other, digest in enumerate(digests) if digest != digests[0])
        raise DataError(
            f"the training processes have different data: {digests[0]} in process 0, {digests[differing]} in process "
            f"{differing} (this is {rank}): give all of them the same files, and set data.revision for a data set of "
            "the Hub"
        )


_REFUSED = "Request failed: "
"""How the exceptions of TRL's vLLM client begin: then the status, a comma, and the body."""


@contextmanager
def full_disk(output: Path) -> Iterator[None]:
    """Convert the errors of a full disk, which libraries raise in several ways, to one line.

    Raises:
        RunError: the disk is full, or a quota or a limit of file sizes is reached.
    """
    try:
        yield
    except Exception as error:
        if not any(_is_full(cause) for cause in _causes(error)):
            raise
        raise RunError(
            f"no space is left for a checkpoint in {output}: free some, then go on with --resume from the last whole "
            "checkpoint, which is kept"
        ) from error


@contextmanager
def refused_requests(output: Path) -> Iterator[None]:
    """Convert what TRL's vLLM client raises when the server refuses a request, such as a too long one, to one line.

    Raises:
        ModelError: with the server's words.
    """
    try:
        yield
    except Exception as error:
        if not str(error).startswith(_REFUSED):
            raise
        raise ModelError(
            f"the vLLM server refused a request: {one_line(error).removeprefix(_REFUSED)}; checkpoints are kept in "
            f"{output}: correct the recipe, then go on with --resume"
        ) from error


def _is_full(error: BaseException) -> bool:
    if isinstance(error, OSError) and error.errno in _FULL:
        return True
    return any(word in str(error) for word in _FULL_WORDS)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
