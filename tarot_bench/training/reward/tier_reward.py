"""The reward for TRL: verdicts weighted by a curriculum; None where there is no verdict."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

from tarot_bench.errors import RecipeError
from tarot_bench.grading.compat import Compat
from tarot_bench.parsing import answer_text
from tarot_bench.problem import Problem
from tarot_bench.sandbox import Sandbox
from tarot_bench.training.curriculum import Curriculum, load_curriculum
from tarot_bench.training.reward.batch import BatchGrader
from tarot_bench.training.reward.columns import problems_of, tiers_of
from tarot_bench.training.reward.formats import FormatReward
from tarot_bench.training.reward.measures import columns_of, measures_of
from tarot_bench.training.reward.modes import MODES, RewardMode, mode_named
from tarot_bench.training.reward.statistics import PassStatistics

_NOT_OF_ROWS = ("prompts", "completion_ids", "environments")


class TrainerState(Protocol):
    """The attributes of the trainer's state that the reward uses."""

    global_step: int
    max_steps: int


class TierReward:
    """A reward function for TRL's `GRPOTrainer` and `RLOOTrainer` (1.16 and later).

    All tiers are run at all times, whether or not they are active, so that the logged rates of all of them can be
    compared over the whole of training; original tests are not run. Safe to pickle when the sandbox is named by kind.

    Args:
        curriculum: which tiers count when; an object, or what `load_curriculum` takes.
        mode: how verdicts become a number (`tarot_bench.training.reward.modes`).
        sandbox: a kind, or an open sandbox, which stays its owner's to close.
        format: a bonus for the form of a completion.
        problems: for rows that only name their problem, in ``problem_id``.
        workers: of a sandbox that is opened here; None takes this training process's share of the cores.
        compat: reproduce a published grader's comparison.

    Raises:
        RecipeError: unknown curriculum, mode or compat.
    """

    def __init__(
        self,
        curriculum: Curriculum | str | Path,
        mode: RewardMode = "fraction",
        sandbox: Sandbox | str = "local",
        *,
        format: FormatReward | None = None,  # noqa: A002  # the word of the field
        problems: Iterable[Problem] = (),
        workers: int | None = None,
        compat: Compat | None = None,
    ) -> None:
        self.__name__ = "tier_reward"
        self.curriculum = load_curriculum(curriculum)
        self.mode = mode_named(mode)
        self.format = format
        self.statistics = PassStatistics()
        self._problems = {problem.id: tiers_of(problem) for problem in problems}
        self._grader = BatchGrader(sandbox, workers, compat)

    def __call__(
        self,
        completions: Sequence[Any],
        *,
        trainer_state: TrainerState | None = None,
        log_metric: Callable[[str, float], None] | None = None,
        log_extra: Callable[[str, list[Any]], None] | None = None,
        **columns: Any,
    ) -> list[float | None]:
        """Reward a batch.

        Args:
            completions: texts, or lists of messages of which the last one counts.
            trainer_state: tells the progress of training.
            log_metric: takes scalars, see `tarot_bench.training.reward.measures`.
            log_extra: takes columns for the table of completions.
            **columns: the rows' columns, see `tarot_bench.training.reward.columns`.

        Returns:
            One reward per completion; None where the sandbox failed or the problem has no test in the active tiers.

        Raises:
            RecipeError: the curriculum needs the progress of training and the trainer does not tell it.
            DataError: the columns do not hold problems.
        """
        progress = self.progress_of(trainer_state)
        rows = {name: values for name, values in columns.items() if name not in _NOT_OF_ROWS}
        problems = problems_of(rows, len(completions), self._problems)
        texts = [text_of(completion) for completion in completions]
        batch = self._grader.grade(problems, texts)
        self.statistics.update(batch.grades)
        score = MODES[self.mode]
        outcomes = [score(self.curriculum, grade, progress, self.statistics) for grade in batch.grades]
        form = self.format
        rewards = [form.added_to(r, text) for r, text in zip(outcomes, texts, strict=True)] if form else outcomes
        if log_metric:
            formed = [form.matches(text) for text in texts] if form else None
            for name, value in measures_of(self.curriculum, progress, batch, rewards, formed).items():
                log_metric(name, value)
        if log_extra:
            for name, values in columns_of(batch.grades).items():
                log_extra(name, values)
        return rewards

    def progress_of(self, state: TrainerState | None) -> float:
        """Progress of training in [0, 1]: the share of optimizer steps that are done.

        Not the epoch, which is absolute, wrong where ``max_steps`` cuts an epoch short, and absent from what TRL
        passes. It moves only between generation batches: stage boundaries fall on their edges.

        Raises:
            RecipeError: there is no state, and the curriculum has several stages.
        """
        if state is not None:
            return min(1.0, state.global_step / max(1, state.max_steps))
        if len(self.curriculum.stages) == 1:
            return 0.0
        raise RecipeError(
            f"the curriculum {self.curriculum.name!r} changes with the progress of training, which this trainer does "
            "not tell (trainer_state): use GRPOTrainer or RLOOTrainer of trl>=1.16, or a curriculum such as static"
        )

    def state_dict(self) -> dict[str, Any]:
        """Return the state that a checkpoint must save to continue the rewards, as JSON."""
        return self.statistics.state_dict()

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore the state that `state_dict` returned."""
        self.statistics.load_state_dict(state)

    def close(self) -> None:
        """Close the sandbox that this reward opened; another batch opens a new one."""
        self._grader.close()


class AsyncTierReward(TierReward):
    """The same reward as a coroutine: TRL grades in it while other asynchronous rewards are waiting."""

    async def __call__(self, completions: Sequence[Any], **arguments: Any) -> list[float | None]:  # type: ignore[override]
        """As `TierReward`; grades the batch in a separate thread."""
        return await asyncio.to_thread(super().__call__, completions, **arguments)


def text_of(completion: Any) -> str:
    """Return the text of a completion, which is a text or a list of messages."""
    if isinstance(completion, (list, tuple)):
        return answer_text(completion[-1]) if completion else ""
    return answer_text(completion)
