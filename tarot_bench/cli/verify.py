"""``tarot-bench verify``."""

from pathlib import Path
from typing import Annotated

import typer


def verify(
    bundle: Annotated[Path, typer.Argument(help="A bundle that `submit` wrote.")],
    data: Annotated[
        list[str] | None,
        typer.Option("--data", "-d", help="Take a benchmark's problems from here, as in tarot=FILE; may be repeated."),
    ] = None,
    sample: Annotated[
        int | None, typer.Option(min=1, help="Grade so many samples, drawn at random, instead of all.")
    ] = None,
    key: Annotated[Path | None, typer.Option(help="Sign the attestation with this private key.")] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the signed attestation to this JSON file.")
    ] = None,
    sandbox: Annotated[str, typer.Option(help="Run programs in this sandbox: local, cold, ray or e2b.")] = "local",
    packages: Annotated[
        str | None, typer.Option(help="Let programs import these installed packages, as in numpy,sortedcontainers.")
    ] = None,
) -> None:
    """Check a bundle, grade its answers again, compare everything that it states, and sign the result."""
    from tarot_bench.api.verifying import verify as check
    from tarot_bench.cli.output import package_list, sandbox_kind, sources_of, working
    from tarot_bench.cli.terminal import say_line
    from tarot_bench.errors import UserError
    from tarot_bench.leaderboard.attestation import write_attestation
    from tarot_bench.leaderboard.keys import read_signer

    if (key is None) != (output is None):
        raise UserError("give both --key and --output, or neither: an attestation is always signed")
    if output and output.is_dir():
        raise UserError(f"--output {output} is a folder; name a JSON file, as in {output / 'attestation.json'}")
    sources = sources_of(data)
    signer = read_signer(key) if key else None
    kind = sandbox_kind(sandbox)
    if kind == "unsafe-subprocess":
        raise UserError("verify runs programs of strangers; choose a --sandbox that isolates them")
    with working() as progress:
        found = check(
            bundle, data=sources, sample=sample, sandbox=kind, packages=package_list(packages), progress=progress
        )
    for finding in found.findings:
        say_line(str(finding))
    for suspicion in found.suspicions:
        say_line(f"suspicion: {suspicion}")
    if found.drawn:
        say_line(f"graded again: {found.drawn}")
    else:
        say_line(f"graded again: {found.regraded} samples")
    say_line(f"{'verified' if found.verified else 'refused'}: {found.model}, {bundle}")
    if signer and output:
        write_attestation(found, signer, output)
        say_line(f"attestation: {output}")
    raise typer.Exit(0 if found.verified else 1)
