"""Publish a dataset: write it with its card, read it back, send it to the Hub."""

import re
from dataclasses import dataclass
from pathlib import Path

from tarot_bench.config import load_yaml
from tarot_bench.dataset.errata import Errata, Erratum, apply_errata, check_version, read_errata
from tarot_bench.errors import RecipeError
from tarot_bench.publishing.card import CardRecipe
from tarot_bench.publishing.earlier import kept_errata
from tarot_bench.publishing.folder import Folder, write_folder
from tarot_bench.publishing.hub import Change, Published, Publisher
from tarot_bench.publishing.source import Source, read_source, with_earlier
from tarot_bench.publishing.verify import verify_generated
from tarot_bench.recipes import find

_VERSION = re.compile(r"v?(\d+\.\d+\.\d+)")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A dataset that was written to a folder and not sent yet.

    Attributes:
        folder: what was written.
        publisher: of the repository.
        title: of the dataset.
        tag: the version, as a tag of the commit.
        applied: errata that the data have already; None where the user gave those of this version.
    """

    folder: Folder
    publisher: Publisher
    title: str
    tag: str
    applied: frozenset[Erratum] | None

    def plan(self) -> Change | None:
        """The changes that `send` would make, as `Publisher.plan`."""
        return self.publisher.plan(self.folder.path, self.applied)

    def send(self, private: bool = False) -> Published:
        """Push the files to the Hub as one tagged commit; raises as `Publisher.publish`."""
        message = f"{self.title}, {self.tag}"
        return self.publisher.publish(self.folder.path, message, self.tag, private, self.applied)


def prepare(
    source: str | Path,
    repo: str,
    folder: str | Path | None = None,
    card: str = "tarot-4tier",
    tag: str = "v1.0.0",
    *,
    append: str | None = None,
    audit: str | Path | None = None,
    errata: str | Path | None = None,
) -> Prepared:
    """Write the dataset to a folder; arguments and errors as for `publish`."""
    version = _VERSION.fullmatch(tag)
    if not version:
        raise RecipeError(f"--tag {tag}: write a version such as v1.0.0")
    recipe = load_yaml(CardRecipe, find(card, "data_cards"))
    publisher = Publisher(repo)  # refuses a bad name before anything is written
    found = read_source(str(source), repo, Path(audit).expanduser() if audit else None)
    if append:
        found = with_earlier(found, append)
    target = Path(folder).expanduser() if folder else found.folder
    known = _given_errata(Path(errata), found) if errata else kept_errata(target, found)
    verify_generated(found.entries)
    shipped = known and known.with_digest(found.making.digest)  # the revision of the written files is another one
    written = write_folder(
        found.entries, target, recipe, repo, found.making, version[1], found.funnel, parts=found.parts, errata=shipped
    )
    return Prepared(written, publisher, recipe.title, tag, None if errata else found.applied)


def _given_errata(path: Path, found: Source) -> Errata:
    """Read errata of what is published.

    Raises:
        DataError: they are malformed, about other data, or name a test that does not exist.
    """
    errata = read_errata(path)
    check_version(errata, found.making.source, found.revision, found.making.digest)
    apply_errata([entry.problem for entry in found.entries], errata.errata)
    return errata


def publish(
    source: str | Path,
    to: str,
    *,
    folder: str | Path | None = None,
    card: str = "tarot-4tier",
    tag: str = "v1.0.0",
    private: bool = False,
    send: bool = True,
    append: str | None = None,
    audit: str | Path | None = None,
    errata: str | Path | None = None,
) -> Folder:
    """Write a dataset with its card, read it back, and push it to the Hub as one tagged commit.

    Before that, inputs that are not stored are made in the local sandbox, and the golds of their problems are graded.

    Args:
        source: the directory of a run of `generate`, or any dataset: a file, a folder, a Hub id.
        to: the dataset repository on the Hub, as in ``you/name``; the card names it.
        folder: where to write the files; None is ``published/`` in the run, or ``published/NAME`` for other datasets.
        card: the words of the card: a file, or a shipped name in data_cards/.
        tag: the version: a tag of the commit.
        private: whether a repository that is created now is private.
        send: False writes and checks the folder, and sends nothing.
        append: a published dataset, as its folder or Hub id, whose problems come first; the new ones follow.
        audit: the run of an audit of `source`: what it measured of each test is published.
        errata: a file of retractions and corrections that is shipped with the dataset, and applied when it is loaded.
            None ships the file that the folder has already, if the data did not change.

    Returns:
        The folder, with its rows per configuration, statistics and size. ``load_dataset`` reads it as it will read
        the repository.

    Raises:
        UserError: a name, version or dataset that cannot be published, an unfinished run, no right to write, or
            errata of the folder or the repository that would be lost.
        InfrastructureError: the Hub cannot be reached, what was written does not read back, or an input that is not
            stored cannot be made again.
    """
    prepared = prepare(source, to, folder, card, tag, append=append, audit=audit, errata=errata)
    if send:
        prepared.send(private)
    return prepared.folder
