"""``tarot-bench evaluate``."""

from pathlib import Path
from typing import Annotated

import typer


def evaluate(
    model: Annotated[
        str,
        typer.Option(
            "--model",
            "-m",
            help="Evaluate this model: openai/NAME, anthropic/NAME, hf/NAME, vllm/NAME, "
            "replay:FILE, gold, mutant:P, or a plug-in's.",
        ),
    ],
    settings: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[KEY=VALUE]...", help="Set any setting, as in sampling.temperature=0.2.", show_default=False
        ),
    ] = None,
    data: Annotated[
        list[str] | None,
        typer.Option(
            "--data",
            "-d",
            help="Read the problems from a Hub id, a folder or a file; BENCHMARK=SOURCE where "
            "there are several benchmarks.",
        ),
    ] = None,
    data_dir: Annotated[
        str | None, typer.Option(help="Look for the benchmarks' files in this folder; TAROT_DATA_DIR does the same.")
    ] = None,
    benchmark: Annotated[
        list[str] | None,
        typer.Option(
            "--benchmark", "-b", help="Evaluate these benchmarks, as in humaneval,mbpp_plus; may be repeated."
        ),
    ] = None,
    suite: Annotated[
        str,
        typer.Option(
            "--suite", "-s", help="Take the settings of this suite: a file, or a shipped name in eval/suites/."
        ),
    ] = "tarot",
    samples: Annotated[
        int | None,
        typer.Option(
            "--samples", "-n", min=1, help="Draw this many completions per problem; the suite's number by default."
        ),
    ] = None,
    k: Annotated[list[int] | None, typer.Option("--k", min=1, help="Report pass@k; may be repeated.")] = None,
    tiers: Annotated[
        list[str] | None, typer.Option(help="Run only the tests of these tiers, as in basic,edge; may be repeated.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Evaluate only the first N problems.")] = None,
    ids: Annotated[
        list[str] | None, typer.Option(help="Evaluate only these problems, separated by commas; may be repeated.")
    ] = None,
    base_url: Annotated[
        str | None, typer.Option(help="Send requests to this OpenAI-compatible server, as in http://…:8000/v1.")
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write the run to this directory.")] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Continue the run in --output: do only what is missing.")
    ] = False,
    sandbox: Annotated[
        str | None,
        typer.Option(help="Run programs in this sandbox: local, cold, ray, e2b, or unsafe-subprocess (no isolation)."),
    ] = None,
    no_cache: Annotated[
        bool, typer.Option("--no-cache", help="Run every program, even if its result is known.")
    ] = False,
    compat: Annotated[
        str | None, typer.Option(help="Reproduce a published grader's comparison: tarot, evalchemy or evalplus.")
    ] = None,
    fail_under: Annotated[
        list[str] | None, typer.Option(help="Exit with status 1 if a rate is lower, as in strict=0.5; may be repeated.")
    ] = None,
    failing: Annotated[
        bool, typer.Option("--show-failures", help="List the problems that some sample failed.")
    ] = False,
    junit: Annotated[Path | None, typer.Option(help="Write a JUnit report to this file.")] = None,
    report: Annotated[
        Path | None, typer.Option(help="Write the HTML report to this file when the run is done, as in report.html.")
    ] = None,
) -> None:
    """Generate solutions with a model, grade them tier by tier, and write a run that can be resumed and regraded."""
    from tarot_bench import evaluation
    from tarot_bench.api.evaluate import new_output
    from tarot_bench.api.report import report as write_report
    from tarot_bench.charts.figure import require
    from tarot_bench.cli.interrupts import keep
    from tarot_bench.cli.output import (
        announce,
        exit_status,
        listed,
        report_all,
        show_failures,
        unsafe_warning,
        working,
    )
    from tarot_bench.cli.terminal import say_line
    from tarot_bench.errors import RunError
    from tarot_bench.problem import Tier
    from tarot_bench.reporting.thresholds import Threshold

    if report:
        require()  # before anything is paid for
    thresholds = [Threshold.parse(text) for text in fail_under or []]
    if resume and output is None:
        raise RunError("--resume needs --output: the directory of the run to resume")
    wanted_k = sorted({*(k or []), *(threshold.k for threshold in thresholds if threshold.k > 1)})
    resolved = evaluation.resolve(
        model,
        suite,
        tuple(data or ()),
        tuple(settings or ()),
        data_dir,
        benchmarks=listed(benchmark),
        samples=samples,
        k=sorted({1, *wanted_k}) if wanted_k else None,
        tiers=[Tier.parse(label) for label in listed(tiers)] or None,
        limit=limit,
        ids=listed(ids) or None,
        sandbox=sandbox,
        compat=compat,
        options={"base_url": base_url} if base_url else None,
    )
    output = output or new_output(resolved)
    keep(output)
    unsafe_warning(resolved.sandbox.kind)
    with working(resolved.prices) as progress:
        summaries = evaluation.evaluate(
            resolved,
            output,
            resume=resume,
            cache=not no_cache,
            progress=progress,
            metrics=[threshold.name for threshold in thresholds],
        )
    missed = report_all(summaries, output, thresholds, junit)
    if failing:
        show_failures(output)
    announce(output)
    if report:
        say_line(f"report: {write_report([output], report)}")
    raise typer.Exit(exit_status(summaries, missed))
