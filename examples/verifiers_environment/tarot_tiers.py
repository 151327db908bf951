"""The four tiers as a taskset of verifiers 0.4: one task for each problem, rewarded by tarot-bench's `TierReward`."""

import asyncio
from collections.abc import Iterator
from functools import lru_cache

import verifiers.v1 as vf

import tarot_bench as tb
from tarot_bench.errors import SandboxError
from tarot_bench.evaluation.prompts import Prompt
from tarot_bench.sandbox.shared import shared_sandbox
from tarot_bench.training import load_curriculum
from tarot_bench.training.reward.progress import progress_for

__all__ = ["TierTaskset"]


class TierData(vf.TaskData):
    """A problem."""

    problem: str
    """The problem as JSON, with its tests and its reference solution; a model sees the prompt alone."""


class TierTaskConfig(vf.TaskConfig):
    """How programs are rewarded, under ``--env.taskset.task.*``."""

    curriculum: str = "static"
    """Of one stage: the trainer does not tell the progress of training."""
    mode: str = "fraction"
    sandbox: str = "local"


class TierTask(vf.Task[TierData, vf.State, TierTaskConfig]):
    """One problem."""

    @vf.reward(weight=1.0)
    async def tiers(self, trace: vf.Trace) -> float:
        """The reward of the last reply. Without a verdict it raises, which fails the rollout and scores nothing."""
        return await self._earned(trace.last_reply)

    async def validate(self, runtime: vf.Runtime) -> bool:
        """Whether the reference solution passes everything."""
        solution = tb.Problem.model_validate_json(self.data.problem).solution
        return await self._earned(f"```python\n{solution}\n```") == 1

    async def _earned(self, text: str) -> float:
        reward = _reward(self.config.curriculum, self.config.mode, self.config.sandbox)
        (earned,) = await asyncio.to_thread(reward, [text], problem=[self.data.problem])
        if earned is None:
            raise SandboxError(f"{self.data.name}: no verdict, or no test in an active tier")
        return earned


class TierTasksetConfig(vf.TasksetConfig):
    """Which problems, under ``--env.taskset.*``."""

    data: str = "embedded"
    """As ``tarot-bench evaluate --data``: a Hub id, a folder, a file, ``synthetic:N``."""
    prompt: str = "tarot"
    """A template: a path, or a shipped name in eval/prompts/."""
    task: TierTaskConfig = TierTaskConfig()


class TierTaskset(vf.Taskset[TierTask, TierTasksetConfig]):
    """The problems of a data source that have tests of a tier."""

    def load(self) -> Iterator[TierTask]:
        """Yield a task for each problem; refuses a curriculum of several stages."""
        progress_for(load_curriculum(self.config.task.curriculum), None)
        prompt = Prompt(self.config.prompt)
        for problem in tb.load_problems(self.config.data):
            if problem.tests:
                data = TierData(
                    id=problem.id,
                    name=problem.id,
                    prompt=prompt.render(problem),
                    problem=problem.model_dump_json(exclude_defaults=True),
                )
                yield TierTask(data, self.config.task)


@lru_cache
def _reward(curriculum: str, mode: str, sandbox: str) -> tb.TierReward:
    """The reward of this process, whose sandbox stays open; rollouts are graded in several threads."""
    return tb.TierReward(curriculum, mode, shared_sandbox(sandbox))
