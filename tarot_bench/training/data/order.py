"""TRL's trainer with a sampler whose order survives a resume.

TRL's own sampler draws each epoch's order from a generator that is seeded per process: a training that is resumed in
its second epoch repeats the first epoch's order. Ours depends on the seed and the number of the batch.
"""

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tarot_bench.errors import DataError
from tarot_bench.problem import TIERS
from tarot_bench.reading import parse_json
from tarot_bench.training.curriculum import Curriculum, CurriculumStage
from tarot_bench.training.data.sampler import CurriculumSampler
from tarot_bench.training.reward.tier_reward import TierReward

SHUFFLED = Curriculum(
    name="shuffled", weights=dict.fromkeys(TIERS, 1.0), stages=(CurriculumStage(until=1.0, tiers=TIERS),)
)
"""A curriculum for the order of the data with all rows at all times."""


def trainer_class(curriculum: Curriculum, difficulties: Sequence[float]) -> Any:
    """Make a ``GRPOTrainer`` that uses our sampler.

    Args:
        curriculum: its stages define the active difficulties.
        difficulties: one number per row of the training set, larger is harder.
    """
    from trl import GRPOTrainer

    class OrderedTrainer(GRPOTrainer):  # type: ignore[misc]  # TRL has no types
        """GRPO trainer whose order of rows survives a resume."""

        def _get_train_sampler(self, dataset: Any = None) -> CurriculumSampler:
            args = self.args
            prompts = args.generation_batch_size // self.num_generations
            return CurriculumSampler(
                curriculum,
                difficulties,
                batch_size=prompts,
                blocks=_blocks(args, len(difficulties) // prompts, self.num_iterations),
                mini_repeat_count=self.num_generations,
                repeat_count=self.num_iterations * args.steps_per_generation,
                seed=args.seed,
                solve_rate=_running_rates(self),
            )

    return OrderedTrainer


def _running_rates(trainer: Any) -> Callable[[int], float | None] | None:
    """Current solve rates by row, for stages that keep the hardest; None with several processes, which would disagree.

    After a resume they may lag by one batch.
    """
    reward = trainer.reward_funcs[0]
    if trainer.accelerator.num_processes > 1 or not isinstance(reward, TierReward):
        return None
    ids = list(trainer.train_dataset["problem_id"])
    return lambda row: reward.statistics.solve_rate(ids[row])


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
