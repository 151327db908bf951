"""``tarot-bench reward-replay``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from tarot_bench.reporting.tables import Columns
    from tarot_bench.training.probe.replay import StageRewards


def reward_replay(
    run: Annotated[Path, typer.Argument(help="A run directory of `evaluate`.")],
    curriculum: Annotated[
        str,
        typer.Option(
            "--curriculum",
            "-c",
            help="Reward under this curriculum: a file, a shipped or published name, or a plug-in's.",
        ),
    ] = "static",
    mode: Annotated[
        str, typer.Option(help="Turn verdicts into a reward by fraction, weighted_sum, all_or_nothing, dense or min.")
    ] = "fraction",
    group_size: Annotated[
        int | None,
        typer.Option(min=2, help="Assume this many samples per group in training; the run's own number by default."),
    ] = None,
) -> None:
    """Show the rewards of saved samples in every stage of a curriculum, before training."""
    from tarot_bench.cli.terminal import plain_console
    from tarot_bench.texts import inline
    from tarot_bench.training.curriculum import load_curriculum
    from tarot_bench.training.probe.replay import replay
    from tarot_bench.training.probe.samples import saved_grades
    from tarot_bench.training.reward.modes import mode_named

    chosen, saved = load_curriculum(curriculum), saved_grades(run)
    group = group_size or max(2, min(map(len, saved.by_problem.values())))
    stages = replay(saved.grades, chosen, mode_named(mode), group)
    problems = len(saved.by_problem)
    console = plain_console()
    console.print(
        inline(f"{saved.model} under {chosen.name}, mode {mode}: {len(saved.grades)} samples of {problems} problems")
    )
    console.print(_table(stages))
    console.print(f"dead: groups of {group} whose samples all have the same reward, which give no gradient")


def _table(stages: "list[StageRewards]") -> "Columns":
    from tarot_bench.reporting.tables import Columns

    table = Columns("Stage", "Tiers", "Mean", "Std. dev.", "Zero", "Full", "Dead", "None", texts=["Tiers"])
    for stage in stages:
        dead = None if stage.informative is None else 1 - stage.informative.value
        table.add_row(
            f"{stage.start:g} to {stage.until:g}",
            "\n".join(stage.tiers),
            *(_number(value) for value in (stage.mean, stage.deviation)),
            *(_percent(share) for share in (stage.zero, stage.full, dead)),
            str(stage.none),
        )
    return table


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f} %"
