"""The portfolio for `choose`: curricula, thresholds of the capability rule, recorded gains."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from tarot_bench.config import Name, load_yaml
from tarot_bench.problem import Frozen, Tier
from tarot_bench.recipes import find
from tarot_bench.training.curriculum import Curriculum, TierLabel, load_curriculum

FOLDER = "training_baselines/portfolios"

Share = Annotated[float, Field(ge=0, le=1)]


class CapabilityRule(Frozen):
    """Thresholds: less capable models gain more from easy to hard, others from hard first (arXiv 2602.15449)."""

    tier: TierLabel = Tier.BASIC
    """Capability is pass@1 on this tier."""
    easy_below: Share
    hard_from: Share
    """Between the two thresholds the rule is undecided."""
    easy: str
    hard: str

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.easy_below > self.hard_from:
            raise ValueError("easy_below must not be above hard_from")
        return self


class SizeRule(Frozen):
    """The same rule by size, in billions of parameters, for models that were not probed."""

    easy_below_b: float = Field(gt=0)
    hard_from_b: float = Field(gt=0)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.easy_below_b > self.hard_from_b:
            raise ValueError("easy_below_b must not be above hard_from_b")
        return self


class Gain(Frozen):
    """The measured gain of a model under a curriculum."""

    probe: dict[TierLabel, Share] = Field(min_length=1)
    """Pass rates before training."""
    curriculum: str
    gain: float
    """Gain in the share of samples that pass all tiers, held-out problems, as a fraction."""
    seeds: int = Field(default=1, ge=1)
    source: str
    """What was trained on which data, with a reference."""


class Portfolio(Frozen):
    """A file of ``training_baselines/portfolios/``."""

    name: Name
    description: str = ""
    curricula: tuple[str, ...] = Field(min_length=1)
    """The curricula to choose from; ties go to the first."""
    default: str = "static"
    """The choice where the rule is undecided."""
    rule: CapabilityRule
    size: SizeRule
    gains: tuple[Gain, ...] = ()

    @property
    def loaded(self) -> tuple[Curriculum, ...]:
        """Load the curricula of the portfolio.

        Raises:
            RecipeError: there is none of that name.
        """
        return tuple(load_curriculum(name) for name in self.curricula)


def load_portfolio(argument: str) -> Portfolio:
    """Load a portfolio by path or shipped name.

    Raises:
        RecipeError: neither, or it is malformed.
    """
    return load_yaml(Portfolio, find(argument, FOLDER))
