"""``tarot-bench diff``."""

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from tarot_bench.dataset.difference import Difference, TestChange
    from tarot_bench.evaluation.effect import Effect

_SHOWN = 50


def diff(
    first: Annotated[str, typer.Argument(metavar="A", help="A file, a folder, a Hub id, or a run of generate.")],
    second: Annotated[str, typer.Argument(metavar="B", help="The other version.")],
    run: Annotated[
        list[Path] | None,
        typer.Option("--run", help="Show the effect on the verdicts of this run of evaluate on A; may be repeated."),
    ] = None,
    benchmark: Annotated[
        str | None, typer.Option("--benchmark", "-b", help="Take this benchmark of the runs, where they have several.")
    ] = None,
    format_: Annotated[Literal["text", "json"], typer.Option("--format", help="Print text, or JSON.")] = "text",
) -> None:
    """Compare two versions of a dataset: problems and tests added, removed, changed, and which verdicts change."""
    from tarot_bench.dataset import load_problems
    from tarot_bench.dataset.difference import difference
    from tarot_bench.evaluation.effect import effect

    before, after = load_problems(first), load_problems(second)
    made = difference(before, after)
    effects = [effect(path, before, after, benchmark) for path in run or ()]
    if format_ == "json":
        content = {**made.model_dump(mode="json"), "effects": [each.model_dump(mode="json") for each in effects]}
        typer.echo(json.dumps(content, indent=2))
        return
    _show(made)
    for each in effects:
        _show_effect(each)


def _show(made: "Difference") -> None:
    from tarot_bench.cli.terminal import say_line

    counts = f"{len(made.added)} added, {len(made.removed)} removed, {len(made.changed)} changed, {made.same} the same"
    say_line(f"problems: {counts}")
    tests = [_what(change) for problem in made.changed for change in problem.tests]
    kinds = Counter(what.partition(":")[0] for what in tests)
    if kinds:
        say_line(f"tests of changed problems: {', '.join(f'{count} {kind}' for kind, count in sorted(kinds.items()))}")
    lines = [f"+ {name}" for name in made.added] + [f"- {name}" for name in made.removed]
    for problem in made.changed:
        parts = [*problem.fields, *(_what(change) for change in problem.tests)]
        lines.append(f"~ {problem.problem}: {'; '.join(parts)}")
    for line in lines[:_SHOWN]:
        say_line(line)
    if len(lines) > _SHOWN:
        say_line(f"… and {len(lines) - _SHOWN} more; --format json shows all")


def _what(change: "TestChange") -> str:
    if change.tier_before is None:
        return f"added: {change.tier_after} test {change.test}"
    if change.tier_after is None:
        return f"removed: {change.tier_before} test {change.test}"
    moved = f", now {change.tier_after}" if change.tier_after != change.tier_before else ""
    return f"{'corrected' if change.output_changed else 'moved'}: {change.tier_before} test {change.test}{moved}"


def _show_effect(made: "Effect") -> None:
    from tarot_bench.cli.terminal import say_line

    say_line(f"{made.run}: {made.samples} graded samples of problems in both versions")
    kinds = Counter((each.before, each.after) for each in made.changed)
    for (was, now), count in sorted(kinds.items()):
        say_line(f"  {count} samples: {was}, then {'to be graded again' if now == 'unknown' else now}")
    for reason, count in made.left_out.items():
        say_line(f"  {count} samples left out: {reason}")
    low, high = made.after_low, made.after_high
    if made.before is None or low is None or high is None:
        say_line("  no problem is left that was graded")
        return
    after = f"{100 * low:.1f} %" if low == high else f"{100 * low:.1f} to {100 * high:.1f} %"
    say_line(f"  all tests passed: {100 * made.before:.1f} %, then {after} (mean over problems)")
