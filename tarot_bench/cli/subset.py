"""``tarot-bench subset``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from tarot_bench.problem import Problem


def subset(
    data: Annotated[str, typer.Argument(help="A dataset: a file, a folder, a Hub id, or embedded.")],
    problems: Annotated[int, typer.Option(min=1, help="Draw so many problems.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Write the problems to this JSON Lines file.")],
    seed: Annotated[int, typer.Option(help="Draw by this seed; the same one draws the same problems.")] = 0,
) -> None:
    """Draw a smaller set, stratified by source, difficulty and tiers, and say which difference it can find."""
    from tarot_bench.cli.terminal import plain_console, say_line
    from tarot_bench.dataset import load_problems, write_jsonl
    from tarot_bench.dataset.subset import stratified
    from tarot_bench.integrations.exports.files import check_free

    check_free(output)
    whole = load_problems(data)
    drawn = stratified(whole.problems, problems, seed)
    output.expanduser().parent.mkdir(parents=True, exist_ok=True)
    write_jsonl(drawn, output.expanduser())
    plain_console().print(_strata(whole.problems, drawn))
    say_line(f"{len(drawn)} of {len(whole)} problems, seed {seed}: {output}")
    say_line(f"With 80 % power, at the 5 % level, these {len(drawn)} problems find {_differences(len(drawn))}.")
    say_line(
        "These are upper bounds, for models that solve every problem half of the time; see tarot-bench power --run."
    )


def _differences(problems: int) -> str:
    """What can be found, by samples of each problem; two models that solve half cannot differ by more than that."""
    from tarot_bench.cli.power import SAMPLES
    from tarot_bench.metrics.power import gap_of, spread_of

    spread = spread_of({"": 0.5}, 1, 0.0)
    gaps = {samples: gap_of(spread, problems, samples) for samples in SAMPLES}
    words = [f"{100 * gap:.1f} pp with {samples}" for samples, gap in gaps.items() if gap <= 0.5]
    if not words:
        return "no difference between two models; draw more"
    listed = " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
    return f"a true difference between two models of {listed} samples of each problem"


def _strata(whole: "tuple[Problem, ...]", drawn: "list[Problem]") -> object:
    from collections import Counter

    from tarot_bench.dataset.subset import stratum_of
    from tarot_bench.reporting.tables import Columns
    from tarot_bench.texts import inline

    sizes, kept = Counter(map(stratum_of, whole)), Counter(map(stratum_of, drawn))
    table = Columns("source, difficulty", "problems", "drawn", "tiers", texts=("tiers",))
    for stratum, size in sizes.most_common():
        source, difficulty, tiers = map(inline, stratum)
        table.add_row(f"{source}, {difficulty}" if difficulty else source, str(size), str(kept[stratum]), tiers)
    return table
