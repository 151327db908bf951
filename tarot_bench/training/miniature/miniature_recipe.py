"""The schema of recipes of kind ``miniature``."""

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from tarot_bench.config import Name
from tarot_bench.problem import Frozen
from tarot_bench.training.miniature.corpus import Skill
from tarot_bench.training.model_spec import FreshModel
from tarot_bench.training.reward.modes import RewardMode


class LevelSettings(Frozen):
    """A level of capability: supervised training from random weights."""

    name: Name
    skill: Skill
    steps: int = Field(ge=1)
    learning_rate: float = Field(gt=0)
    basic_at_least: float = Field(default=0.0, ge=0, le=1)
    """What the level is meant to be: its pass rate on ``basic`` before reinforcement learning; the report says which
    initialisations miss it."""
    basic_at_most: float = Field(default=1.0, ge=0, le=1)


class PrimaryEndpoint(Frozen):
    """The one hypothesis that the experiment tests, fixed before it runs: the order of tiers matters by level.

    The endpoint is the interaction ``(first - second at low) - (first - second at high)`` of pass rates on ``measure``.
    """

    first: str
    """A curriculum, such as easy to hard."""
    second: str
    """Its mirror image."""
    low: str
    """A level: that of the less capable models."""
    high: str
    measure: Literal["basic", "intermediate", "complex", "edge", "all"] = "all"


class MiniatureRecipe(Frozen):
    """The whole experiment: levels x initialisations x curricula x seeds, everything else held equal.

    Raises (on construction, as pydantic's ValidationError): a level named twice; one initialisation only, which has no
    spread; a baseline or an endpoint whose curriculum or level is not among the others.
    """

    name: Name
    kind: Literal["miniature"]
    description: str = ""
    model: FreshModel
    context: int = Field(ge=64)
    held_out: int = Field(ge=2)
    """Held-out problems, whose combination of parts is in no training."""
    batch: int = Field(ge=1)
    """Programs per supervised step."""
    levels: tuple[LevelSettings, ...] = Field(min_length=1)
    initialisations: int = Field(ge=2)
    """Models of each level, each with random weights and supervised training of its own."""
    curricula: tuple[str, ...] = Field(min_length=1)
    baseline: str = "static"
    """The curriculum that the others are compared with."""
    primary: PrimaryEndpoint
    seeds: tuple[int, ...] = Field(min_length=1)
    """Of the GRPO runs of each initialisation; all curricula have the same ones."""
    mode: RewardMode = "fraction"
    samples: int = Field(ge=1)
    """Completions per held-out problem, before and after training."""
    evaluate_every: int = Field(ge=1)
    """Steps between two points of the held-out curve."""
    evaluate_samples: int = Field(ge=1)
    """Completions per held-out problem at such a point."""
    max_completion_tokens: int = Field(ge=8)
    trainer: dict[str, Any]
    """Settings of TRL's GRPOConfig for every GRPO run."""

    @model_validator(mode="after")
    def _comparable(self) -> Self:
        names = [level.name for level in self.levels]
        if len(set(names)) != len(names):
            raise ValueError("two levels have the same name")
        if self.baseline not in self.curricula:
            raise ValueError(f"the baseline {self.baseline!r} is not among the curricula")
        for key, known in (("first", self.curricula), ("second", self.curricula), ("low", names), ("high", names)):
            if getattr(self.primary, key) not in known:
                raise ValueError(f"primary.{key}: {getattr(self.primary, key)!r} is not among {', '.join(known)}")
        return self

    def level(self, name: str) -> LevelSettings:
        """The level of this name."""
        return next(level for level in self.levels if level.name == name)
