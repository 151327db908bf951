"""``tarot-bench probe``."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from tarot_bench.metrics.intervals import Estimate
    from tarot_bench.reporting.tables import Columns
    from tarot_bench.training.probe.probe import Probe


def probe(
    settings: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[KEY=VALUE]...",
            help="Set any setting of the evaluation, as in sampling.temperature=1.",
            show_default=False,
        ),
    ] = None,
    model: Annotated[
        str | None, typer.Option("--model", "-m", help="Probe this model: any model of `evaluate`.")
    ] = None,
    run: Annotated[
        Path | None, typer.Option(help="Use the samples of this run of `evaluate`, without requests to a model.")
    ] = None,
    data: Annotated[
        list[str] | None, typer.Option("--data", "-d", help="Read the problems from a Hub id, a folder or a file.")
    ] = None,
    suite: Annotated[
        str,
        typer.Option(
            "--suite", "-s", help="Take the settings of this suite: a file, or a shipped name in eval/suites/."
        ),
    ] = "probe",
    samples: Annotated[
        int | None,
        typer.Option(
            "--samples", "-n", min=2, help="Draw this many completions per problem; the suite's number by default."
        ),
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Take only the first N problems.")] = 64,
    base_url: Annotated[
        str | None, typer.Option(help="Send requests to this OpenAI-compatible server, as in http://…:8000/v1.")
    ] = None,
    sandbox: Annotated[
        str,
        typer.Option(help="Run programs in this sandbox: local, cold, ray, e2b, or unsafe-subprocess (no isolation)."),
    ] = "local",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write the run to this directory.")] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Continue the run in --output: do only what is missing.")
    ] = False,
    portfolio: Annotated[
        str,
        typer.Option(
            help="Look ahead for the curricula of this portfolio: a file, or a shipped name in "
            "training_baselines/portfolios/."
        ),
    ] = "default",
    mode: Annotated[
        str, typer.Option(help="Turn verdicts into a reward by fraction, weighted_sum, all_or_nothing, dense or min.")
    ] = "fraction",
    group_size: Annotated[int, typer.Option(min=2, help="Assume this many samples per group in training.")] = 8,
) -> None:
    """Measure a model before training: pass rates per tier, and informative groups under each curriculum."""
    from rich.console import Group

    from tarot_bench.cli.terminal import plain_console
    from tarot_bench.errors import RecipeError, RunError
    from tarot_bench.runs import RunDirectory, RunLockedError, writing
    from tarot_bench.training.probe.portfolio import load_portfolio
    from tarot_bench.training.probe.probe import difficulties
    from tarot_bench.training.probe.probe import probe as measure
    from tarot_bench.training.probe.samples import saved_grades
    from tarot_bench.training.reward.modes import mode_named

    if (model is None) == (run is None):
        raise RecipeError("give either --model MODEL (to draw samples) or --run RUN (to use its samples)")
    curricula, chosen_mode = load_portfolio(portfolio).loaded, mode_named(mode)
    if run is None:
        given: dict[str, Any] = {"samples": samples, "limit": limit, "sandbox": sandbox}
        given["options"] = {"base_url": base_url} if base_url else None
        run = _evaluate(str(model), suite, data, settings, given, output, resume)
    saved = saved_grades(run)
    found = measure(saved, curricula, group_size, chosen_mode)
    made = RunDirectory.open(run)
    try:
        with writing(run):
            path = made.write_json("probe.json", found.model_dump(mode="json"))
            made.write_json("difficulties.json", difficulties(saved))
        kept = f"probe: {path}"
    except RunLockedError:
        kept = f"probe: computed from what {run} holds so far; not saved, as another process is writing to it"
    except RunError:
        if os.access(run, os.W_OK):
            raise
        kept = f"probe: not saved, as {run} is read-only"
    plain_console().print(Group(*_parts(found)))
    if (made.manifest.settings.get("sampling") or {}).get("temperature") == 0:
        typer.echo("!! sampled at temperature 0: samples of a problem differ less than in training")
    typer.echo(f"{kept}  (next: tarot-bench choose --run {run})")


def _evaluate(
    model: str,
    suite: str,
    data: list[str] | None,
    settings: list[str] | None,
    given: dict[str, Any],
    output: Path | None,
    resume: bool,
) -> Path:
    """Evaluate the model."""
    from tarot_bench import evaluation
    from tarot_bench.api.evaluate import new_output
    from tarot_bench.cli.interrupts import keep
    from tarot_bench.cli.output import sandbox_kind, working
    from tarot_bench.errors import RunError

    if resume and output is None:
        raise RunError("--resume needs --output: the directory of the run to resume")
    sandbox_kind(str(given["sandbox"]))
    resolved = evaluation.resolve(model, suite, tuple(data or ()), tuple(settings or ()), **given)
    output = output or new_output(resolved)
    keep(output)
    with working() as progress:
        evaluation.evaluate(resolved, output, resume=resume, progress=progress)
    return output


def _parts(found: "Probe") -> "Iterator[RenderableType]":
    from tarot_bench.texts import inline

    title = inline(f"{found.model} on {', '.join(found.benchmarks)}")
    yield f"{title}: {found.samples} samples of {found.problems} problems"
    yield ""
    yield _tiers(found)
    yield ""
    yield _curricula(found)
    yield ""
    yield f"informative: groups of {found.group} whose samples differ in reward, mode {found.mode}"
    yield "percent, with 95 % intervals clustered by problem"
    if found.lower_bound:
        yield (
            f"!! some problem has {found.fewest_samples} graded samples, fewer than a group's {found.group}: "
            "shares of informative groups are lower bounds"
        )
    if found.ungraded:
        yield f"!! {found.ungraded} samples are UNGRADED and excluded above; resume the run to grade them"


def _tiers(found: "Probe") -> "Columns":
    from tarot_bench.reporting.tables import Columns

    verdicts = "Verdicts of failures"
    table = Columns("Tier", "Pass rate", "pass@1", "Informative", verdicts, texts=[verdicts])
    for tier, one in found.tiers.items():
        failures = sorted(((share, v) for v, share in one.verdicts.items() if v != "PASSED"), reverse=True)
        mix = ", ".join(f"{verdict.lower().replace('_', ' ')} {100 * share:.0f}" for share, verdict in failures[:2])
        table.add_row(tier, _interval(one.pass_rate), _interval(one.solved), _interval(one.informative), mix or "-")
    return table


def _curricula(found: "Probe") -> "Columns":
    from tarot_bench.reporting.tables import Columns

    table = Columns("Curriculum", "Informative", "Stage by stage")
    for name, outlook in found.curricula.items():
        stages = [f"{100 * stage.informative.value:.0f}" if stage.informative else "-" for stage in outlook.stages]
        overall = "-" if outlook.informative is None else f"{100 * outlook.informative:.1f}"
        table.add_row(name, overall, " > ".join(stages))
    return table


def _interval(estimate: "Estimate | None") -> str:
    if estimate is None:
        return "-"
    return f"{100 * estimate.value:.1f} [{100 * estimate.low:.0f}-{100 * estimate.high:.0f}]"
