"""The schema of recipes of kind ``miniature``."""

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from tarot_bench.config import Name
from tarot_bench.problem import Frozen
from tarot_bench.training.miniature.corpus import Skill
from tarot_bench.training.recipe import FreshModel
from tarot_bench.training.reward.modes import RewardMode


class LevelSettings(Frozen):
    """A level of capability: supervised training on top of the previous level."""

    name: Name
    skill: Skill
    steps: int = Field(ge=1)
    learning_rate: float = Field(gt=0)


class MiniatureRecipe(Frozen):
    """The whole experiment: levels x curricula x seeds, everything else held equal.

    Raises (on construction, as pydantic's ValidationError): a level named twice, or one seed only, which has no
    spread.
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
    """Each starts from the weights of the previous one."""
    curricula: tuple[str, ...] = Field(min_length=1)
    baseline: str = "static"
    """The curriculum that the others are compared with."""
    seeds: tuple[int, ...] = Field(min_length=2)
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
        return self
