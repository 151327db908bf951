"""``tarot-bench regrade``."""

from pathlib import Path
from typing import Annotated

import typer


def regrade(
    run: Annotated[Path, typer.Argument(help="A run directory of `evaluate`.")],
    compat: Annotated[
        str | None, typer.Option(help="Reproduce a published grader's comparison: tarot, evalchemy or evalplus.")
    ] = None,
    extraction: Annotated[
        str | None,
        typer.Option(
            help="Take programs out of answers by answer (the program that the model meant) or "
            "verbatim (the prompt and the text as it is)."
        ),
    ] = None,
    sandbox: Annotated[
        str,
        typer.Option(help="Run programs in this sandbox: local, cold, ray, e2b, or unsafe-subprocess (no isolation)."),
    ] = "local",
    packages: Annotated[
        str | None, typer.Option(help="Let programs import these installed packages, as in numpy,sortedcontainers.")
    ] = None,
    no_cache: Annotated[
        bool, typer.Option("--no-cache", help="Run every program, even if its result is known.")
    ] = False,
) -> None:
    """Grade a run's raw samples again, with today's grader, without asking the model anything."""
    import sys
    from typing import cast, get_args

    from tarot_bench import evaluation
    from tarot_bench.cli.interrupts import keep
    from tarot_bench.cli.output import exit_status, package_list, report_all, sandbox_kind, working
    from tarot_bench.errors import RecipeError
    from tarot_bench.extraction import ExtractionForm
    from tarot_bench.grading.compat import Compat

    if compat is not None and compat not in get_args(Compat):
        raise RecipeError(f"--compat {compat}: there are {', '.join(get_args(Compat))}")
    if extraction is not None and extraction not in get_args(ExtractionForm):
        raise RecipeError(f"--extraction {extraction}: there are {', '.join(get_args(ExtractionForm))}")
    kind = sandbox_kind(sandbox)
    keep(run, sys.argv[1:])
    with working() as progress:
        summaries = evaluation.regrade(
            run,
            compat=cast("Compat | None", compat),
            extraction=cast("ExtractionForm | None", extraction),
            sandbox=kind,
            packages=package_list(packages),
            cache=not no_cache,
            progress=progress,
        )
    raise typer.Exit(exit_status(summaries, report_all(summaries, run)))
