"""``tarot-bench publish``."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from tarot_bench.publishing import Change, Folder
    from tarot_bench.publishing.publish import Prepared


def publish(
    source: Annotated[
        str, typer.Argument(metavar="RUN", help="A run of `generate`, or any dataset: a file, a folder, a Hub id.")
    ],
    repo: Annotated[
        str, typer.Option("--repo", "-r", help="Publish to this dataset repository of the Hub, as in you/name.")
    ],
    card: Annotated[
        str,
        typer.Option("--card", "-c", help="Take the text of the card from a file, or a shipped name in data_cards/."),
    ] = "tarot-4tier",
    folder: Annotated[
        Path | None, typer.Option("--folder", "-f", help="Write the files to this folder; RUN/published by default.")
    ] = None,
    append: Annotated[
        str | None,
        typer.Option("--append", help="Add the problems to this published dataset: its folder, or its Hub id."),
    ] = None,
    audit: Annotated[
        Path | None, typer.Option("--audit", help="Publish what this run of `audit` measured of each test, too.")
    ] = None,
    errata: Annotated[
        Path | None, typer.Option("--errata", help="Ship this errata file; it is applied when the dataset is loaded.")
    ] = None,
    tag: Annotated[str, typer.Option(help="Tag the commit with this version.")] = "v1.0.0",
    private: Annotated[
        bool, typer.Option("--private", help="Make the repository private, if it is created now.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Write and check the folder, print what would be sent, send nothing.")
    ] = False,
) -> None:
    """Write a dataset with its card, load it back, and push it to the Hub as one tagged commit."""
    from huggingface_hub.utils import disable_progress_bars  # type: ignore[attr-defined]

    from tarot_bench.publishing import HOW_TO, can_draw
    from tarot_bench.publishing.publish import prepare

    prepared = prepare(source, repo, folder, card, tag, append=append, audit=audit, errata=errata)
    _report(prepared.folder)
    if not can_draw():
        typer.echo(f"  {HOW_TO}")
    if dry_run:
        typer.echo(f"--dry-run: {_plan(prepared, private)}")
        return
    if not sys.stderr.isatty():
        disable_progress_bars()
    done = prepared.send(private)
    what = f"commit {done.commit[:12]}, tag {tag}"
    typer.echo(f"{repo}: {_said(done.change)}; {what}" if done.change else f"{repo} holds this already: {what}")


def _report(written: "Folder") -> None:
    rows = ", ".join(f"{name} {count}" for name, count in written.rows.items())
    typer.echo(f"{written.path}: {written.size / 1e6:.2f} MB; rows read back and compared: {rows}")


def _plan(prepared: "Prepared", private: bool) -> str:
    """Describe what publishing would do."""
    from tarot_bench.errors import InfrastructureError

    publisher, tag = prepared.publisher, prepared.tag
    try:
        change = prepared.plan()
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
