"""``tarot-bench leaderboard``: keys, attestations and the site of a leaderboard."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

leaderboard = typer.Typer(
    help="Make keys of a leaderboard, check its attestations, and build its site.", no_args_is_help=True
)


@leaderboard.command("keygen")
def keygen(
    key: Annotated[Path, typer.Argument(help="Write the private key to this file, and the public one to FILE.pub.")],
) -> None:
    """Make a key pair that signs attestations."""
    from tarot_bench.leaderboard.keys import generate_key

    public = generate_key(key)
    typer.echo(f"private key: {key}  (keep it secret)\npublic key: {public}  (publish it in the leaderboard's folder)")


@leaderboard.command("check")
def check(
    attestations: Annotated[list[Path], typer.Argument(help="Attestations that `verify` wrote.")],
    keys: Annotated[Path, typer.Option(help="Trust the public keys (*.pub) of this folder.")],
) -> None:
    """Check who signed attestations, and that nobody changed them since."""
    from tarot_bench.cli.terminal import say_line
    from tarot_bench.leaderboard.attestation import read_attestation
    from tarot_bench.leaderboard.keys import read_public_keys

    known = read_public_keys(keys)
    for path in attestations:
        found = read_attestation(path, known)
        say_line(f"{path}: {'verified' if found.verified else 'refused'}: {found.model}, bundle {found.bundle[:12]}")


@leaderboard.command("build")
def build(
    folder: Annotated[Path, typer.Argument(help="A folder with submissions/, attestations/ and keys/.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Write the site to this folder.")],
    cutoff: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            help="Compare problems published before this day, which models may have seen, with newer ones.",
        ),
    ] = None,
    samples: Annotated[
        bool, typer.Option(help="Publish the problems, tests, answers and verdicts of verified submissions.")
    ] = True,
    data: Annotated[
        list[str] | None,
        typer.Option("--data", "-d", help="Take a benchmark's problems from here, as in tarot=FILE; may be repeated."),
    ] = None,
    outputs: Annotated[
        int, typer.Option(min=0, help="Run so many failed tests of each submission again, to show what they print.")
    ] = 0,
) -> None:
    """Build the static site of a leaderboard: its pages, and its numbers as JSON and CSV; its errata are applied."""
    from tarot_bench.api.samples import samples_writer
    from tarot_bench.cli.output import sources_of, working
    from tarot_bench.cli.terminal import say_line
    from tarot_bench.leaderboard.entries import read_folder
    from tarot_bench.leaderboard.site.write import write_site

    found = read_folder(folder, cutoff.date() if cutoff else None)
    for entry in found.entries:
        if entry.rescored:
            say_line(f"errata: {entry.file} {entry.benchmark}: {entry.rescored.change_to(entry.metrics)}")
    for remark in found.remarks:
        say_line(remark)
    with working() as progress:
        writer = samples_writer(sources_of(data), outputs, progress) if samples else None
        start = write_site(found, output, writer, progress)
    typer.echo(f"site: {start}")
