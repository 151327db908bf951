"""Curricula: which tiers are active at each point of training, and with which weights.

A reward mode, not the curriculum, defines how verdicts become a number (`tarot_bench.training.reward.modes`). Every
curriculum works with every mode.
"""

import random
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator

from tarot_bench.config import Name, build, load_yaml
from tarot_bench.errors import DataError, RecipeError, did_you_mean
from tarot_bench.plugins import installed, load_plugin
from tarot_bench.problem import TIERS, Frozen, Tier
from tarot_bench.recipes import root
from tarot_bench.verdict import Grade, Verdict

GROUP = "tarot_bench.curricula"
"""Entry-point group: a value is a `Curriculum`, a mapping of its fields, or a function without arguments for either."""
FOLDER = "training_baselines/curricula"

# Progress is often a quotient (0.6 / 3 epochs is 0.19999999999999998): a boundary counts as reached this close to it.
_REACHED = 1e-9


def _tier(label: object) -> object:
    """Published labels are aliases: ``medium`` and ``high``."""
    try:
        return Tier.parse(label) if isinstance(label, str) else label
    except DataError as error:
        raise ValueError(str(error)) from None


TierLabel = Annotated[Tier, BeforeValidator(_tier)]


class CurriculumStage(Frozen):
    """A part of training and the tiers that are active in it."""

    until: float = Field(gt=0, le=1)
    """Progress in (0, 1] at which the stage ends (exclusive)."""
    tiers: tuple[TierLabel, ...] = Field(min_length=1)
    keep: float = Field(default=1.0, gt=0, le=1)
    """Share of the problems that are trained on, the hardest by their latest pass rates. Only the order of the data
    can follow this (`tarot_bench.training.data.sampler`); rewards ignore it."""

    @field_validator("tiers")
    @classmethod
    def _ordered(cls, tiers: tuple[Tier, ...]) -> tuple[Tier, ...]:
        if len(set(tiers)) != len(tiers):
            raise ValueError("a stage names each tier once")
        return tuple(sorted(tiers))


class Curriculum(Frozen):
    """Tier weights and stages over progress in [0, 1] (TAROT, arXiv 2602.15449).

    Raises (on construction, as pydantic's ValidationError): stages that do not rise to 1, a negative weight, or a
    stage that names a tier without a weight.
    """

    name: Name
    description: str = ""
    aliases: tuple[str, ...] = ()
    """Names under which the curriculum was published."""
    weights: dict[TierLabel, Annotated[float, Field(gt=0)]]
    """Every tier that is in a stage must have one."""
    stages: tuple[CurriculumStage, ...] = Field(min_length=1)
    shuffle: int | None = None
    """A seed: the stages keep their lengths and how many tiers they have, but the tiers change places in an order
    drawn with it (the random-order control of Wu, Dyer & Neyshabur 2021, arXiv 2012.03107)."""

    @model_validator(mode="after")
    def _possible(self) -> Self:
        ends = [stage.until for stage in self.stages]
        if ends != sorted(set(ends)) or ends[-1] != 1.0:
            raise ValueError("stages must have rising `until`, the last of them 1.0")
        places = self._places()
        bare = {places[tier] for stage in self.stages for tier in stage.tiers} - set(self.weights)
        if bare:
            raise ValueError(f"the stages use {', '.join(sorted(bare))}, which `weights` does not name")
        return self

    def stage_number(self, progress: float) -> int:
        """The index of the stage at a point of training, from 0.

        Raises:
            ValueError: progress outside [0, 1].
        """
        if not -_REACHED <= progress <= 1 + _REACHED:
            raise ValueError(f"progress is a share of training, in [0, 1], not {progress}")
        ends = (stage.until for stage in self.stages)
        return next((n for n, end in enumerate(ends) if progress < end - _REACHED), len(self.stages) - 1)

    def stage(self, progress: float) -> CurriculumStage:
        """The stage at a point of training, with its tiers shuffled if the curriculum is random.

        Raises:
            ValueError: progress outside [0, 1].
        """
        found = self.stages[self.stage_number(progress)]
        if self.shuffle is None:
            return found
        places = self._places()
        return found.model_copy(update={"tiers": tuple(sorted(places[tier] for tier in found.tiers))})

    def active(self, progress: float) -> tuple[Tier, ...]:
        """The active tiers at a point of training, in order."""
        return self.stage(progress).tiers

    def score(self, grade: Grade, progress: float) -> float | None:
        """Weighted mean of the pass rates of the active tiers, in [0, 1]: the reward mode ``fraction``.

        Tiers that the problem lacks do not count. None where an active test is ungraded, or the problem has no test
        in an active tier.
        """
        rates = rates_at(grade, self.active(progress))
        if not rates:
            return None
        total = sum(self.weights[tier] for tier in rates)
        # Rounding must not put a perfect grade beside 1.
        return min(1.0, sum(self.weights[tier] * rate for tier, rate in rates.items()) / total)

    def reseeded(self, seed: int) -> Self:
        """The same curriculum with another seed; itself if it is not random."""
        return self if self.shuffle is None else self.model_copy(update={"shuffle": seed})

    @property
    def spans(self) -> tuple[tuple[float, float], ...]:
        """Start and end of every stage."""
        ends = [stage.until for stage in self.stages]
        return tuple(zip([0.0, *ends[:-1]], ends, strict=True))

    def _places(self) -> dict[Tier, Tier]:
        """The tier that takes the place of each tier in a shuffled curriculum."""
        drawn = list(TIERS)
        if self.shuffle is not None:
            random.Random(self.shuffle).shuffle(drawn)
        return dict(zip(TIERS, drawn, strict=True))


