"""The order of the data: TRL's trainer with our sampler on the hook that it has for one.

TRL's own sampler draws each epoch's order from a generator that starts anew with the process: a training that is
resumed in its second epoch sees the first epoch's order again. Ours depends on the seed and the number of the batch.
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
"""All rows at all times: a curriculum of the data's order that orders nothing."""


def trainer_class(curriculum: Curriculum, difficulties: Sequence[float]) -> Any:
    """A ``GRPOTrainer`` that asks our sampler where TRL asks its own.

    Args:
        curriculum: its stages say which difficulties are open.
        difficulties: one number per row of the training set, larger is harder.
    """
    from trl import GRPOTrainer

    class OrderedTrainer(GRPOTrainer):  # type: ignore[misc]  # TRL has no types
        """GRPO on rows in an order that survives a resume."""

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
    """Solve rates of the moment by row, for stages that keep the hardest; None where processes would disagree on them.

    They are the one thing that a resumed training may see one batch later than it would have without the break.
    """
    reward = trainer.reward_funcs[0]
    if trainer.accelerator.num_processes > 1 or not isinstance(reward, TierReward):
        return None
    ids = list(trainer.train_dataset["problem_id"])
    return lambda row: reward.statistics.solve_rate(ids[row])


def read_difficulties(path: str | None, ids: Sequence[str]) -> list[float]:
    """How hard every row is.

    Args:
        path: a JSON file of problem ids and numbers, larger is harder, as in 1 - solve rate; None says that the rows
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
    """Generation batches in the whole training."""
    if args.max_steps <= 0:
        return math.ceil(float(args.num_train_epochs) * per_epoch)
    uses = int(args.steps_per_generation) * iterations
    return math.ceil(int(args.max_steps) * int(args.gradient_accumulation_steps) / uses)
