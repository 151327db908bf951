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
            help="Extract programs from answers by answer (the model's program) or verbatim (the prompt and the "
            "unchanged text)."
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
    """Grade a run's stored completions again with the current grader, without requests to the model."""
    import sys
    from typing import cast, get_args

    from tarot_bench import evaluation
    from tarot_bench.cli.interrupts import keep
    from tarot_bench.cli.output import exit_status, package_list, report_all, sandbox_kind, working
    from tarot_bench.errors import RecipeError
    from tarot_bench.extraction import ExtractionForm
    from tarot_bench.grading.compat import Compat

    if compat is not None and compat not in get_args(Compat):
        raise RecipeError(f"--compat {compat} is unknown; choose one of {', '.join(get_args(Compat))}")
    if extraction is not None and extraction not in get_args(ExtractionForm):
        raise RecipeError(f"--extraction {extraction} is unknown; choose one of {', '.join(get_args(ExtractionForm))}")
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
