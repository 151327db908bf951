"""The report of the miniature as Markdown."""

from collections.abc import Mapping, Sequence

from tarot_bench.metrics.means import Mean
from tarot_bench.training.miniature.miniature_recipe import MiniatureRecipe
from tarot_bench.training.miniature.report import MEASURES, Report, ReportRow


def to_markdown(recipe: MiniatureRecipe, report: Report) -> str:
    """Render the report: the primary endpoint first, then what is exploratory."""
    runs = len(report.initialisations) * len(recipe.seeds)
    lines = [
        f"# {recipe.name}",
        "",
        f"Share of samples that pass all tests of a tier, on {recipe.held_out} held-out problems with {recipe.samples} "
        f"samples each, after {recipe.trainer.get('max_steps')} GRPO steps. {len(report.initialisations)} models per "
        f"level, {len(recipe.seeds)} runs of each under every curriculum: {runs} paired runs. Intervals are 95 %, "
        f"Student's t over models. {report.cpu_minutes:g} CPU minutes, the sandbox's own not counted.",
        *_primary(recipe, report),
        *_levels(report),
    ]
    comparisons = len(MEASURES) * (len(recipe.curricula) - 1)
    lines += [
        "",
        "## Exploratory",
        "",
        f"Nothing below was a hypothesis. Every level makes {comparisons} comparisons, of which one in twenty shows a "
        "difference by chance alone.",
    ]
    for level in recipe.levels:
        rows = [row for row in report.rows if row.level == level.name]
        lines += ["", f"### {level.name}", "", *_table(report.before[level.name], rows)]
        lines += ["", f"Difference from `{recipe.baseline}`, paired by model and seed:", "", *_differences(rows)]
        lines += ["", *findings(recipe.baseline, rows)]
    return "\n".join(lines) + "\n"


def findings(baseline: str, rows: Sequence[ReportRow]) -> list[str]:
    """Differences from the baseline per tier, where the interval excludes 0."""
    said = []
    for row in rows:
        better = [name for name, gain in row.gain.items() if gain.low > 0]
        worse = [name for name, gain in row.gain.items() if gain.high < 0]
        if row.gain:
            claims = [f"better on {', '.join(better)}"] if better else []
            claims += [f"worse on {', '.join(worse)}"] if worse else []
            said.append(f"- `{row.curriculum}` against `{baseline}`: {'; '.join(claims) or 'no difference shown'}.")
    return said


def _primary(recipe: MiniatureRecipe, report: Report) -> list[str]:
    wanted, found = recipe.primary, report.primary
    measure = "all tiers" if wanted.measure == "all" else wanted.measure
    shown = found.p < 0.05
    direction = "in the law's direction" if found.interaction.value > 0 else "against the law's direction"
    said = f"an interaction {direction} is shown" if shown else "no interaction is shown"
    return [
        "",
        "## Primary endpoint",
        "",
        f"`{wanted.first}` minus `{wanted.second}` on {measure}: {found.at_low} for {wanted.low} models, "
        f"{found.at_high} for {wanted.high} ones. Interaction of order and level: {found.interaction}, "
        f"p = {found.p:.3f} (exact permutation of the models' levels, {found.interaction.n} models): {said}.",
    ]


def _levels(report: Report) -> list[str]:
    before = "; ".join(f"{level} {rates['basic']}" for level, rates in report.before.items())
    lines = ["", f"`basic` before training: {before}."]
    if report.missed:
        lines += ["", "Models whose level is not what was meant:", "", *(f"- {line}" for line in report.missed)]
    return lines


def _table(before: Mapping[str, Mean], rows: Sequence[ReportRow]) -> list[str]:
    return [*_header(), _line("before", before), *(_line(row.curriculum, row.after) for row in rows)]


def _differences(rows: Sequence[ReportRow]) -> list[str]:
    return _header() + [_line(row.curriculum, row.gain) for row in rows if row.gain]


def _header() -> list[str]:
    return [f"| curriculum | {' | '.join(MEASURES)} |", "|---" * (len(MEASURES) + 1) + "|"]


def _line(name: str, means: Mapping[str, Mean]) -> str:
    return f"| {name} | {' | '.join(str(means[measure]) for measure in MEASURES)} |"
