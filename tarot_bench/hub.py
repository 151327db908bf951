"""Dataset and model repositories of the Hugging Face Hub: their names, what may be tried again, errors as ours."""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tarot_bench.errors import InfrastructureError, RunError, TarotError, one_line

if TYPE_CHECKING:
    from huggingface_hub.errors import HfHubHTTPError
    from huggingface_hub.hf_api import RepoFile
    from tenacity import Retrying

ATTEMPTS = 6
FIRST_WAIT_S = 1.0
HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+")
"""A repository, as in ``org/name``."""


def is_repo(text: str) -> bool:
    """Whether a text names a repository: it is like ``org/name``, and no such file or folder exists."""
    return bool(HUB_ID.fullmatch(text)) and not Path(text).exists()


def retrying(first_wait_s: float = FIRST_WAIT_S) -> "Retrying":
    """Return what calls a function again after failures that may pass; calling it twice must not change more."""
    from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_exponential

    return Retrying(
        stop=stop_after_attempt(ATTEMPTS),
        wait=wait_exponential(multiplier=first_wait_s),
        retry=retry_if_exception(_may_pass),
        reraise=True,
    )


def is_same(file: Path, there: "RepoFile") -> bool:
    """Whether a file of a repository has the content of a local one, by its checksum."""
    if there.lfs:
        with file.open("rb") as lines:
            return hashlib.file_digest(lines, "sha256").hexdigest() == there.lfs.sha256
    content = file.read_bytes()
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest() == there.blob_id


def is_the_hubs(error: BaseException) -> bool:
    """Whether an error comes from the Hub or the network; any other is a bug."""
    from huggingface_hub.errors import HfHubHTTPError

    return isinstance(error, HfHubHTTPError) or _is_of_the_network(error)


@contextmanager
def plain_errors(repo: str) -> Iterator[None]:
    """Convert errors of the Hub and the network to ours; a missing repository passes."""
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, RepositoryNotFoundError

    try:
        yield
    except (RepositoryNotFoundError, TarotError):
        raise
    except HFValidationError as error:
        raise RunError(f"{repo} cannot be a repository of the Hub: {one_line(error)}") from None
    except HfHubHTTPError as error:
        raise _refusal(repo, error) from error
    except Exception as error:
        if not _is_of_the_network(error):
            raise
        raise InfrastructureError(f"the Hub cannot be reached: {one_line(error)}; try again") from error


def _may_pass(error: BaseException) -> bool:
    """Whether trying again may help: the network, or a server that is busy or restarting."""
    from huggingface_hub.errors import HfHubHTTPError

    if isinstance(error, HfHubHTTPError):
        return error.response.status_code in {408, 429} or error.response.status_code >= 500
    return _is_of_the_network(error)


def _is_of_the_network(error: BaseException) -> bool:
    # By name: releases of huggingface-hub differ in the HTTP library that they bring.
    return isinstance(error, ConnectionError) or any(kind.__name__ == "TransportError" for kind in type(error).__mro__)


def _refusal(repo: str, error: "HfHubHTTPError") -> TarotError:
    status = error.response.status_code
    if status in {401, 403}:
        said = one_line(Exception(error.server_message)) if error.server_message else f"status {status}"
        return RunError(f"the Hub refuses to write to {repo} ({said}); set HF_TOKEN to a token with write access")
    if status == 412:
        return RunError(f"{repo} was changed by someone else; check it, then publish again")
    return InfrastructureError(f"the Hub answered {status} for {repo}: {one_line(error)}")
