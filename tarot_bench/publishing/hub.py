"""Publish a folder as one commit and a tag of a dataset repository on the Hub, idempotently.

Every commit names its parent (``parent_commit``), so a commit whose response was lost can be retried: either it is made
now, or the repository already holds the folder.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi
from huggingface_hub.errors import RepositoryNotFoundError
from huggingface_hub.hf_api import RepoFile
from huggingface_hub.utils._validators import validate_repo_id

from tarot_bench.dataset.errata import ERRATA, Erratum, read_errata
from tarot_bench.dataset.hub import hub_file
from tarot_bench.errors import InfrastructureError, RunError
from tarot_bench.hub import FIRST_WAIT_S, is_same, is_the_hubs, plain_errors, retrying
from tarot_bench.publishing.earlier import lost_errata

Answer = TypeVar("Answer")

_KEPT = {".gitattributes"}
"""Files of the repository that belong to the Hub."""


@dataclass(frozen=True, slots=True)
class Change:
    """The difference between a folder and a repository.

    Attributes:
        added: paths to upload, new or with other content.
        deleted: paths to remove.
        unchanged: number of equal files.
    """

    added: tuple[str, ...]
    deleted: tuple[str, ...]
    unchanged: int

    def __bool__(self) -> bool:
        return bool(self.added or self.deleted)


@dataclass(frozen=True, slots=True)
class Published:
    """The result of publishing a folder.

    Attributes:
        commit: the commit with the folder's files.
        change: the changes of the commit; empty if there were none.
    """

    commit: str
    change: Change


class Publisher:
    """Publishes folders to one dataset repository.

    Raises (on construction):
        RunError: the name is invalid.
    """

    def __init__(self, repo: str, api: HfApi | None = None, first_wait_s: float = FIRST_WAIT_S) -> None:
        with plain_errors(repo):
            validate_repo_id(repo)
        self.repo = repo
        self._api = api or HfApi()
        self._retrying = retrying(first_wait_s)

    def plan(self, folder: Path, applied: Collection[Erratum] | None = ()) -> Change | None:
        """The changes that a commit would make; None if the repository does not exist. Raises as `publish`."""
        with plain_errors(self.repo):
            try:
                head = self._head()
                change = self._change(folder, head)
            except RepositoryNotFoundError:
                return None
            self._check_errata(folder, change, head, applied)
            return change

    def publish(
        self,
        folder: Path,
        message: str,
        tag: str,
        private: bool = False,
        applied: Collection[Erratum] | None = (),
    ) -> Published:
        """Replace the repository's files with those of `folder` in one commit, and tag it.

        Args:
            folder: the dataset.
            message: of the commit.
            tag: name of the version; may exist already for the same files only.
            private: visibility of a new repository; an existing one is not changed.
            applied: errata that the data have already; the repository may lose these. None lets it lose any.

        Raises:
            RunError: no such account, no permission to write, the tag exists for other files, the repository has
                errata that `folder` lacks, or it was changed concurrently.
            DataError: its errata cannot be read.
            InfrastructureError: the Hub cannot be reached after several attempts.
        """
        with plain_errors(self.repo):
            self._retried(lambda: self._api.create_repo(self.repo, repo_type="dataset", private=private, exist_ok=True))
            published = self._commit(folder, message, tag, applied)
            if self._retried(lambda: self._change(folder, published.commit)):
                raise InfrastructureError(f"{self.repo}: commit {published.commit} does not hold the sent files")
            self._tag(published.commit, tag)
        return published

    def _commit(self, folder: Path, message: str, tag: str, applied: Collection[Erratum] | None) -> Published:
        parent = self._retried(self._head)
        change = self._retried(lambda: self._change(folder, parent))
        self._check_tag(tag, parent, changed=bool(change))
        self._check_errata(folder, change, parent, applied)
        if not change:
            return Published(parent, change)

        def attempt() -> str:
            try:
                made = self._api.create_commit(
                    self.repo,
                    operations=[
                        *(CommitOperationAdd(path, folder / path) for path in change.added),
                        *(CommitOperationDelete(path) for path in change.deleted),
                    ],
                    commit_message=message,
                    repo_type="dataset",
                    parent_commit=parent,
                )
                return made.oid
            except Exception as error:
                landed = self._landed(folder, parent) if is_the_hubs(error) else None
                if landed:
                    return landed
                raise

        return Published(self._retried(attempt), change)

    def _landed(self, folder: Path, parent: str) -> str | None:
        """The commit after `parent`, if it is the one whose response was lost.

        Raises:
            RunError: the repository was changed concurrently.
        """
        head = self._retried(self._head)
        if head == parent:
            return None
        if self._retried(lambda: self._change(folder, head)):
            raise RunError(f"{self.repo} was changed by someone else ({head[:12]}); check it, then publish again")
        return head

    def _head(self) -> str:
        found = self._api.dataset_info(self.repo).sha
        if not found:
            raise InfrastructureError(f"the Hub names no commit for {self.repo}")
        return found

    def _change(self, folder: Path, commit: str) -> Change:
        there = {
            entry.path: entry
            for entry in self._api.list_repo_tree(self.repo, recursive=True, revision=commit, repo_type="dataset")
            if isinstance(entry, RepoFile) and entry.path not in _KEPT
        }
        here = {file.relative_to(folder).as_posix(): file for file in sorted(folder.rglob("*")) if file.is_file()}
        added = tuple(path for path, file in here.items() if path not in there or not is_same(file, there[path]))
        deleted = tuple(sorted(set(there) - set(here)))
        return Change(added, deleted, len(here) - len(added))

    def _check_tag(self, tag: str, head: str, *, changed: bool) -> None:
        """Refuse a tag that exists for other files, before anything is sent."""
        refs = self._retried(lambda: self._api.list_repo_refs(self.repo, repo_type="dataset"))
        target = next((ref.target_commit for ref in refs.tags if ref.name == tag), None)
        if target is not None and (changed or target != head):
            raise RunError(f"{self.repo} already has a version {tag} with other files; choose another --tag")

    def _check_errata(self, folder: Path, change: Change, commit: str, applied: Collection[Erratum] | None) -> None:
        """Refuse to remove errata, before anything is sent."""
        if applied is None or ERRATA not in (*change.added, *change.deleted):
            return
        there, here = hub_file(self.repo, commit, ERRATA), folder / ERRATA
        known = {*applied, *(read_errata(here).errata if here.is_file() else ())}
        if there and (lost := lost_errata(read_errata(there).errata, known)):
            raise RunError(
                f"{self.repo} has {ERRATA}, and this version lacks {lost}: pass those that still hold with --errata, "
                "or delete the file there if none does"
            )

    def _tag(self, commit: str, tag: str) -> None:
        self._retried(
            lambda: self._api.create_tag(self.repo, tag=tag, revision=commit, repo_type="dataset", exist_ok=True)
        )

    def _retried(self, ask: Callable[[], Answer]) -> Answer:
        """Call `ask`, again after failures that may pass; calling it twice must not change anything more."""
        return self._retrying.copy()(ask)  # a copy, since calls are nested
