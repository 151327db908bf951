"""The report of the miniature: the primary endpoint, and everything else as exploration.

A GRPO run's seed changes less than the model that it starts from. So the unit of every interval and of the test is the
initialisation: its value is the mean over its seeds.
"""

import math
from collections.abc import Sequence
from statistics import variance

from tarot_bench.errors import RunError
from tarot_bench.metrics.intervals import t_quantile
from tarot_bench.metrics.means import Mean, mean_of
from tarot_bench.metrics.significance import exchange_p
from tarot_bench.problem import TIERS, Frozen
from tarot_bench.training.miniature.cells import Cell, CellKey, trained
from tarot_bench.training.miniature.miniature_recipe import LevelSettings, MiniatureRecipe

MEASURES = (*(tier.value for tier in TIERS), "all")


class Primary(Frozen):
    """The endpoint that was fixed in advance."""

    at_low: Mean
    """First minus second curriculum, for the models of the lower level."""
    at_high: Mean
    interaction: Mean
    """``at_low - at_high``, with Welch's interval."""
    p: float
    """`exchange_p` of the initialisations' differences."""


class ReportRow(Frozen):
    """One curriculum on one level."""

    level: str
    curriculum: str
    after: dict[str, Mean]
    """Held-out pass rates by tier, and ``all``."""
    gain: dict[str, Mean]
    """After minus the baseline curriculum's, paired by initialisation and seed; empty for the baseline itself."""


class Report(Frozen):
    """The results of the complete initialisations."""

    primary: Primary
    before: dict[str, dict[str, Mean]]
    missed: tuple[str, ...]
    """Models whose level is not what was meant, one line each."""
    rows: tuple[ReportRow, ...]
    initialisations: tuple[int, ...]
    cpu_minutes: float


Rates = dict[CellKey, dict[str, float]]


def report_of(recipe: MiniatureRecipe, cells: Sequence[Cell], learning_s: float) -> Report:
    """Summarise the cells.

    Args:
        recipe: of the experiment.
        cells: the finished ones.
        learning_s: CPU seconds of the supervised training.

    Raises:
        RunError: fewer than two initialisations are complete.
    """
    found = {cell.key: cell.rates for cell in cells}
    done = complete(recipe, cells)
    seconds = learning_s + math.fsum(cell.cpu_s for cell in cells)
    return Report(
        primary=_primary(recipe, found, done),
        before={level.name: {name: _before(found, level, done, name) for name in MEASURES} for level in recipe.levels},
        missed=tuple(_missed(recipe, found, done)),
        rows=tuple(
            _row(recipe, found, done, level.name, curriculum)
            for level in recipe.levels
            for curriculum in recipe.curricula
        ),
        initialisations=done,
        cpu_minutes=round(seconds / 60, 1),
    )


def complete(recipe: MiniatureRecipe, cells: Sequence[Cell]) -> tuple[int, ...]:
    """The initialisations that are finished for every level, curriculum and seed.

    Raises:
        RunError: there are fewer than two yet.
    """
    done = {cell.key for cell in cells}
    missing = {key.initialisation for key in trained(recipe) if key not in done}
    complete = tuple(start for start in range(recipe.initialisations) if start not in missing)
    if len(complete) < 2:
        raise RunError("fewer than two initialisations are complete; continue with --resume")
    return complete


def interaction_of(low: Sequence[float], high: Sequence[float]) -> Mean:
    """The difference of two means with Welch's interval; its degrees of freedom are rounded down."""
    value = math.fsum(low) / len(low) - math.fsum(high) / len(high)
    parts = [variance(values) / len(values) for values in (low, high)]
    total = math.fsum(parts)
    spread = math.fsum(part**2 / (len(values) - 1) for part, values in zip(parts, (low, high), strict=True))
    half = t_quantile(max(1, math.floor(total**2 / spread))) * math.sqrt(total) if spread else 0.0
    return Mean(value=value, low=value - half, high=value + half, n=len(low) + len(high))


def _primary(recipe: MiniatureRecipe, found: Rates, done: Sequence[int]) -> Primary:
    wanted = recipe.primary
    low, high = (
        _differences(recipe, found, done, level, wanted.first, wanted.second, wanted.measure)
        for level in (wanted.low, wanted.high)
    )
    interaction = interaction_of(low, high)
    return Primary(at_low=mean_of(low), at_high=mean_of(high), interaction=interaction, p=exchange_p(low, high))


def _differences(
    recipe: MiniatureRecipe, found: Rates, done: Sequence[int], level: str, first: str, second: str, measure: str
) -> list[float]:
    """First minus second curriculum, by initialisation: the mean over its seeds."""
    one, other = (_after(recipe, found, done, level, curriculum, measure) for curriculum in (first, second))
    return [a - b for a, b in zip(one, other, strict=True)]


def _after(
    recipe: MiniatureRecipe, found: Rates, done: Sequence[int], level: str, curriculum: str, measure: str
) -> list[float]:
    """Rates after training, by initialisation: the mean over its seeds."""
    return [
        math.fsum(found[CellKey(level, start, curriculum, seed)][measure] for seed in recipe.seeds) / len(recipe.seeds)
        for start in done
    ]


def _before(found: Rates, level: LevelSettings, done: Sequence[int], measure: str) -> Mean:
    return mean_of([found[CellKey(level.name, start)][measure] for start in done])


def _missed(recipe: MiniatureRecipe, found: Rates, done: Sequence[int]) -> list[str]:
    return [
        f"{key.name}: basic {rate:.2f}, meant to be from {level.basic_at_least:.2f} to {level.basic_at_most:.2f}"
        for level in recipe.levels
        for start in done
        for key in [CellKey(level.name, start)]
        for rate in [found[key]["basic"]]
        if not level.basic_at_least <= rate <= level.basic_at_most
    ]


def _row(recipe: MiniatureRecipe, found: Rates, done: Sequence[int], level: str, curriculum: str) -> ReportRow:
    after = {name: mean_of(_after(recipe, found, done, level, curriculum, name)) for name in MEASURES}
    gain = {
        name: mean_of(_differences(recipe, found, done, level, curriculum, recipe.baseline, name))
        for name in MEASURES
        if curriculum != recipe.baseline
    }
    return ReportRow(level=level, curriculum=curriculum, after=after, gain=gain)
