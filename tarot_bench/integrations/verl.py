"""verl: the reward of the tiers as its custom reward function, and problems as its rows.

In verl's configuration, with the path that ``tarot_bench.integrations.verl.__file__`` has::

    custom_reward_function.path=PATH
    custom_reward_function.name=compute_score
    +custom_reward_function.reward_kwargs.curriculum=static

With ``reward_model.reward_manager=batch``, ``compute_scores`` grades a batch at once, which is faster. verl does not
tell the progress of training, so the curriculum has one stage. Imports nothing of verl.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from tarot_bench.errors import SandboxError
from tarot_bench.evaluation.prompts import Prompt
from tarot_bench.problem import TIERS, Problem
from tarot_bench.sandbox.shared import shared_sandbox
from tarot_bench.training.reward.modes import RewardMode
from tarot_bench.training.reward.tier_reward import TierReward

DATA_SOURCE = "tarot"


def compute_score(
    data_source: str,
    solution_str: str,
    ground_truth: str,
    extra_info: Mapping[str, Any] | None = None,
    **settings: Any,
) -> float:
    """The reward of one completion, called by verl's naive reward manager.

    Args:
        data_source: of the row; not used.
        solution_str: the completion.
        ground_truth: the problem, as `row_of` writes it.
        extra_info: of the row; not used.
        **settings: as for `compute_scores`.

    Raises:
        SandboxError: there is no verdict: an infrastructure error is no score, and verl has no other value for it.
        DataError: the ground truth is no problem.
    """
    return compute_scores([data_source], [solution_str], [ground_truth], [extra_info], **settings)[0]


def compute_scores(
    data_sources: Sequence[str],
    solution_strs: Sequence[str],
    ground_truths: Sequence[str],
    extra_infos: Sequence[Mapping[str, Any] | None] | None = None,
    *,
    curriculum: str = "static",
    mode: RewardMode = "fraction",
    sandbox: str = "local",
) -> list[float]:
    """The rewards of a batch, called by verl's batch reward manager; arguments in its words.

    Args:
        data_sources: of the rows; not used, as are `extra_infos`.
        solution_strs: the completions.
        ground_truths: the problems.
        extra_infos: see `data_sources`.
        curriculum: as for `TierReward`, as are `mode` and `sandbox`.
        mode: how verdicts become a number.
        sandbox: where programs run.

    Raises:
        SandboxError: as `compute_score`.
    """
    rewards = _reward(curriculum, mode, sandbox)(list(solution_strs), problem=list(ground_truths))
    missing = sum(reward is None for reward in rewards)
    if missing:
        raise SandboxError(f"{missing} of {len(rewards)} completions have no verdict, or no test in an active tier")
    return [reward for reward in rewards if reward is not None]


def row_of(
    problem: Problem, prompt: str, index: int = 0, *, system: str | None = None, split: str = "train"
) -> dict[str, Any]:
    """A row of verl's data.

    Args:
        problem: what is asked; the row holds its tests, and no solution.
        prompt: the rendered prompt.
        index: of the row.
        system: a system message, or None.
        split: of the data.
    """
    tested = problem.with_tiers(TIERS).model_copy(update={"solution": None})
    messages = [{"role": "system", "content": system}] if system else []
    return {
        "data_source": DATA_SOURCE,
        "prompt": [*messages, {"role": "user", "content": prompt}],
        "ability": "code",
        "reward_model": {"style": "rule", "ground_truth": tested.model_dump_json(exclude_defaults=True)},
        "extra_info": {"split": split, "index": index, "problem_id": problem.id},
    }


def write_rows(
    problems: Iterable[Problem],
    path: str | Path,
    *,
    prompt: str = "tarot",
    system: str | None = None,
    split: str = "train",
) -> int:
    """Write problems as a Parquet file for verl's ``data.train_files``.

    Args:
        problems: those without tests of a tier are left out.
        path: the file.
        prompt: a template: a path, or a shipped name in eval/prompts/.
        system: a system message, or None.
        split: of the data.

    Returns:
        The number of rows.

    Raises:
        RecipeError: no such template.
    """
    from datasets import Dataset

    template = Prompt(prompt)
    kept = [problem for problem in problems if problem.tests]
    rows = [row_of(each, template.render(each), index, system=system, split=split) for index, each in enumerate(kept)]
    Dataset.from_list(rows).to_parquet(str(path))
    return len(rows)


@lru_cache
def _reward(curriculum: str, mode: RewardMode, sandbox: str) -> TierReward:
    """The reward of this process, whose sandbox stays open; verl may call from several threads."""
    return TierReward(curriculum, mode, shared_sandbox(sandbox))
