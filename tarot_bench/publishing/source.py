"""Read the source of a publication: a run of `generate`, or any dataset."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from tarot_bench import __version__
from tarot_bench.dataset import Entry, load_entries
from tarot_bench.dataset.entries import read_stored, with_errata
from tarot_bench.dataset.errata import Erratum, read_errata
from tarot_bench.dataset.hub import quiet
from tarot_bench.dataset.rows import file_checksum
from tarot_bench.dataset.sources import own_errata, public_name
from tarot_bench.errors import DataError, RunError, boundary
from tarot_bench.problem import Problem, digest_of
from tarot_bench.publishing.audited import audited
from tarot_bench.publishing.card import Making
from tarot_bench.publishing.provenance import About, Part, files_of_run, read_parts
from tarot_bench.publishing.statistics import FunnelStage
from tarot_bench.reading import parse_json
from tarot_bench.runs import RunDirectory
from tarot_bench.runs.generation import ENTRIES, FUNNEL, read_lines


class Source(NamedTuple):
    """The content to publish.

    Attributes:
        entries: in their order.
        funnel: what the stages of `generate` did; empty for other datasets.
        making: where the entries come from.
        folder: where the published files go unless another place is named.
        parts: how the entries were made, for the folder ``provenance``.
        applied: the errata that the entries have already.
        revision: of the data; None where errata or other problems make them others than those that are stored.
    """

    entries: list[Entry]
    funnel: list[FunnelStage]
    making: Making
    folder: Path
    parts: list[Part]
    applied: frozenset[Erratum]
    revision: str | None


def read_source(source: str, repo: str, audit: Path | None = None) -> Source:
    """Read a run of `generate`, or a dataset: a file, a folder or a Hub id.

    Overrides of a run (`tarot-bench fix`) and the errata that belong to a dataset are applied.

    Args:
        source: the run or dataset.
        repo: the Hub id that will hold it.
        audit: the run of an audit of it, whose measurements are added.

    Raises:
        RunError: a run that is not finished.
        DataError: no such dataset, it cannot be read, or the audit is one of other tests.
    """
    path = Path(source).expanduser()
    if (path / "run.json").is_file():
        return _run(path, audit)
    stored = read_stored(source)
    entries = with_errata(_measured(stored.entries, audit), stored.errata, stored.revision)
    digest = digest_of([entry.problem for entry in entries])
    today = datetime.now(UTC).date().isoformat()
    making = Making(public_name(source), digest, None, __version__, today)
    parts = read_parts(path) or [Part(_about(making, entries))]
    folder = Path("published") / repo.rpartition("/")[2]
    return Source(entries, [], making, folder, parts, *_state(stored.errata, stored.revision))


def with_earlier(source: Source, target: str) -> Source:
    """The entries of a published dataset, followed by those of a source.

    Args:
        source: what is new.
        target: the published dataset: its folder, or its Hub id.

    Raises:
        DataError: no published dataset, or both have a problem of one id.
    """
    folder = _fetched(target)
    earlier = load_entries(folder)
    known = {entry.problem.id for entry in earlier}
    twice = [entry.problem.id for entry in source.entries if entry.problem.id in known]
    if twice:
        raise DataError(
            f"--append: {target} has {len(twice)} of these problems already, such as {twice[0]!r}; leave them out, or "
            "give them other ids"
        )
    entries = [*earlier, *source.entries]
    digest = digest_of([entry.problem for entry in entries])
    making = replace(source.making, source=f"{target} and {source.making.source}", digest=digest, settings=None)
    before = read_parts(folder) or [
        Part(_about(replace(making, source=target, digest=digest_of(_problems(earlier))), earlier))
    ]
    return source._replace(
        entries=entries,
        funnel=[],
        making=making,
        parts=[*before, *source.parts],
        applied=source.applied | _errata_in(own_errata(folder)),
        revision=None,
    )


def _run(path: Path, audit: Path | None) -> Source:
    manifest = RunDirectory.open(path).manifest
    if not (path / ENTRIES).is_file():
        raise RunError(f"{path} has no {ENTRIES}: it is no finished run of `generate`; finish it first (--resume)")
    entries = _measured(list(read_lines(path / ENTRIES, Entry)), audit)
    own, revision = own_errata(path), file_checksum(path / ENTRIES)
    entries = with_errata(entries, own, revision)
    funnel = [FunnelStage.model_validate(stage) for stage in parse_json((path / FUNNEL).read_bytes())["stages"]]
    made_by = str(manifest.environment.get("tarot_bench", __version__))
    named = str(manifest.settings.get("name", manifest.kind))
    making = Making(named, digest_of(_problems(entries)), manifest.digest, made_by, manifest.created[:10])
    files, generators = files_of_run(path)
    about = _about(making, entries).model_copy(update={"generators": generators})
    return Source(entries, funnel, making, path / "published", [Part(about, files)], *_state(own, revision))


def _state(errata: Path | None, revision: str) -> tuple[frozenset[Erratum], str | None]:
    """The errata that were applied to stored entries, and the revision of the result."""
    return _errata_in(errata), None if errata else revision


def _errata_in(path: Path | None) -> frozenset[Erratum]:
    return frozenset(read_errata(path).errata) if path else frozenset()


def _measured(entries: list[Entry], audit: Path | None) -> list[Entry]:
    return audited(entries, audit) if audit else entries


def _about(making: Making, entries: Sequence[Entry]) -> About:
    return About(problems=len(entries), **asdict(making))


def _problems(entries: Sequence[Entry]) -> list[Problem]:
    return [entry.problem for entry in entries]


def _fetched(target: str) -> Path:
    """The folder of a published dataset; one of the Hub is downloaded."""
    folder = Path(target).expanduser()
    if not folder.exists():
        from huggingface_hub import snapshot_download

        with boundary(DataError, f"loading {target} from the Hub"), quiet():
            folder = Path(snapshot_download(target, repo_type="dataset"))
    if not (folder / "croissant.json").is_file():
        raise DataError(f"--append {target}: this is no dataset that `tarot-bench publish` wrote")
    return folder
