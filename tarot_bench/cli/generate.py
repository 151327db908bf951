"""``tarot-bench generate``."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from tarot_bench.generation.author.drafting import CostEstimate
    from tarot_bench.generation.results import StageCount


def generate(
    recipe: Annotated[
        str,
        typer.Option("--recipe", "-r", help="Follow this recipe: a file, or a shipped name in generation/recipes/."),
    ],
    settings: Annotated[
        list[str] | None,
        typer.Argument(metavar="[KEY=VALUE]...", help="Set any setting, as in measure.share=0.1.", show_default=False),
    ] = None,
    data: Annotated[
        str | None,
        typer.Option(
            "--data", "-d", help="Read the problems from a file, a folder, a Hub id, embedded, or synthetic:N[@SEED]."
        ),
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write the run to this directory.")] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Continue the run in --output: do only what is missing.")
    ] = False,
    only: Annotated[str | None, typer.Option(help="Run only this stage of the run in --output.")] = None,
    start: Annotated[
        str | None, typer.Option("--from", help="Run this stage and those after it again, in the run in --output.")
    ] = None,
    retier: Annotated[
        bool, typer.Option("--retier", help="Order the tests of basic, intermediate and complex by executed steps.")
    ] = False,
    improve: Annotated[
        int | None,
        typer.Option(
            min=0,
            metavar="N",
            help="Show the generators, up to N times, the wrong programs that all tests accept, for further tests.",
        ),
    ] = None,
    max_cost: Annotated[
        float | None, typer.Option(min=0, help="Stop before the run has cost this many USD, resumed parts included.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the requests, tokens and cost, expected and at most; send nothing.")
    ] = False,
) -> None:
    """Make a four-tier dataset: check the problems, let generators write tests, validate, select and measure these."""
    from tarot_bench.cli.interrupts import keep
    from tarot_bench.cli.output import unsafe_warning, working
    from tarot_bench.errors import RunError
    from tarot_bench.generation import factory
    from tarot_bench.generation.recipe import load_recipe

    if (resume or only or start) and output is None:
        raise RunError("--resume, --only and --from need --output: the directory of the run to resume")
    overrides = [f"source.data={data}"] if data else []
    overrides += ["measure.retier=true"] if retier else []
    overrides += [f"selection.improve={improve}"] if improve is not None else []
    resolved = load_recipe(recipe, [*overrides, *(settings or ())])
    unsafe_warning(resolved.sandbox)
    if dry_run:
        _tell(factory.estimate(resolved, output))
        return
    output = output or Path("runs") / f"{resolved.name}-{datetime.now():%Y%m%d-%H%M%S}"
    keep(output)
    with working() as progress:
        counts = factory.generate(resolved, output, progress, resume=resume, start=start, only=only, max_cost=max_cost)
    report(counts)
    done = (output / "entries.jsonl").is_file()
    following = f"tarot-bench publish {output} --repo YOU/NAME" if done else "the other stages, with --resume"
    if done and not counts[-1].kept:
        following = f"tarot-bench inspect {output}, as no entry was kept"
    typer.echo(f"run: {output}  (funnel.json, stages/; next: {following})")


def report(counts: Sequence["StageCount"]) -> None:
    """Print the funnel."""
    from tarot_bench.cli.terminal import plain_console
    from tarot_bench.reporting.tables import Columns

    texts = ("dropped, by reason", "flags, by reason")
    table = Columns("stage", "entered", "kept", *texts, texts=texts)
    for count in counts:
        table.add_row(count.stage, str(count.entered), str(count.kept), _counted(count.dropped), _counted(count.flags))
    plain_console().print(table)


def _counted(reasons: dict[str, int]) -> str:
    from tarot_bench.texts import inline

    return "\n".join(f"{inline(reason)} {count}" for reason, count in reasons.items())


def _tell(estimates: Sequence["CostEstimate"]) -> None:
    if not estimates:
        typer.echo("--dry-run: the recipe has no generators; the tiers of the source are kept and checked")
    for estimate in estimates:
        kept = f"; {estimate.kept} replies are there already" if estimate.kept else ""
        typer.echo(f"--dry-run: {estimate.generator}: {estimate.requests} requests in the first round{kept}")
        for name, bill in (("expected", estimate.expected), ("at most", estimate.most)):
            price = "price unknown: the recipe has none" if bill.usd is None else f"{bill.usd:.2f} USD"
            typer.echo(
                f"  {name}: {bill.requests} requests, {bill.input_tokens:,} input and {bill.output_tokens:,} output "
                f"tokens, {price}"
            )
        if estimate.assumed:
            typer.echo(f"  expected if: {'; '.join(estimate.assumed)}")
    if any(estimate.requests for estimate in estimates):
        typer.echo("  problems that the free checks drop are not asked for; --max-cost bounds the cost")
