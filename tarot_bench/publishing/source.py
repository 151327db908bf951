"""Read the source of a publication: a run of `generate`, or any dataset."""

from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from tarot_bench import __version__
from tarot_bench.dataset import Entry, load_entries
from tarot_bench.errors import RunError
from tarot_bench.problem import digest_of
from tarot_bench.publishing.card import Making
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
    """

    entries: list[Entry]
    funnel: list[FunnelStage]
    making: Making
    folder: Path


def read_source(source: str, repo: str) -> Source:
    """Read a run of `generate`, or a dataset: a file, a folder or a Hub id.

    Raises:
        RunError: a run that is not finished.
        DataError: no such dataset, or it cannot be read.
    """
    path = Path(source).expanduser()
    if (path / "run.json").is_file():
        return _run(path)
    entries = load_entries(source)
    digest = digest_of([entry.problem for entry in entries])
    today = datetime.now(UTC).date().isoformat()
    name = path.name if path.exists() else source
    folder = Path("published") / repo.rpartition("/")[2]
    return Source(entries, [], Making(name, digest, None, __version__, today), folder)


def _run(path: Path) -> Source:
    manifest = RunDirectory.open(path).manifest
    if not (path / ENTRIES).is_file():
        raise RunError(f"{path} has no {ENTRIES}: it is no finished run of `generate`; finish it first (--resume)")
    entries = list(read_lines(path / ENTRIES, Entry))
    funnel = [FunnelStage.model_validate(stage) for stage in parse_json((path / FUNNEL).read_bytes())["stages"]]
    digest = digest_of([entry.problem for entry in entries])
    made_by = str(manifest.environment.get("tarot_bench", __version__))
    named = str(manifest.settings.get("name", manifest.kind))
    making = Making(named, digest, manifest.digest, made_by, manifest.created[:10])
    return Source(entries, funnel, making, path / "published")
