"""Write a dataset to a folder and verify it: tables, plots, card, Croissant."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tarot_bench.atomic import replacing_folder
from tarot_bench.dataset import Entry
from tarot_bench.dataset.errata import ERRATA, Errata, write_errata
from tarot_bench.dataset.hub import quiet
from tarot_bench.dataset.rows import file_checksum
from tarot_bench.errors import DataError, boundary
from tarot_bench.publishing.card import CardRecipe, Making, Release, render_card
from tarot_bench.publishing.croissant import croissant
from tarot_bench.publishing.eval_yaml import eval_yaml
from tarot_bench.publishing.layout import write_tables
from tarot_bench.publishing.plots import draw
from tarot_bench.publishing.provenance import Part, write_parts
from tarot_bench.publishing.statistics import FunnelStage, Statistics, statistics_of
from tarot_bench.publishing.verify import verify


@dataclass(frozen=True, slots=True)
class Folder:
    """A written and verified dataset.

    Attributes:
        path: of its root.
        rows: per configuration.
        statistics: of its entries.
        size: bytes of all files.
    """

    path: Path
    rows: dict[str, int]
    statistics: Statistics
    size: int


def write_folder(
    entries: Sequence[Entry],
    path: Path,
    recipe: CardRecipe,
    repo: str,
    making: Making,
    version: str,
    funnel: Sequence[FunnelStage] = (),
    *,
    parts: Sequence[Part] = (),
    errata: Errata | None = None,
) -> Folder:
    """Write a dataset and verify every configuration; `path` is replaced only if all of it is correct.

    The same entries, recipe and making give the same bytes.

    Args:
        entries: in the order of publication.
        path: the folder; an earlier dataset there is replaced.
        recipe: texts of the card.
        repo: the Hub id that the card names.
        making: origin of the entries.
        version: of the dataset, as in 1.0.0.
        funnel: counts of the generation stages.
        parts: how the entries were made.
        errata: of these entries; they are shipped beside them and not applied to them.

    Raises:
        DataError: no entries, two with one id, other files in the folder, or it cannot be written.
        InfrastructureError: the written dataset does not read back.
    """
    _check(entries, path)
    with boundary(DataError, f"writing {path}"), quiet(), replacing_folder(path) as partial:
        statistics = statistics_of(entries)
        configs = write_tables(entries, partial)
        plots = draw(entries, funnel, partial)
        release = Release(repo, version, _content(partial))
        write_parts(parts, partial)
        if errata:
            write_errata(errata, partial / ERRATA)
        card = render_card(recipe, release, making, statistics, configs, funnel, plots, [part.about for part in parts])
        (partial / "README.md").write_text(card, encoding="utf-8")
        (partial / "eval.yaml").write_text(eval_yaml(recipe.title, recipe.summary, configs), encoding="utf-8")
        described = croissant(
            configs,
            name=recipe.title,
            description=recipe.summary,
            url=_address(repo),
            license_id=recipe.license,
            date=making.date,
            version=version,
        )
        (partial / "croissant.json").write_text(described, encoding="utf-8")
        rows = verify(partial, entries)
    size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    return Folder(path, rows, statistics, size)


def _check(entries: Sequence[Entry], path: Path) -> None:
    ids = [entry.problem.id for entry in entries]
    if not ids:
        raise DataError("there is nothing to publish: no entry was kept")
    if len(set(ids)) < len(ids):
        repeated = next(name for number, name in enumerate(ids) if name in ids[:number])
        raise DataError(f"two problems have the id {repeated!r}")
    if path.exists() and not (path / "croissant.json").is_file() and (not path.is_dir() or any(path.iterdir())):
        raise DataError(f"{path} holds other files; choose an empty or new --folder")


def _content(folder: Path) -> str:
    """A checksum of all tables."""
    return file_checksum(*sorted(folder.rglob("*.parquet"))).removeprefix("sha256:")[:16]


def _address(repo: str) -> str:
    from huggingface_hub import constants

    return f"{constants.ENDPOINT}/datasets/{repo}"
