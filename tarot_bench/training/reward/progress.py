"""Progress of training: the number that tells a reward at which point of its curriculum a batch is.

Progress is the share of a training that is done, in [0, 1]: optimizer steps done, divided by all optimizer steps. It is
0.0 for the first batch. Every trainer passes it as a plain number; only TRL's state is read here.
"""

from typing import Protocol

from tarot_bench.errors import RecipeError
from tarot_bench.training.curriculum import Curriculum


class TrainerState(Protocol):
    """The attributes of TRL's ``trainer_state`` that are read."""

    global_step: int
    max_steps: int


def progress_in_trl(state: TrainerState) -> float:
    """The progress of a training of TRL.

    Not the epoch, which is absolute, wrong where ``max_steps`` cuts an epoch short, and absent from what TRL passes. It
    moves only between generation batches: stage boundaries fall on their edges.
    """
    return min(1.0, state.global_step / max(1, state.max_steps))


def progress_for(curriculum: Curriculum, progress: float | None) -> float:
    """Check the progress that a trainer gave; 0 where it gave none and the curriculum has a single stage.

    Raises:
        RecipeError: it is no share of training, or it is missing and the curriculum changes with it.
    """
    if progress is None:
        if len(curriculum.stages) == 1:
            return 0.0
        raise RecipeError(
            f"the curriculum {curriculum.name!r} changes with the progress of training, which this call does not tell: "
            "pass progress=STEPS_DONE/ALL_STEPS, or take a curriculum such as static (GRPOTrainer and RLOOTrainer of "
            "trl>=1.16 tell it by trainer_state)"
        )
    if not 0 <= progress <= 1:
        raise RecipeError(f"progress is the share of training that is done, in [0, 1], not {progress}")
    return float(progress)
