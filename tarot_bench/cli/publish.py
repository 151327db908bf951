"""``tarot-bench publish``."""

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from tarot_bench.dataset import Entry
    from tarot_bench.publishing import Change, Folder, FunnelStage, Making, Publisher

_VERSION = re.compile(r"v?(\d+\.\d+\.\d+)")


def publish(
    source: Annotated[
        str, typer.Argument(metavar="RUN", help="A run of `generate`, or any dataset: a file, a folder, a Hub id.")
    ],
    repo: Annotated[
        str, typer.Option("--repo", "-r", help="Publish to this dataset repository of the Hub, as in you/name.")
    ],
    card: Annotated[
        str,
        typer.Option("--card", "-c", help="Take the words of the card from a file, or a shipped name in data_cards/."),
    ] = "tarot-4tier",
    folder: Annotated[
        Path | None, typer.Option("--folder", "-f", help="Write the files to this folder; RUN/published by default.")
    ] = None,
    tag: Annotated[str, typer.Option(help="Tag the commit with this version.")] = "v1.0.0",
    private: Annotated[
        bool, typer.Option("--private", help="Make the repository private, if it is created now.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Write and check the folder, print what would be sent, send nothing.")
    ] = False,
) -> None:
    """Write a dataset with its card, load it back, and bring it to the Hub as one tagged commit."""
    from huggingface_hub.utils import disable_progress_bars  # type: ignore[attr-defined]

    from tarot_bench.config import load_yaml
    from tarot_bench.errors import RecipeError
    from tarot_bench.publishing import HOW_TO, CardRecipe, Publisher, can_draw, write_folder
    from tarot_bench.recipes import find

    version = _VERSION.fullmatch(tag)
    if not version:
        raise RecipeError(f"--tag {tag}: write a version such as v1.0.0")
    recipe = load_yaml(CardRecipe, find(card, "data_cards"))
    publisher = Publisher(repo)  # refuses a bad name before anything is written
    entries, funnel, making = _read(source)
    target = folder or _default_folder(source, repo)
    written = write_folder(entries, target, recipe, repo, making, version[1], funnel)
    _report(written)
    if not can_draw():
        typer.echo(f"  {HOW_TO}")
    if dry_run:
        typer.echo(f"--dry-run: {_plan(publisher, written.path, tag, private)}")
        return
    if not sys.stderr.isatty():
        disable_progress_bars()
    done = publisher.publish(written.path, f"{recipe.title}, {tag}", tag, private)
    what = f"commit {done.commit[:12]}, tag {tag}"
    typer.echo(f"{repo}: {_said(done.change)}; {what}" if done.change else f"{repo} holds this already: {what}")


def _read(source: str) -> "tuple[list[Entry], list[FunnelStage], Making]":
    """The entries of a run or a dataset, and where they come from."""
    from datetime import UTC, datetime

    from tarot_bench import __version__
    from tarot_bench.dataset import load_entries
    from tarot_bench.problem import digest_of
    from tarot_bench.publishing import Making

    if (Path(source) / "run.json").is_file():
        return _read_run(Path(source))
    entries = load_entries(source)
    digest = digest_of([entry.problem for entry in entries])
    today = datetime.now(UTC).date().isoformat()
    name = Path(source).name if Path(source).exists() else source
    return entries, [], Making(name, digest, None, __version__, today)


def _read_run(path: Path) -> "tuple[list[Entry], list[FunnelStage], Making]":

    from tarot_bench import __version__
    from tarot_bench.dataset import Entry
    from tarot_bench.errors import RunError
    from tarot_bench.generation.pipeline import ENTRIES, FUNNEL
    from tarot_bench.generation.results import read_lines
    from tarot_bench.problem import digest_of
    from tarot_bench.publishing import FunnelStage, Making
    from tarot_bench.reading import parse_json
    from tarot_bench.runs import Run

    manifest = Run.open(path).manifest
    if not (path / ENTRIES).is_file():
        raise RunError(f"{path} has no {ENTRIES}: it is no finished run of `generate`; go on with it first (--resume)")
    entries = list(read_lines(path / ENTRIES, Entry))
    funnel = [FunnelStage.model_validate(stage) for stage in parse_json((path / FUNNEL).read_bytes())["stages"]]
    digest = digest_of([entry.problem for entry in entries])
    made_by = str(manifest.environment.get("tarot_bench", __version__))
    named = str(manifest.settings.get("name", manifest.kind))
    return entries, funnel, Making(named, digest, manifest.digest, made_by, manifest.created[:10])


def _default_folder(source: str, repo: str) -> Path:
    inside = Path(source) / "run.json"
    return Path(source) / "published" if inside.is_file() else Path("published") / repo.rpartition("/")[2]


def _report(written: "Folder") -> None:
    rows = ", ".join(f"{name} {count}" for name, count in written.rows.items())
    typer.echo(f"{written.path}: {written.size / 1e6:.2f} MB; rows read back and compared: {rows}")


def _plan(publisher: "Publisher", folder: Path, tag: str, private: bool) -> str:
    """What publishing would do now."""
    from tarot_bench.errors import InfrastructureError

    try:
        change = publisher.plan(folder)
    except InfrastructureError as error:
        return f"would make {publisher.repo} hold these files in one commit and tag it {tag} ({error})"
    if change is None:
        kind = "private" if private else "public"
        return f"would create the {kind} dataset {publisher.repo}, send all files in one commit and tag it {tag}"
    if not change:
        return f"{publisher.repo} holds this already; the tag {tag} would be set if it is missing"
    return f"{publisher.repo}: would make one commit ({_said(change)}) and tag it {tag}"


def _said(change: "Change") -> str:
    return f"{len(change.added)} files sent, {len(change.deleted)} removed, {change.unchanged} as they were"
