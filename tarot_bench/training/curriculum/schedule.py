"""The schedule of a curriculum: which tiers are active at each position, and with which weights.

A position is a place in the schedule, in [0, 1]. Where no stage ends early it is the progress of training
(`tarot_bench.training.curriculum.pace` computes it). A reward mode, not the curriculum, defines how verdicts become a
number (`tarot_bench.training.reward.modes`). Every curriculum works with every mode.
"""

import random
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator

from tarot_bench.config import Name
from tarot_bench.errors import DataError
from tarot_bench.problem import TIERS, Frozen, Tier
from tarot_bench.verdict import Grade, Verdict

REACHED = 1e-9
"""A boundary counts as reached this close to it: progress is often a quotient (0.6 / 3 is 0.19999999999999998)."""


def _tier(label: object) -> object:
    """Published labels are aliases: ``medium`` and ``high``."""
    try:
        return Tier.parse(label) if isinstance(label, str) else label
    except DataError as error:
        raise ValueError(str(error)) from None


TierLabel = Annotated[Tier, BeforeValidator(_tier)]


class Advance(Frozen):
    """When a stage ends before its scheduled end: once the model passes enough tests of its tiers.

    The rate that is compared is the pass rate of the stage's worst tier, the mean share of the tier's tests that a
    completion passes, over the newest completions of the stage.

    Raises (on construction, as pydantic's ValidationError): a hysteresis that reaches down to a pass rate of 0.
    """

    pass_rate: float = Field(gt=0, le=1)
    """The rate that must be reached."""
    hold: int = Field(default=2, ge=1)
    """Batches in a row for which the rate must hold."""
    hysteresis: float = Field(default=0.05, ge=0)
    """A rate that was reached still holds while it is less than this below `pass_rate`."""
    window: int = Field(default=256, ge=1)
    """Completions that the rate is computed from: the newest whole batches with at least as many."""
    min_length: float = Field(default=0.05, ge=0, le=1)
    """Share of training that the stage lasts at least. At most it lasts as long as in the schedule."""

    @model_validator(mode="after")
    def _falls(self) -> Self:
        if self.hysteresis >= self.pass_rate:
            raise ValueError(f"hysteresis={self.hysteresis:g} must be less than pass_rate={self.pass_rate:g}")
        return self


class CurriculumStage(Frozen):
    """A part of the schedule and the tiers that are active in it."""

    until: float = Field(gt=0, le=1)
    """Position in (0, 1] at which the stage ends (exclusive)."""
    tiers: tuple[TierLabel, ...] = Field(min_length=1)
    advance: Advance | None = None
    """When it ends earlier. Later stages keep their lengths; what is saved goes to the last one."""
    keep: float = Field(default=1.0, gt=0, le=1)
    """Share of the problems that are trained on, the hardest by their latest pass rates. Only the order of the data
    can follow this (`tarot_bench.training.data.staged`); rewards ignore it."""

    @field_validator("tiers")
    @classmethod
    def _ordered(cls, tiers: tuple[Tier, ...]) -> tuple[Tier, ...]:
        if len(set(tiers)) != len(tiers):
            raise ValueError("a stage names each tier once")
        return tuple(sorted(tiers))


class Curriculum(Frozen):
    """Tier weights and stages over positions in [0, 1] (TAROT, arXiv 2602.15449).

    Raises (on construction, as pydantic's ValidationError): stages that do not rise to 1, a weight that is not in
    (0, 1e6], a tier with two weights, a stage that names a tier without a weight or that cannot last its least length,
    or a last stage that would end early.
    """

    name: Name
    description: str = ""
    aliases: tuple[str, ...] = ()
    """Names under which the curriculum was published."""
    weights: dict[TierLabel, Annotated[float, Field(gt=0, le=1e6)]]
    """Every tier that is in a stage must have one."""
    stages: tuple[CurriculumStage, ...] = Field(min_length=1)
    shuffle: int | None = None
    """A seed: the stages keep their lengths and how many tiers they have, but the tiers change places in an order
    drawn with it (the random-order control of Wu, Dyer & Neyshabur 2021, arXiv 2012.03107)."""

    @field_validator("weights", mode="before")
    @classmethod
    def _once(cls, weights: object) -> object:
        """Two labels of one tier would leave only the last weight."""
        tiers = [_tier(label) for label in weights] if isinstance(weights, dict) else []
        if len(set(tiers)) != len(tiers):
            raise ValueError("weights names a tier twice")
        return weights

    @model_validator(mode="after")
    def _possible(self) -> Self:
        ends = [stage.until for stage in self.stages]
        if ends != sorted(set(ends)) or ends[-1] != 1.0:
            raise ValueError("stages must have rising `until`, the last of them 1.0")
        places = self._places()
        bare = {places[tier] for stage in self.stages for tier in stage.tiers} - set(self.weights)
        if bare:
            raise ValueError(f"the stages use {', '.join(sorted(bare))}, which `weights` does not name")
        if self.stages[-1].advance:
            raise ValueError("the last stage has no stage to advance to: leave its `advance` out")
        for (start, end), stage in zip(self.spans, self.stages, strict=True):
            if stage.advance and stage.advance.min_length > end - start + REACHED:
                raise ValueError(f"min_length={stage.advance.min_length:g} is longer than the stage until {end:g}")
        return self

    @property
    def is_adaptive(self) -> bool:
        """Whether a stage can end early."""
        return any(stage.advance for stage in self.stages)

    @property
    def identity(self) -> dict[str, Any]:
        """What decides the rewards of a training, as JSON: all but descriptions and published names."""
        return self.model_dump(mode="json", exclude={"description", "aliases"})

    def stage_number(self, position: float) -> int:
        """The index of the stage at a position, from 0.

        Raises:
            ValueError: a position outside [0, 1].
        """
        if not -REACHED <= position <= 1 + REACHED:
            raise ValueError(f"a position in a curriculum is in [0, 1], not {position}")
        ends = (stage.until for stage in self.stages)
        return next((n for n, end in enumerate(ends) if position < end - REACHED), len(self.stages) - 1)

    def stage(self, position: float) -> CurriculumStage:
        """The stage at a position, with its tiers shuffled if the curriculum is random.

        Raises:
            ValueError: a position outside [0, 1].
        """
        number = self.stage_number(position)
        return self.stages[number].model_copy(update={"tiers": self.tiers_of(number)})

    def tiers_of(self, number: int) -> tuple[Tier, ...]:
        """The tiers of the stage with this index, in order, shuffled if the curriculum is random."""
        places = self._places()
        return tuple(sorted(places[tier] for tier in self.stages[number].tiers))

    def active(self, position: float) -> tuple[Tier, ...]:
        """The active tiers at a position, in order."""
        return self.tiers_of(self.stage_number(position))

    def score(self, grade: Grade, position: float) -> float | None:
        """Weighted mean of the pass rates of the active tiers, in [0, 1]: the reward mode ``fraction``.

        Tiers that the problem lacks do not count. None where an active test is ungraded, or the problem has no test
        in an active tier.
        """
        rates = rates_at(grade, self.active(position))
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
