"""Propose a bundle to a leaderboard on the Hub: a pull request on a dataset repository, opened once."""

from dataclasses import dataclass
from pathlib import Path

from huggingface_hub import CommitOperationAdd, HfApi, get_token
from huggingface_hub.errors import RepositoryNotFoundError
from huggingface_hub.hf_api import RepoFile
from huggingface_hub.utils._validators import validate_repo_id

from tarot_bench.errors import InfrastructureError, RunError, TarotError
from tarot_bench.hub import FIRST_WAIT_S, is_same, plain_errors, retrying

_FOLDER = "submissions"
"""Of a leaderboard; holds its bundles."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """Where a bundle is on the Hub.

    Attributes:
        url: of the pull request; of the file, where it was accepted before.
        is_new: whether the pull request was opened now.
    """

    url: str
    is_new: bool


def propose(bundle: Path, repo: str, first_wait_s: float = FIRST_WAIT_S) -> Proposed:
    """Open a pull request that adds a bundle to a leaderboard, unless one is open or the leaderboard has the bundle.

    A request whose answer was lost is repeated only after a look at what there is, so that no second one is opened.

    Args:
        bundle: the file that `submit` wrote.
        repo: a dataset repository of the Hub, as in ``org/name``; it need not be the user's.
        first_wait_s: seconds before a failed request is repeated; each further wait is twice as long.

    Raises:
        RunError: no token, no such repository, or no right to open pull requests.
        InfrastructureError: the Hub cannot be reached after several attempts, or lost the file.
    """
    try:
        with plain_errors(repo):
            validate_repo_id(repo)
            if get_token() is None:
                raise RunError("opening a pull request needs a token of the Hub; set HF_TOKEN")
            leaderboard = _Leaderboard(repo, bundle)
            return retrying(first_wait_s)(lambda: leaderboard.find() or leaderboard.open())
    except RepositoryNotFoundError:
        message = f"the Hub has no dataset repository {repo} that HF_TOKEN may read; a folder is written ./{repo}"
        raise RunError(f"{message}; the bundle is {bundle}") from None
    except TarotError as error:
        raise type(error)(f"{error}; the bundle is {bundle}") from error


class _Leaderboard:
    """A leaderboard's repository, and the bundle that goes there."""

    def __init__(self, repo: str, bundle: Path) -> None:
        self._repo, self._bundle, self._api = repo, bundle, HfApi()
        self._path = f"{_FOLDER}/{bundle.name}"
        self._title = f"Submit {bundle.name}"

    def find(self) -> Proposed | None:
        """The bundle, where it is accepted or in an open pull request of ours."""
        if self._holds("main"):
            return Proposed(f"{self._api.endpoint}/datasets/{self._repo}/blob/main/{self._path}", is_new=False)
        open_ones = self._api.get_repo_discussions(
            self._repo, repo_type="dataset", discussion_type="pull_request", discussion_status="open"
        )
        for request in open_ones:
            if request.title == self._title and request.git_reference and self._holds(request.git_reference):
                return Proposed(request.url, is_new=False)
        return None

    def open(self) -> Proposed:
        """Open the pull request, and check that it has the bundle."""
        made = self._api.create_commit(
            self._repo,
            operations=[CommitOperationAdd(self._path, self._bundle)],
            commit_message=self._title,
            commit_description="Written by `tarot-bench submit`; `tarot-bench verify` grades it again.",
            repo_type="dataset",
            create_pr=True,
        )
        if made.pr_url is None or made.pr_revision is None or not self._holds(made.pr_revision):
            raise InfrastructureError(f"{self._repo}: the pull request {made.pr_url} does not hold the bundle")
        return Proposed(made.pr_url, is_new=True)

    def _holds(self, revision: str) -> bool:
        found = self._api.get_paths_info(self._repo, [self._path], revision=revision, repo_type="dataset")
        return any(isinstance(entry, RepoFile) and is_same(self._bundle, entry) for entry in found)
