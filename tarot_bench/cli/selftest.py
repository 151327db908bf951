"""``tarot-bench selftest``."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer


def selftest(
    data: Annotated[
        list[str] | None,
        typer.Option("--data", "-d", help="Also check BENCHMARK=SOURCE; may be repeated."),
    ] = None,
    sandbox: Annotated[
        str,
        typer.Option(help="Run programs in this sandbox: local, cold, ray, e2b, or unsafe-subprocess (no isolation)."),
    ] = "local",
) -> None:
    """Check that gold answers score 100 % through the whole pipeline, from raw fenced text to the metric."""
    from tarot_bench import evaluation
    from tarot_bench.cli.output import sandbox_kind, working
    from tarot_bench.cli.terminal import say_line
    from tarot_bench.errors import RecipeError

    named = []
    for argument in data or []:
        benchmark, equals, source = argument.partition("=")
        if not equals:
            raise RecipeError(f"--data {argument} must be BENCHMARK=SOURCE, as in humaneval=HumanEval.jsonl.gz")
        named.append((benchmark, source))
    kind = sandbox_kind(sandbox)
    with TemporaryDirectory(prefix="tarot-selftest-") as folder, working() as progress:
        results = evaluation.selftest(Path(folder), named, kind, progress)
    failed = False
    for result in results:
        where = f"{result.benchmark} ({result.data})"
        if result.skipped:
            say_line(f"skipped  {where}: {result.skipped}")
            continue
        failed |= bool(result.misses)
        passed = result.tests - len(result.misses)
        typer.echo(
            f"{'FAILED ' if result.misses else 'ok     '}  {where}: gold passes {passed} of {result.tests} tests"
        )
        for miss in result.misses:
            say_line(f"         {miss}")
    if failed:
        raise typer.Exit(1)
