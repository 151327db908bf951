"""The reward of a trainer: verdicts weighted by a curriculum; None where there is no verdict."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from tarot_bench.grading.compat import Compat
from tarot_bench.problem import Problem
from tarot_bench.sandbox import Sandbox
from tarot_bench.training.curriculum import Curriculum, Pace, load_curriculum
from tarot_bench.training.reward.batch import Batch, BatchGrader
from tarot_bench.training.reward.columns import problems_of, text_of, tiers_of
from tarot_bench.training.reward.estimates import SolveEstimates
from tarot_bench.training.reward.limits import RewardLimits
from tarot_bench.training.reward.measures import columns_of, measures_of
from tarot_bench.training.reward.modes import MODES, RewardMode, mode_named
from tarot_bench.training.reward.progress import TrainerState, progress_for, progress_in_trl
from tarot_bench.training.reward.statistics import PassStatistics

Gather = Callable[[list[Any]], list[Any]]
"""Joins the lists of all training processes, in the order of their ranks."""

_NOT_OF_ROWS = ("prompts", "completion_ids", "environments")


class TierReward:
    """A reward function: for TRL's `GRPOTrainer` and `RLOOTrainer` (1.16 and later) as it is, for other loops by hand.

    All tiers are run at all times, whether or not they are active, so that the logged rates of all of them can be
    compared over the whole of training; original tests are not run. Safe to pickle when the sandbox is named by kind.

    Args:
        curriculum: which tiers count when; an object, or what `load_curriculum` takes.
        mode: how verdicts become a number (`tarot_bench.training.reward.modes`).
        sandbox: a kind, or an open sandbox, which stays its owner's to close.
        problems: for rows that only name their problem, in ``problem_id``.
        workers: of a sandbox that is opened here; None takes this training process's share of the cores.
        compat: reproduce a published grader's comparison.
        limits: upper bounds of the problems' own limits.
        wall_s: wall seconds for one batch; rewards that are not known by then are None, which is logged.
        gather: joins lists of all training processes, as `accelerate.utils.gather_object` does, so that statistics and
            metrics are of the whole batch even where a group is divided among processes. Every process must call the
            reward equally often. None: there is one process.
        estimates: updated with every training batch, for a sampler; None counts nothing.

    One object serves one training: it keeps running pass rates and, for an adaptive curriculum, the stage.

    Attributes:
        pace: the position in the curriculum, and which stage began when.
        statistics: running pass rates.
        latest: the rewards of the last batch, for a reward function beside this one.

    Raises:
        RecipeError: unknown curriculum, mode or compat.
    """

    def __init__(
        self,
        curriculum: Curriculum | str | Path,
        mode: RewardMode = "fraction",
        sandbox: Sandbox | str = "local",
        *,
        problems: Iterable[Problem] = (),
        workers: int | None = None,
        compat: Compat | None = None,
        limits: RewardLimits | None = None,
        wall_s: float | None = None,
        gather: Gather | None = None,
        estimates: SolveEstimates | None = None,
    ) -> None:
        self.__name__ = "tier_reward"
        self.curriculum = load_curriculum(curriculum)
        self.mode = mode_named(mode)
        self.pace = Pace(self.curriculum)
        self.statistics = PassStatistics()
        self.latest: list[float | None] = []
        self._limits = limits or RewardLimits()
        self._problems = {problem.id: self._limits.applied_to(tiers_of(problem)) for problem in problems}
        self._grader = BatchGrader(sandbox, workers, compat, wall_s)
        self._gather: Gather = gather or list
        self._estimates = estimates

    def __call__(
        self,
        completions: Sequence[Any],
        *,
        progress: float | None = None,
        trainer_state: TrainerState | None = None,
        log_metric: Callable[[str, float], None] | None = None,
        log_extra: Callable[[str, list[Any]], None] | None = None,
        **columns: Any,
    ) -> list[float | None]:
        """Reward a batch.

        Args:
            completions: texts, or lists of messages of which the last one counts.
            progress: the share of training that is done (`tarot_bench.training.reward.progress`); curricula of a single
                stage do not need it.
            trainer_state: TRL's, which tells the progress where `progress` is not given.
            log_metric: takes scalars, see `tarot_bench.training.reward.measures`.
            log_extra: takes columns for the table of completions.
            **columns: the rows' columns, see `tarot_bench.training.reward.columns`. Where one called ``held_out`` is
                true, the batch is an evaluation's: it is rewarded, and the curriculum takes no note of it.

        Returns:
            One reward per completion; None where the sandbox failed or the problem has no test in the active tiers.

        Raises:
            RecipeError: the curriculum needs the progress of training, and it is missing or no share.
            DataError: the columns do not hold problems.
        """
        if progress is None and trainer_state is not None:
            progress = progress_in_trl(trainer_state)
        progress = progress_for(self.curriculum, progress)
        position = self.pace.position(progress)
        rows = {name: values for name, values in columns.items() if name not in _NOT_OF_ROWS}
        problems = [*map(self._limits.applied_to, problems_of(rows, len(completions), self._problems))]
        texts = [text_of(completion) for completion in completions]
        batch = self._grader.grade(problems, texts)
        whole = Batch.merged(self._gather([batch]))
        self.statistics.update(whole.grades)
        score = MODES[self.mode]
        rewards = [score(self.curriculum, grade, position, self.statistics) for grade in batch.grades]
        self.latest = rewards
        everyones = self._gather(rewards)
        if log_metric:
            logged = {"curriculum/progress": progress} | measures_of(self.curriculum, position, whole, everyones)
            for name, value in logged.items():
                log_metric(name, value)
        if log_extra:
            for name, values in columns_of(batch.grades).items():
                log_extra(name, values)
        if not any(rows.get("held_out", ())):
            self._observe(whole, progress)
        return rewards

    def signal(self, problem_id: str, progress: float) -> float:
        """How much the rewards of a group of samples are expected to differ, in [0, 1]; 1 where nothing is known.

        Args:
            problem_id: of the problem.
            progress: of training; the tiers that it makes active count.
        """
        tiers = self.curriculum.active(self.pace.position(progress))
        weights = {tier: self.curriculum.weights[tier] for tier in tiers}
        return self._estimates.signal(problem_id, weights) if self._estimates else 1.0

    def state_dict(self) -> dict[str, Any]:
        """Return the state that a checkpoint must save to continue the rewards, as JSON."""
        return {name: part.state_dict() for name, part in self._parts().items()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore the state that `state_dict` returned."""
        for name, part in self._parts().items():
            part.load_state_dict(state[name])

    def _observe(self, batch: Batch, progress: float) -> None:
        """Take note of a training batch of all processes."""
        self.pace.observe(batch.grades, progress)
        if self._estimates:
            self._estimates.update(batch.grades)

    def _parts(self) -> dict[str, PassStatistics | Pace | SolveEstimates]:
        estimates = {"estimates": self._estimates} if self._estimates else {}
        return {"statistics": self.statistics, "pace": self.pace, **estimates}

    def close(self) -> None:
        """Close the sandbox that this reward opened; another batch opens a new one."""
        self._grader.close()


class AsyncTierReward(TierReward):
    """The same reward as a coroutine: TRL grades in it while other asynchronous rewards are waiting."""

    async def __call__(self, completions: Sequence[Any], **arguments: Any) -> list[float | None]:  # type: ignore[override]
        """As `TierReward`; grades the batch in a separate thread."""
        return await asyncio.to_thread(super().__call__, completions, **arguments)
