"""The cells of the experiment: what each is, and what it found."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tarot_bench.problem import Frozen
from tarot_bench.training.miniature.miniature_recipe import MiniatureRecipe


class CellKey(NamedTuple):
    """One model: an initialisation of a level, before or after a GRPO run."""

    level: str
    initialisation: int
    curriculum: str | None = None
    """None: before reinforcement learning."""
    seed: int = 0

    @property
    def name(self) -> str:
        """Unique, also as the name of a folder."""
        start = f"{self.level}-i{self.initialisation}"
        return f"{start}-{self.curriculum}-s{self.seed}" if self.curriculum else f"{start}-before"


class Work(NamedTuple):
    """What a process is given to do.

    Attributes:
        recipe: of the experiment.
        run: its directory.
        key: the cell.
    """

    recipe: MiniatureRecipe
    run: Path
    key: CellKey

    @property
    def start(self) -> Path:
        """The folder of the weights and the tokenizer that the model has before reinforcement learning."""
        return self.run / "levels" / f"{self.key.level}-i{self.key.initialisation}"

    @property
    def trained(self) -> Path:
        """The run directory of the GRPO training."""
        return self.run / "cells" / self.key.name

    @property
    def taught(self) -> Path:
        """The file that supervised training ends with."""
        return self.start / "learned.json"


class Cell(Frozen):
    """What was measured on the held-out problems."""

    level: str
    initialisation: int
    curriculum: str | None
    seed: int
    steps: int
    """GRPO steps."""
    rates: dict[str, float]
    """Share of samples that pass all tests of a tier, by tier, and ``all``; in [0, 1]."""
    cpu_s: float
    """CPU seconds of the training and the measurement, without the sandbox's."""

    @property
    def key(self) -> CellKey:
        """Which cell it is."""
        return CellKey(self.level, self.initialisation, self.curriculum, self.seed)


def starts(recipe: MiniatureRecipe) -> list[CellKey]:
    """The cells before reinforcement learning."""
    return [CellKey(level.name, start) for start in range(recipe.initialisations) for level in recipe.levels]


def trained(recipe: MiniatureRecipe) -> Iterator[CellKey]:
    """The GRPO runs, initialisation by initialisation, so that an interrupted run has complete ones to compare."""
    for start in range(recipe.initialisations):
        for seed in recipe.seeds:
            for level in recipe.levels:
                for curriculum in recipe.curricula:
                    yield CellKey(level.name, start, curriculum, seed)