def rates_at(grade: Grade, tiers: tuple[Tier, ...]) -> dict[Tier, float] | None:
    """Pass rates of those of these tiers that the problem has; None where one of their tests is ungraded."""
    if any(result.verdict is Verdict.UNGRADED for tier in tiers for result in grade.results_at(tier)):
        return None
    rates = {tier: grade.rate(tier) for tier in tiers}
    return {tier: rate for tier, rate in rates.items() if rate is not None}


def load_curriculum(argument: Curriculum | str | Path) -> Curriculum:
    """Load a curriculum by path, name or entry point; one that is loaded is given back.

    Args:
        argument: a path to a YAML file, a shipped name or published alias, or the name of an entry point of group
            ``tarot_bench.curricula``.

    Raises:
        RecipeError: none of these (lists the names), or it is not a curriculum.
    """
    if isinstance(argument, Curriculum):
        return argument
    if not isinstance(argument, (str, Path)):
        raise RecipeError(f"a curriculum is a name, a file or a `Curriculum`, not {argument!r}")
    argument = str(argument)
    named = root() / FOLDER / f"{argument}.yaml"
    for path in (Path(argument).expanduser(), named):
        if path.is_file():
            return load_yaml(Curriculum, path)
    known = shipped_curricula()
    for curriculum in known.values():
        if argument in curriculum.aliases:
            return curriculum
    plugins = installed(GROUP)
    if argument in plugins:
        return _plugged_in(argument)
    aliases = [alias for curriculum in known.values() for alias in curriculum.aliases]
    raise RecipeError(
        f"{argument!r} is neither a file nor a curriculum; shipped: {', '.join(known)}; "
        f"published names: {', '.join(aliases)}; plug-ins: {', '.join(plugins) or 'none installed'}"
        f"{did_you_mean(argument, [*known, *aliases, *plugins])}"
    )


def shipped_curricula() -> dict[str, Curriculum]:
    """The curricula of training_baselines/curricula by name."""
    files = sorted((root() / FOLDER).glob("*.yaml"))
    return {file.stem: load_yaml(Curriculum, file) for file in files}


def _plugged_in(name: str) -> Curriculum:
    found: Any = load_plugin(GROUP, name, RecipeError)
    made = found() if callable(found) else found
    if isinstance(made, Curriculum):
        return made
    if isinstance(made, Mapping):
        return build(Curriculum, made, f"the curriculum plug-in {name!r}")
    raise RecipeError(
        f"the plug-in {name!r} gives a {type(made).__name__}, not a curriculum or a mapping of its fields"
    )
