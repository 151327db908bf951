"""A trainer callback that tells which stage of the curriculum began."""

from collections.abc import Callable
from typing import Any

from transformers import TrainerCallback

from tarot_bench.training.curriculum import Curriculum, Pace


class Stages(TrainerCallback):  # type: ignore[misc]  # transformers has no types
    """Tells each beginning of a stage once, also after a resume.

    Args:
        curriculum: whose stages they are.
        pace: of the reward.
        tell: called with a line.
    """

    def __init__(self, curriculum: Curriculum, pace: Pace, tell: Callable[[str], None]) -> None:
        self._curriculum = curriculum
        self._pace = pace
        self._tell = tell
        self._told = 0

    def on_train_begin(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        """Leave out what was told before a resume."""
        self._told = len(self._pace.switches)

    def on_step_end(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        """Tell the stages that began with this step."""
        if state.is_world_process_zero:
            for switch in self._pace.switches[self._told :]:
                self._tell(switch.line(self._curriculum))
            self._told = len(self._pace.switches)
