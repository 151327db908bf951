"""TRL's trainer with a clock: what the time of a step goes to, and the latest completions.

TRL 1.16 measures the same parts, but gives the figures to Weights & Biases and the like only.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from transformers import TrainerCallback

from tarot_bench.training.trainer.curve import GENERATE, GRADE, LEARN, TOKENS


@dataclass(frozen=True, slots=True)
class Sample:
    """A completion of the latest batch.

    Attributes:
        text: as the model wrote it.
        reward: by the tests; NaN where there is none.
    """

    text: str
    reward: float


class StepClock:
    """Adds up the wall seconds of the parts of a step.

    Args:
        now: seconds from any start.
    """

    def __init__(self, now: Callable[[], float] = time.perf_counter) -> None:
        self._now = now
        self._parts: dict[str, float] = {}
        self._start, self._tokens = now(), 0

    def begin(self, tokens: int) -> None:
        """A step begins, `tokens` after the start of training."""
        self._parts = {GENERATE: 0.0, GRADE: 0.0}
        self._start, self._tokens = self._now(), tokens

    @contextmanager
    def measuring(self, part: str) -> Iterator[None]:
        """Count the time of the block as a part of the step."""
        start = self._now()
        try:
            yield
        finally:
            self._parts[part] = self._parts.get(part, 0.0) + self._now() - start

    def end(self, tokens: int) -> dict[str, float]:
        """The metrics of the step that ends now."""
        whole = self._now() - self._start
        learn = max(0.0, whole - sum(self._parts.values()))
        return {**self._parts, LEARN: learn, TOKENS: (tokens - self._tokens) / whole if whole else 0.0}


def observed(base: Any) -> Any:
    """A subclass of a GRPO trainer class that logs `GENERATE`, `GRADE`, `LEARN` and `TOKENS` of every step."""

    class ObservedTrainer(base):  # type: ignore[misc]  # TRL has no types
        """Its steps are measured; the training is the same."""

        def __init__(self, *arguments: Any, **settings: Any) -> None:
            self.step_clock = StepClock()
            super().__init__(*arguments, **settings)
            self.add_callback(_Steps(self.step_clock, self._metrics["train"]))

        def _generate(self, *arguments: Any, **settings: Any) -> Any:
            with self.step_clock.measuring(GENERATE):
                return super()._generate(*arguments, **settings)

        def _calculate_rewards(self, *arguments: Any, **settings: Any) -> Any:
            with self.step_clock.measuring(GRADE):
                return super()._calculate_rewards(*arguments, **settings)

        def latest_sample(self) -> Sample | None:
            """The first completion of the latest batch; None before there is one."""
            completions = self._logs["completion"]
            if not completions:
                return None
            said = completions[0]
            rewards = self._logs["rewards"][self.reward_func_names[0]]
            return Sample(said if isinstance(said, str) else str(said[-1]["content"]), float(rewards[0]))

    return ObservedTrainer


class _Steps(TrainerCallback):  # type: ignore[misc]  # transformers has no types
    """Tells the clock where steps begin and end, and adds what it measured to the trainer's metrics."""

    def __init__(self, clock: StepClock, metrics: Any) -> None:
        self._clock, self._metrics = clock, metrics

    def on_step_begin(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        self._clock.begin(state.num_input_tokens_seen)

    def on_step_end(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        for name, value in self._clock.end(state.num_input_tokens_seen).items():
            self._metrics[name].append(value)
