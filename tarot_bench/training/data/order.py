"""TRL's trainer with a sampler whose order survives a resume.

TRL's own sampler draws each epoch's order from a generator that is seeded per process: a training that is resumed in
its second epoch repeats the first epoch's order. Ours depends on the seed and the number of the batch,
and where pass rates decide, checkpoints remember what was dealt ahead.
"""

import math
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from tarot_bench.errors import DataError
from tarot_bench.problem import TIERS
from tarot_bench.reading import parse_json
from tarot_bench.training.curriculum import Curriculum, CurriculumStage
from tarot_bench.training.data.dynamic import DynamicSampler
from tarot_bench.training.data.sampler import BlockSampler, DealtBlocks
from tarot_bench.training.data.staged import CurriculumSampler
from tarot_bench.training.recipe import DataSettings
from tarot_bench.training.reward.tier_reward import TierReward

SHUFFLED = Curriculum(
    name="shuffled", weights=dict.fromkeys(TIERS, 1.0), stages=(CurriculumStage(until=1.0, tiers=TIERS),)
)
"""A curriculum for the order of the data with all rows at all times."""


MakeSampler = Callable[..., BlockSampler]
"""Makes a sampler from the shape of a trainer's blocks and a seed, given as keywords."""


def sampler_for(
    data: DataSettings, curriculum: Curriculum, ids: Sequence[str], reward: TierReward, dealt: DealtBlocks
) -> MakeSampler | None:
    """What makes the sampler of a recipe's ``data.order``; None where the rows keep their order.

    Args:
        data: of the recipe.
        curriculum: its stages define the active difficulties.
        ids: of the problems of the rows.
        reward: knows running pass rates, and how far the curriculum is.
        dealt: remembers the newest blocks for checkpoints.

    Raises:
        DataError: the file of difficulties cannot be read, or lacks a problem.
    """
    if data.order == "as_given":
        return None
    if data.order == "dynamic":
        return partial(
            DynamicSampler,
            len(ids),
            lambda row, progress: reward.signal(ids[row], progress),
            floor=data.sampling.floor,
            every_epochs=data.sampling.every_epochs,
            dealt=dealt,
        )
    if data.order == "shuffled":
        return partial(CurriculumSampler, SHUFFLED, [0.0] * len(ids), dealt=dealt)
    return partial(
        CurriculumSampler,
        curriculum,
        read_difficulties(data.difficulties, ids),
        solve_rate=lambda row: reward.statistics.solve_rate(ids[row]),
        ahead=lambda: reward.pace.ahead,
        dealt=dealt,
    )


def trainer_class(make: MakeSampler | None) -> Any:
    """TRL's ``GRPOTrainer``, with our sampler where there is one."""
    from trl import GRPOTrainer

    if make is None:
        return GRPOTrainer
    sampler = make

    class OrderedTrainer(GRPOTrainer):  # type: ignore[misc]  # TRL has no types
        """GRPO trainer whose order of rows survives a resume."""

        def _get_train_sampler(self, dataset: Any = None) -> BlockSampler:
            args = self.args
            prompts = args.generation_batch_size // self.num_generations
            return sampler(
                batch_size=prompts,
                blocks=_blocks(args, len(self.train_dataset) // prompts, self.num_iterations),
                mini_repeat_count=self.num_generations,
                repeat_count=self.num_iterations * args.steps_per_generation,
                seed=args.seed,
            )

    return OrderedTrainer


def read_difficulties(path: str | None, ids: Sequence[str]) -> list[float]:
    """Read the difficulty of every row.

    Args:
        path: a JSON file of problem ids and numbers, larger is harder, as in 1 - solve rate; None means that the rows
            are sorted from easy to hard.
        ids: of the rows.

    Raises:
        DataError: the file cannot be read, or lacks a problem.
    """
    if path is None:
        return [float(place) for place in range(len(ids))]
    try:
        known = parse_json(Path(path).read_text(encoding="utf-8"))
        return [float(known[name]) for name in ids]
    except KeyError as error:
        raise DataError(f"{path} has no difficulty of problem {error}") from None
    except (OSError, ValueError, TypeError) as error:
        raise DataError(f"{path} must hold a JSON object of problem ids and numbers: {error}") from None


def _blocks(args: Any, per_epoch: int, iterations: int) -> int:
    """Number of generation batches in the training."""
    if args.max_steps <= 0:
        return math.ceil(float(args.num_train_epochs) * per_epoch)
    uses = int(args.steps_per_generation) * iterations
    return math.ceil(int(args.max_steps) * int(args.gradient_accumulation_steps) / uses)
